"""Who sees a page end, outside of it: DevTools events, the browser's list of tabs, the system's processes. Each is noted once.

The server, whose socket ends too, is asked when the run is over (closing).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from playwright.async_api import Browser, CDPSession
from playwright.async_api import Error as PlaywrightError

from igym_chaos.samples import Ending
from igym_harness.clock import monotonic_ms
from igym_harness.own_browser import OwnBrowser
from igym_harness.participant import NoAnswerError, Participant
from igym_harness.processes import Worker, renderers

EVERY_S = 0.1
NEW_PROCESSES_S = 1.0
LIMIT_S = 2.0

Record = Callable[[str, Ending], None]


async def keep_hearing(members: Mapping[str, Participant], record: Record) -> None:
    """Until cancelled: what DevTools says of every page."""
    taken: dict[str, int] = {}
    while True:
        for name, member in members.items():
            for ending in member.endings[taken.get(name, 0) :]:
                record(name, ending)
            taken[name] = len(member.endings)
        await asyncio.sleep(EVERY_S)


@dataclass
class Watched:
    """A participant that a fault will remove. `own`: its browser, if that is its own; then its processes can be told apart."""

    member: Participant
    browser: Browser
    own: OwnBrowser | None
    _noted: set[str] = field(default_factory=set)
    _worker: Worker = field(default_factory=Worker)

    async def watch(self, record: Record) -> None:
        """Until cancelled."""
        await asyncio.gather(self._watch_tab(record), self._watch_processes(record))

    async def _watch_tab(self, record: Record) -> None:
        """As long as the browser answers; a dead one names no tabs, and its process says why."""
        try:
            tab = await self.member.tab()
            session = await self.browser.new_browser_cdp_session()
            while await _lists(session, tab):  # noqa: ASYNC110 - the list is the browser's, and no event of this loop
                await asyncio.sleep(EVERY_S)
        except (PlaywrightError, NoAnswerError):
            return
        record(self.member.name, Ending(monotonic_ms(), "tab"))
        await session.detach()

    async def _watch_processes(self, record: Record) -> None:
        if self.own is None:
            return
        while True:
            self._worker.know(await asyncio.to_thread(renderers, self.own.pid))
            for _ in range(round(NEW_PROCESSES_S / EVERY_S)):
                if self._worker.ended():
                    self._note(record, Ending(monotonic_ms(), "renderer"))
                if self.own.exit_code is not None:
                    self._note(record, Ending(monotonic_ms(), "browser", self.own.exit_code))
                    return
                await asyncio.sleep(EVERY_S)

    def _note(self, record: Record, ending: Ending) -> None:
        if ending.what not in self._noted:
            self._noted.add(ending.what)
            record(self.member.name, ending)


async def _lists(session: CDPSession, tab: str) -> bool:
    """Whether the browser still has this tab; one that is too busy to answer now has not said that it has not."""
    try:
        async with asyncio.timeout(LIMIT_S):  # not wait_for: see Participant.evaluate
            found = await session.send("Target.getTargets")
    except TimeoutError:
        return True
    return any(one["targetId"] == tab for one in found["targetInfos"])
