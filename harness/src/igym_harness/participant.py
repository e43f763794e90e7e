"""One participant: a browser context of its own, one page, one CDP session for the page's life (chaos.md 1.1)."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, CDPSession, ConsoleMessage, Page
from playwright.async_api import Error as PlaywrightError

from igym_chaos import relay_page, turn_page
from igym_chaos.cdp import NetworkRules
from igym_chaos.frame_route import URL, FrameRoute
from igym_chaos.relay import PeerRelay
from igym_chaos.samples import Ending
from igym_chaos.subjects import ServerControl
from igym_chaos.toxiproxy import ProxiedPath
from igym_harness.browser import VIEWPORT
from igym_harness.clock import monotonic_ms
from igym_harness.errors import HarnessError
from igym_harness.page_control import PageControl
from igym_harness.player import Player
from igym_harness.probe import CLOCK, INIT_SCRIPT, Answer, Cursor, parse
from igym_harness.sabotage import ALTER_UPLOAD, ARM_LATE, NEVER_ARMED, NO_RELAY, HeldArming, UploadAlterer
from igym_harness.traces import slim

EVALUATE_S = 5.0
CLOSE_S = 20.0
CONSOLE_LIMIT = 5_000
"""Console entries kept per participant; the newest are dropped, which the last one kept says."""


class NoAnswerError(HarnessError):
    """The page did not answer a question: navigating, closed, crashed, frozen or busy."""


class Participant:
    """What a fault may touch (igym_chaos.subjects.Subject: name, network, server_path) and what a run asks and does."""

    def __init__(self, name: str, *, context: BrowserContext, page: Page, cdp: CDPSession, base_url: str) -> None:
        self.name = name
        self.network: NetworkRules | None = None
        self.server_path: ProxiedPath | None = None
        self.turn_path: ProxiedPath | None = None
        self.relay: PeerRelay | None = None
        self.frame_route: FrameRoute | None = None
        self.control: PageControl | None = None
        self.player = Player()
        self.server: ServerControl | None = None
        self.endings: list[Ending] = []
        """Crash and close of the page, as DevTools said."""
        self.page = page
        self.base_url = base_url
        self.console: list[dict[str, Any]] = []
        self.alterer: UploadAlterer | None = None
        self._context = context
        self._cdp = cdp
        self._cursor = Cursor()
        self._listen()

    @classmethod
    async def open(
        cls,
        browser: Browser,
        name: str,
        *,
        base_url: str,
        server_path: ProxiedPath | None,
        turn_path: ProxiedPath | None = None,
        relay: PeerRelay | None = None,
        process: int | None = None,
        routed: bool = False,
        sabotage: str | None = None,
    ) -> Participant:
        """A page that is armed and listened to, and has not navigated yet. `process`: pid of a browser that is this participant's own.

        `routed`: every frame between it and the server's socket passes the harness.
        """
        context = browser.contexts[0] if process is not None else await browser.new_context(viewport=VIEWPORT)
        await context.tracing.start(name=name, title=name, snapshots=True)
        page = await context.new_page()
        await page.add_init_script(INIT_SCRIPT)
        if relay is not None and sabotage != NO_RELAY:
            await _put_behind(relay, name, page)
        if turn_path is not None:
            await page.add_init_script(turn_page.init_script(turn_path))
        cdp = await context.new_cdp_session(page)
        participant = cls(name, context=context, page=page, cdp=cdp, base_url=base_url)
        participant.server_path = server_path
        participant.turn_path = turn_path
        participant.relay = relay
        participant.control = PageControl(page, cdp, browser=browser, context=context, process=process)
        if routed:
            participant.frame_route = FrameRoute(name, now_ms=monotonic_ms)
            await page.route_web_socket(re.compile(re.escape(URL)), participant.frame_route.join)
        if sabotage == ALTER_UPLOAD:
            participant.alterer = UploadAlterer()
            await participant.alterer.route(page)
        await cdp.send("Network.enable")
        await participant._arm(sabotage)
        return participant

    async def load(self, timeout_s: float) -> None:
        """Opens the begin page and waits for its button."""
        await self.page.goto(self.base_url, wait_until="domcontentloaded", timeout=timeout_s * 1000)
        await self.page.locator("#begin").wait_for(state="visible", timeout=timeout_s * 1000)

    async def press(self, selector: str, timeout_s: float = 5.0) -> float:
        """A real click; returns when it was done, ms of the harness clock."""
        await self.page.locator(selector).click(timeout=timeout_s * 1000)
        return monotonic_ms()

    async def evaluate(self, expression: str) -> Any:
        """The JSON value of an expression, promises awaited. Raises NoAnswerError."""
        parameters = {"expression": expression, "awaitPromise": True, "returnByValue": True}
        try:
            # Not wait_for: that of Python 3.11 may swallow a cancellation that comes with the answer.
            async with asyncio.timeout(EVALUATE_S):
                answer = await self._cdp.send("Runtime.evaluate", parameters)
        except (PlaywrightError, TimeoutError) as error:
            raise NoAnswerError(f"{self.name} did not answer: {_first_line(error)}") from error
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            text = details.get("exception", {}).get("description") or details.get("text", "")
            raise NoAnswerError(f"{self.name}'s page threw: {_first_line(text)}")
        return answer["result"].get("value")

    async def clock_ms(self) -> float:
        """The page's own clock."""
        return float(await self.evaluate(CLOCK))

    async def data_state(self) -> str | None:
        """`data-state` of the app page; None on any other page."""
        state = await self.evaluate("document.body?.dataset.state ?? null")
        return str(state) if state is not None else None

    async def scene(self) -> str | None:
        """Id of the scene that the page shows."""
        scene = await self.evaluate("globalThis.igym.status().sceneId")
        return str(scene) if scene is not None else None

    async def hooked(self) -> bool:
        """Whether the page's test hook is there."""
        return bool(await self.evaluate("globalThis.igym !== undefined"))

    async def ask(self, *, full: bool = False) -> Answer:
        """Status, new events and statistics; `full`: with every round trip that the page still has."""
        # As one text: a driver that sees objects converts each of them, for every look.
        told = await self.evaluate(f"({self._cursor.question(full=full).strip()}).then(JSON.stringify)")
        answer = parse(json.loads(told))
        self._cursor.take(answer)
        return answer

    async def script(self, actions: list[int]) -> None:
        """One action per local frame, through the page's test hook."""
        await self.evaluate(f"globalThis.igym.script({actions!r})")

    async def flip(self, frame: int) -> None:
        """From now on, one bit of this participant's state is wrong after that frame."""
        await self.evaluate(f"globalThis.igym.flip({frame})")

    async def tab(self) -> str:
        """The browser's own name of the page's tab. Raises NoAnswerError."""
        try:
            found = await asyncio.wait_for(self._cdp.send("Target.getTargetInfo"), EVALUATE_S)
        except (PlaywrightError, TimeoutError) as error:
            raise NoAnswerError(f"{self.name} did not say which tab it is: {_first_line(error)}") from error
        return str(found["targetInfo"]["targetId"])

    async def reopen_session(self) -> None:
        """Another session in place of the page's one: it loses its network rules for good (B13). For a sabotage only."""
        await self._cdp.detach()
        self._cdp = await self._context.new_cdp_session(self.page)
        await self._cdp.send("Network.enable")
        if self.control is not None:
            self.control.use_session(self._cdp)

    async def close(self, trace: Path) -> None:
        """Stops the trace into a file and closes the context. Raises PlaywrightError, or TimeoutError from a page that is gone."""
        try:
            await asyncio.wait_for(self._context.tracing.stop(path=trace), CLOSE_S)
            await asyncio.to_thread(slim, trace)
        finally:
            await asyncio.wait_for(self._context.close(), CLOSE_S)

    # ---- helpers ----

    async def _arm(self, sabotage: str | None) -> None:
        send: Callable[[str, dict[str, Any]], Any] = self._send
        if sabotage in (ARM_LATE, NEVER_ARMED):
            send = HeldArming(self._send, late=sabotage == ARM_LATE)
        self.network = NetworkRules(send, spared_urls=(f"{self.base_url}/*",))
        await self.network.arm()

    async def _send(self, method: str, parameters: dict[str, Any]) -> Any:
        return await self._cdp.send(method, parameters)

    def _listen(self) -> None:
        self.page.on("console", self._on_console)
        self.page.on(
            "pageerror", lambda error: self._note("pageerror", f"{error}", str(getattr(error, "stack", "") or ""))
        )
        self.page.on("crash", lambda _: self._gone("crash", "the page crashed"))
        self.page.on("close", lambda _: self._gone("close", "the page was closed"))

    def _gone(self, kind: Literal["crash", "close"], text: str) -> None:
        self.endings.append(Ending(monotonic_ms(), kind))
        self._note(kind, text, "")

    def _on_console(self, message: ConsoleMessage) -> None:
        place = message.location
        self._note(message.type, message.text, f"{place.get('url', '')}:{place.get('lineNumber', 0)}" if place else "")

    def _note(self, kind: str, text: str, location: str) -> None:
        if len(self.console) > CONSOLE_LIMIT:
            return
        if len(self.console) == CONSOLE_LIMIT:
            kind, text, location = "error", f"more than {CONSOLE_LIMIT} console entries; the rest is dropped", ""
        self.console.append({"t_ms": round(monotonic_ms(), 1), "type": kind, "text": text, "location": location})


async def _put_behind(relay: PeerRelay, name: str, page: Page) -> None:
    """From its first connection on the page knows its peers by the relay's ports only."""

    async def own(ufrag: str) -> None:
        await relay.tell_owner(ufrag, name)

    async def port(ufrag: str) -> int:
        return await relay.port(name, ufrag)

    await page.expose_function(relay_page.OWN_UFRAG, own)
    await page.expose_function(relay_page.PORT, port)
    await page.add_init_script(relay_page.INIT_SCRIPT)


def _first_line(error: object) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
