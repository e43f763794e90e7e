"""Faults of a page that comes back, done so that something happens and nothing of what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urljoin

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Fault
from igym_chaos.subjects import PageControl as Control
from igym_chaos.subjects import Subject
from igym_harness.page_control import PageControl
from igym_harness.sabotage_trap import StandIn, Trap, control_of

ELSEWHERE = "http://elsewhere.example"
SAME_DOCUMENT = "history.pushState(null, '', location.href); history.length"


class StrangerTab(Trap):
    """Another tab, but at the begin page: whoever goes on there is another participant."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            control = _harness_control(subject)
            await control.open_another(urljoin(str(await control.run("location.href")), "/"))


class PageClock(Trap):
    """The page's Date jumps; its worker, which plays and records, has one of its own."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        await fault.inject([StandIn.of(one, control=_MainOnly(control_of(one))) for one in on])

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        await fault.heal([StandIn.of(one, control=_MainOnly(control_of(one))) for one in on])


class SpareService(Trap):
    """The signal goes to another helper of the browser than the one that carries its network."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await _harness_control(subject).kill_network_service(another=True)

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        """The network works: a reload would only end the match."""


class AnotherOrigin(Trap):
    """The storage that is cleared is another site's; and a reload that goes around the cache empties nothing."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        await fault.inject([StandIn.of(one, control=_Elsewhere(control_of(one))) for one in on])


class _Elsewhere:
    """A page whose commands go to another site; everything else is the real one's."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def __getattr__(self, name: str) -> Any:
        return getattr(self._control, name)

    async def send(self, method: str, parameters: dict[str, Any]) -> Any:
        if method == "Storage.clearDataForOrigin":
            return await self._control.send(method, {**parameters, "origin": ELSEWHERE})
        return await self._control.send("Network.setBypassServiceWorker", {"bypass": False})


class _MainOnly:
    """A page whose worker is not reached; everything else is the real one's."""

    def __init__(self, control: Control) -> None:
        self._control = control

    def __getattr__(self, name: str) -> Any:
        return getattr(self._control, name)

    async def run_in_worker(self, expression: str) -> None: ...


class SameDocument(Trap):
    """A navigation that the browser reports like any other, and that keeps the document."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await control_of(subject).run(SAME_DOCUMENT)


def _harness_control(subject: Subject) -> PageControl:
    """Raises InjectorError for a participant without a page, or with one that only pretends."""
    control = control_of(subject)
    if not isinstance(control, PageControl):
        raise InjectorError(f"participant {subject.name} has no browser of this harness")
    return control
