"""What faults do to a page and its browser (igym_chaos.subjects.PageControl), over Playwright and the DevTools protocol."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import Any

from playwright.async_api import Browser, BrowserContext, CDPSession, Page
from playwright.async_api import Error as PlaywrightError

from igym_chaos.errors import InjectorError

GAME_WORKER = "worker.js"
NETWORK_SERVICE = "NetworkService"
"""Part of what Chromium calls the kind of that process."""
RUN_S = 60.0
CRASH_S = 5.0
SLICE_S = 0.04
"""A stop and a run of a slowed process together: shorter than two frames, longer than what a sleep is late."""
SAMPLE_S = 0.3
"""Between two looks at the processes' CPU times: the one that plays is the one that works."""


class PageControl:
    """Of one participant's page. `process`: pid of its own browser, None when it shares one."""

    def __init__(
        self, page: Page, cdp: CDPSession, *, browser: Browser, context: BrowserContext, process: int | None
    ) -> None:
        self._page = page
        self._cdp = cdp
        self._browser = browser
        self._context = context
        self._process = process
        self._cover: Page | None = None
        self._another: Page | None = None
        self._of_browser: CDPSession | None = None
        self._renderer: int | None = None
        self._slowing: asyncio.Task[None] | None = None

    @property
    def own_process(self) -> bool:
        return self._process is not None

    def use_session(self, cdp: CDPSession) -> None:
        """From now on commands go over this one."""
        self._cdp = cdp

    async def run(self, expression: str) -> Any:
        """The JSON value of an expression in the page; a minute at most. Raises InjectorError."""
        answer = await self.send(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        if "exceptionDetails" in answer:
            raise InjectorError(f"the page threw: {answer['exceptionDetails'].get('text', '')}")
        return answer["result"].get("value")

    async def run_in_worker(self, expression: str) -> Any:
        """The JSON value. Raises InjectorError, also when there is no game worker."""
        worker = next((one for one in self._page.workers if one.url.endswith(GAME_WORKER)), None)
        if worker is None:
            raise InjectorError(
                f"no game worker in {self._page.url}; there is: {[one.url for one in self._page.workers]}"
            )
        return await _done("evaluate in the worker", worker.evaluate(expression))

    async def send(self, method: str, parameters: dict[str, Any]) -> Any:
        """Over the page's one session. Raises InjectorError."""
        return await _done(method, self._cdp.send(method, parameters))

    async def open_another(self, url: str | None = None) -> None:
        """`url`: another address than the page's. For a sabotage only."""
        if self._another is not None:
            raise InjectorError("a second tab is open already")
        self._another = await _done("open a second tab", self._context.new_page())
        await _done("load the second tab", self._another.goto(url or self._page.url, wait_until="commit"))

    async def close_another(self) -> None:
        another, self._another = self._another, None
        if another is not None:
            await _done("close the second tab", another.close(run_before_unload=False))

    async def run_in_another(self, expression: str) -> Any:
        """The JSON value. Raises InjectorError, also when there is no second tab."""
        if self._another is None:
            raise InjectorError("there is no second tab")
        session = await _done("ask the second tab", self._context.new_cdp_session(self._another))
        try:
            answer = await _done(
                "ask the second tab",
                session.send("Runtime.evaluate", {"expression": expression, "returnByValue": True}),
            )
        finally:
            with contextlib.suppress(PlaywrightError):
                await session.detach()
        return answer["result"].get("value")

    async def tabs(self) -> int:
        """By the browser's own list. Raises InjectorError."""
        found = await self._ask_browser("Target.getTargets")
        return sum(one["type"] == "page" and one["url"] == self._page.url for one in found["targetInfos"])

    async def cover(self) -> None:
        """Another tab of the same window comes to the front."""
        if self._cover is None:
            self._cover = await _done("open another tab", self._context.new_page())
        await _done("bring another tab to the front", self._cover.bring_to_front())

    async def uncover(self) -> None:
        await _done("bring the page to the front", self._page.bring_to_front())

    async def reload(self) -> None:
        await _done("reload", self._page.reload(wait_until="commit"))

    async def close(self) -> None:
        await _done("close the tab", self._page.close(run_before_unload=False))

    async def crash(self) -> None:
        """The command never answers: the page that should is gone."""
        crashed = asyncio.Event()
        self._page.on("crash", lambda _: crashed.set())
        asking = asyncio.create_task(self._cdp.send("Page.crash"))
        try:
            await asyncio.wait_for(crashed.wait(), CRASH_S)
        except TimeoutError as error:
            raise InjectorError(f"Page.crash: the page did not crash within {CRASH_S:g} s") from error
        finally:
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)

    async def signal_renderer(self, number: int) -> None:
        """To the renderer process that works most."""
        os.kill(await self._busiest(), number)

    async def slow_renderer(self, share: float) -> None:
        """Stops and continues the renderer process that works most, over and over."""
        self._slowing = asyncio.create_task(_stop_and_go(await self._busiest(), share))

    async def let_renderer_run(self) -> None:
        """Raises InjectorError if the process ended meanwhile."""
        if self._slowing is None:
            return
        slowing, self._slowing = self._slowing, None
        slowing.cancel()
        (ended,) = await asyncio.gather(slowing, return_exceptions=True)
        if isinstance(ended, ProcessLookupError):
            raise InjectorError("the slowed renderer process ended before the fault did")

    async def mistake_renderer(self) -> None:
        """From now on signals go to the renderer that works least. For a sabotage only."""
        pid, _ = min(await self._renderers(), key=lambda one: one[1])
        self._renderer = pid

    async def mistake_tab(self) -> None:
        """From now on another tab of the browser is closed, or crashes, in place of the participant's. For a sabotage only."""
        self._page = await _done("open another tab", self._context.new_page())
        self._cdp = await _done("speak to another tab", self._context.new_cdp_session(self._page))

    async def quit_browser(self) -> None:
        """It is asked to leave, and does. For a sabotage only."""
        session = await _done("ask the browser", self._browser.new_browser_cdp_session())
        await _done("Browser.close", session.send("Browser.close"))

    async def network_service(self) -> int:
        """pid. Raises InjectorError, also while there is none."""
        found = [pid for pid, kind in await self._services() if NETWORK_SERVICE in kind]
        if len(found) != 1:
            raise InjectorError(f"the browser names {len(found)} network processes")
        return found[0]

    async def kill_network_service(self, *, another: bool = False) -> None:
        """SIGKILL. `another`: to a process of the browser that does something else. For a sabotage only."""
        if self._process is None:
            raise InjectorError("a shared browser's network is everybody's: give the participant a process of its own")
        if not another:
            return os.kill(await self.network_service(), signal.SIGKILL)
        spare = [pid for pid, kind in await self._services() if NETWORK_SERVICE not in kind]
        if not spare:
            raise InjectorError("the browser has no process that could be mistaken for its network's")
        return os.kill(spare[0], signal.SIGKILL)

    async def _services(self) -> list[tuple[int, str]]:
        """(pid, kind) of the browser's helpers: neither itself nor a renderer."""
        found = await self._ask_browser("SystemInfo.getProcessInfo")
        return [
            (int(one["id"]), one["type"]) for one in found["processInfo"] if one["type"] not in ("browser", "renderer")
        ]

    async def _ask_browser(self, method: str) -> Any:
        """Over one session of the browser, kept."""
        if self._of_browser is None:
            self._of_browser = await _done("ask the browser", self._browser.new_browser_cdp_session())
        return await _done(method, self._of_browser.send(method))

    async def kill_browser(self) -> None:
        """SIGKILL to the browser's main process."""
        if self._process is None:
            raise InjectorError("a shared browser is not killed: give the participant a process of its own")
        os.kill(self._process, 9)

    async def _busiest(self) -> int:
        """Found once, so that what was stopped is what is continued."""
        if self._process is None:
            raise InjectorError(
                "a shared browser's renderers are not told apart: give the participant a process of its own"
            )
        if self._renderer is None:
            self._renderer = max(await self._renderers(), key=lambda one: one[1])[0]
        return self._renderer

    async def _renderers(self) -> list[tuple[int, float]]:
        """(pid, CPU seconds of a short while) of each."""
        session = await _done("ask the browser", self._browser.new_browser_cdp_session())
        try:
            before = await self._cpu_times(session)
            await asyncio.sleep(SAMPLE_S)
            after = await self._cpu_times(session)
        finally:
            await session.detach()
        grown = {pid: cpu_s - before.get(pid, 0.0) for pid, cpu_s in after.items()}
        if not grown:
            raise InjectorError("the browser names no renderer process")
        return list(grown.items())

    @staticmethod
    async def _cpu_times(session: CDPSession) -> dict[int, float]:
        found = await _done("SystemInfo.getProcessInfo", session.send("SystemInfo.getProcessInfo"))
        return {int(one["id"]): float(one["cpuTime"]) for one in found["processInfo"] if one["type"] == "renderer"}


async def _stop_and_go(pid: int, share: float) -> None:
    """Until cancelled; the process runs afterwards. Raises ProcessLookupError when it is gone."""
    try:
        while True:
            os.kill(pid, signal.SIGSTOP)
            await asyncio.sleep(share * SLICE_S)
            os.kill(pid, signal.SIGCONT)
            await asyncio.sleep((1.0 - share) * SLICE_S)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


async def _done(what: str, work: Any) -> Any:
    try:
        # Not wait_for: that of Python 3.11 may swallow a cancellation that comes with the answer.
        async with asyncio.timeout(RUN_S):
            return await work
    except (PlaywrightError, TimeoutError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise InjectorError(f"{what}: {first}") from error
