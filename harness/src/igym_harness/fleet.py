"""All participants of a run: opened in order, moved through the screens together."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from playwright.async_api import Browser
from playwright.async_api import Error as PlaywrightError

from igym_chaos.relay import PeerRelay
from igym_chaos.toxiproxy import ProxiedPath
from igym_harness.deadline import until
from igym_harness.errors import HarnessError
from igym_harness.own_browser import OwnBrowser
from igym_harness.participant import NoAnswerError, Participant
from igym_harness.sabotage import DIRECT_URL

BARRIER_MS = 100.0
"""All participants start within this time (chaos.md 6.1)."""


class Fleet:
    """The participants by name, in the order of the scenario."""

    def __init__(self) -> None:
        self.members: dict[str, Participant] = {}

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self.members)

    async def open(
        self,
        browser: Browser,
        names: Sequence[str],
        *,
        server_url: str,
        paths: Mapping[str, ProxiedPath],
        sabotage: Mapping[str, str],
        turn_paths: Mapping[str, ProxiedPath] = MappingProxyType({}),
        own: Mapping[str, OwnBrowser] = MappingProxyType({}),
        relay: PeerRelay | None = None,
        routed: Sequence[str] = (),
    ) -> None:
        """One after the other: a page is armed before the next is made. `sabotage`: participant -> what to break.

        `routed`: whose frames on the way to the server pass the harness.
        """
        for name in names:
            path = paths.get(name)
            base_url = server_url if path is None or sabotage.get(name) == DIRECT_URL else path.url
            mine = own.get(name)
            self.members[name] = await Participant.open(
                browser if mine is None or mine.browser is None else mine.browser,
                name,
                base_url=base_url,
                server_path=path,
                turn_path=turn_paths.get(name),
                relay=relay,
                process=None if mine is None else mine.pid,
                routed=name in routed,
                sabotage=sabotage.get(name),
            )

    async def load(self, timeout_s: float) -> None:
        """Everyone sees the begin page."""
        try:
            await asyncio.gather(*(member.load(timeout_s) for member in self.members.values()))
        except PlaywrightError as error:
            raise HarnessError(f"the begin page did not open: {str(error).splitlines()[0]}") from error

    async def press(self, selector: str, after_s: Mapping[str, float] = MappingProxyType({})) -> float:
        """Everyone presses the button, each as much later as `after_s` says; returns the spread beside that, ms.

        Raises HarnessError if someone cannot.
        """

        async def press(name: str, member: Participant) -> float:
            later_s = after_s.get(name, 0.0)
            await asyncio.sleep(later_s)
            return await member.press(selector) - later_s * 1000.0

        try:
            times = await asyncio.gather(*(press(name, member) for name, member in self.members.items()))
        except PlaywrightError as error:
            raise HarnessError(f"{selector} could not be pressed: {str(error).splitlines()[0]}") from error
        return max(times) - min(times)

    async def wait_for(self, what: str, holds: Callable[[Participant], Awaitable[bool]], *, timeout_s: float) -> None:
        """Until `holds` is true for everyone at the same look. Raises DeadlineError that names who is behind."""
        behind: list[str] = list(self.names)

        async def all_hold() -> bool:
            answers = await asyncio.gather(*(_holds(holds, member) for member in self.members.values()))
            behind[:] = [name for name, answer in zip(self.members, answers, strict=True) if not answer]
            return not behind

        await until(all_hold, timeout_s=timeout_s, reason=lambda: f"{what} ({', '.join(behind)} not yet)")

    async def close(self, trace_of: Callable[[str], Path], *, gone: Collection[str] = ()) -> list[str]:
        """Closes every context, traces into files; returns what went wrong instead of stopping at it.

        `gone`: whose page ended as planned; what of it still closes and has a trace does, and nothing else is expected.
        """
        problems = []
        for name, member in self.members.items():
            try:
                await member.close(trace_of(name))
            except (PlaywrightError, TimeoutError) as error:
                if name not in gone:
                    first = (str(error).splitlines() or [type(error).__name__])[0]
                    problems.append(f"{name} did not close: {first}")
        return problems


async def _holds(holds: Callable[[Participant], Awaitable[bool]], member: Participant) -> bool:
    """A page between two documents has no answer; it is asked again."""
    try:
        return await holds(member)
    except NoAnswerError:
        return False
