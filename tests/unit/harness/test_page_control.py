"""What the browser is asked and told about a page's tabs and processes; the browser is played by the test."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest

from igym_chaos.errors import InjectorError
from igym_harness.page_control import PageControl

URL = "http://127.0.0.1:1/p1"
PROCESSES = [
    {"type": "browser", "id": 10, "cpuTime": 1.0},
    {"type": "renderer", "id": 11, "cpuTime": 1.0},
    {"type": "network.mojom.NetworkService", "id": 12, "cpuTime": 1.0},
    {"type": "storage.mojom.StorageService", "id": 13, "cpuTime": 1.0},
]


class Tab:
    def __init__(self, url: str) -> None:
        self.url = url
        self.closed = False

    async def goto(self, url: str, *, wait_until: str) -> None:
        self.url = url

    async def close(self, *, run_before_unload: bool) -> None:
        self.closed = True


class Session:
    """Of the browser, or of a tab; a tab's answers what it was asked."""

    def __init__(self, chromium: Chromium) -> None:
        self.chromium = chromium

    async def send(self, method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        if method == "Target.getTargets":
            open_tabs = [tab.url for tab in self.chromium.tabs if not tab.closed]
            worker = {"type": "worker", "url": URL}
            return {"targetInfos": [worker, *({"type": "page", "url": url} for url in open_tabs)]}
        if method == "SystemInfo.getProcessInfo":
            return {"processInfo": self.chromium.processes}
        return {"result": {"value": (parameters or {})["expression"]}}

    async def detach(self) -> None: ...


class Chromium:
    """Browser and context in one."""

    def __init__(self) -> None:
        self.tabs = [Tab(URL), Tab("about:blank")]
        self.processes = PROCESSES
        self.sessions = 0

    async def new_page(self) -> Tab:
        self.tabs.append(Tab("about:blank"))
        return self.tabs[-1]

    async def new_cdp_session(self, _: Any) -> Session:
        return Session(self)

    async def new_browser_cdp_session(self) -> Session:
        self.sessions += 1
        return Session(self)


def control_of(chromium: Any, *, process: int | None = 10) -> PageControl:
    nothing: Any = None
    return PageControl(chromium.tabs[0], nothing, browser=chromium, context=chromium, process=process)


async def test_a_second_tab_is_at_the_same_address_until_it_is_closed() -> None:
    chromium = Chromium()
    control = control_of(chromium)
    assert await control.tabs() == 1
    with pytest.raises(InjectorError, match="no second tab"):
        await control.run_in_another("1 + 1")
    await control.open_another()
    assert await control.tabs() == 2
    assert await control.run_in_another("1 + 1") == "1 + 1"
    with pytest.raises(InjectorError, match="open already"):
        await control.open_another()
    await control.close_another()
    await control.close_another()
    assert await control.tabs() == 1
    assert chromium.sessions == 1, "the browser's session is kept"


async def test_the_process_that_carries_the_network_is_the_one_that_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "kill", lambda pid, number: killed.append((pid, number)))
    control = control_of(Chromium())
    assert await control.network_service() == 12
    await control.kill_network_service()
    await control.kill_network_service(another=True)
    assert killed == [(12, signal.SIGKILL), (13, signal.SIGKILL)]


async def test_a_shared_browser_keeps_its_network() -> None:
    with pytest.raises(InjectorError, match="process of its own"):
        await control_of(Chromium(), process=None).kill_network_service()


async def test_a_network_that_is_between_two_processes_is_nobodys() -> None:
    chromium = Chromium()
    chromium.processes = PROCESSES[:2]
    with pytest.raises(InjectorError, match="0 network processes"):
        await control_of(chromium).network_service()
