"""The end of a page as browser, system and DevTools tell it; each is noted once, and none is made up."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from playwright.async_api import Error as PlaywrightError

from igym_chaos.samples import Ending
from igym_harness import witnesses
from igym_harness.audit import Process
from igym_harness.deadline import until
from igym_harness.participant import NoAnswerError
from igym_harness.witnesses import Watched, keep_hearing

RENDERER = Process(7, "1", "chromium")


class Member:
    name = "a"

    def __init__(self, *, answers: bool = True) -> None:
        self.endings: list[Ending] = []
        self._answers = answers

    async def tab(self) -> str:
        if not self._answers:
            raise NoAnswerError("a did not say which tab it is")
        return "T1"


class Browser:
    """Lists its tabs until it is dead."""

    def __init__(self) -> None:
        self.tabs = ["T0", "T1"]
        self.dead = False
        self.asked = 0

    async def new_browser_cdp_session(self) -> Browser:
        return self

    async def send(self, method: str) -> Any:
        assert method == "Target.getTargets"
        self.asked += 1
        if self.dead:
            raise PlaywrightError("Target closed")
        return {"targetInfos": [{"targetId": one} for one in self.tabs]}

    async def detach(self) -> None: ...


class Own:
    pid = 1
    exit_code: int | None = None


class Alive:
    """The processes of the machine: CPU time, or nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cpu_s: float | None = 1.0
        monkeypatch.setattr(witnesses, "renderers", lambda _: {RENDERER})
        monkeypatch.setattr("igym_harness.processes.cpu_s", lambda _: self.cpu_s)
        monkeypatch.setattr(witnesses, "EVERY_S", 0.001)


class Noted:
    def __init__(self) -> None:
        self.what: list[tuple[str, str, int | None]] = []

    def __call__(self, name: str, ending: Ending) -> None:
        self.what.append((name, ending.what, ending.code))


async def stop(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
def alive(monkeypatch: pytest.MonkeyPatch) -> Alive:
    return Alive(monkeypatch)


async def watch(member: Any, browser: Any, own: Any, noted: Noted) -> asyncio.Task[None]:
    task = asyncio.create_task(Watched(member, browser, own).watch(noted))
    await until(lambda: browser.asked > 3, timeout_s=5, reason="some looks", every_s=0.001)
    assert noted.what == []
    return task


async def test_a_tab_that_is_no_longer_listed_is_noted_once(alive: Alive) -> None:
    browser, noted = Browser(), Noted()
    task = await watch(Member(), browser, None, noted)
    browser.tabs.remove("T1")
    await task
    assert noted.what == [("a", "tab", None)]


async def test_a_browser_that_is_dead_lists_nothing_and_its_process_says_how_it_ended(alive: Alive) -> None:
    browser, own, noted = Browser(), Own(), Noted()
    task = await watch(Member(), browser, own, noted)
    browser.dead, own.exit_code, alive.cpu_s = True, -9, None
    await task
    assert noted.what == [("a", "renderer", None), ("a", "browser", -9)]


async def test_a_renderer_that_ended_alone_is_noted_once_and_the_browser_is_not(alive: Alive) -> None:
    noted = Noted()
    task = await watch(Member(), Browser(), Own(), noted)
    alive.cpu_s = None
    await until(lambda: bool(noted.what), timeout_s=5, reason="its end", every_s=0.001)
    for _ in range(20):
        await asyncio.sleep(0.001)
    await stop(task)
    assert noted.what == [("a", "renderer", None)]


async def test_a_page_that_does_not_say_its_tab_has_no_witness_for_it(alive: Alive) -> None:
    member: Any = Member(answers=False)
    browser: Any = Browser()
    noted = Noted()
    await Watched(member, browser, None).watch(noted)
    assert noted.what == []


async def test_what_devtools_says_of_any_page_is_taken_once() -> None:
    a, b, noted = Member(), Member(), Noted()
    members: Any = {"a": a, "b": b}
    hearing = asyncio.create_task(keep_hearing(members, noted))
    b.endings.append(Ending(1.0, "crash"))
    await until(lambda: bool(noted.what), timeout_s=5, reason="the crash")
    b.endings.append(Ending(2.0, "close"))
    await until(lambda: len(noted.what) > 1, timeout_s=5, reason="the close")
    await stop(hearing)
    assert noted.what == [("b", "crash", None), ("b", "close", None)]
