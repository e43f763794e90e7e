"""Pages that something else happens to than the end that was asked for: another tab ends, or the browser leaves by itself."""

from __future__ import annotations

from collections.abc import Sequence

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Fault
from igym_chaos.subjects import Subject
from igym_harness.page_control import PageControl
from igym_harness.sabotage_trap import Trap


class SpareTab(Trap):
    """The tab that is closed, or crashes, has nothing to do with the game."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await _real(subject).mistake_tab()
        await super().inject(fault, on)


class Quit(Trap):
    """The browser ends as when somebody closes its window."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await _real(subject).quit_browser()


def _real(subject: Subject) -> PageControl:
    """Raises InjectorError for a page that is not the harness's own."""
    if not isinstance(subject.control, PageControl):
        raise InjectorError(f"participant {subject.name} has no page that can be sabotaged")
    return subject.control
