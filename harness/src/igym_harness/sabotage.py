"""Breaks the harness on purpose, to prove that it can be wrong out loud (chaos.md 11.1).

arm-late       the neutral network rule is held back until the fault is injected: the fault has no effect -> `unknown`
never-armed    the neutral network rule is never sent, and the harness believes that it was -> `unknown`
shared-proxy   all participants come through one proxy: a fault of the first one's touches the others -> `unknown`
direct-url     pages go to the server itself while their proxies are disturbed -> `unknown`
no-relay       the pages know each other's real addresses, so nothing passes the UDP relay -> `unknown`
idle-inputs    nobody plays in a scenario that needs it -> `unknown`
alter-upload   one value of one row of one participant's upload is changed on its way: the parity checkers must name it
flip-state     one bit of one participant's state is wrong from a frame on: frame and field must be told

The others stand between the harness and its faults: `sabotage_traps`.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import Page, WebSocketRoute

Send = Callable[[str, dict[str, Any]], Awaitable[Any]]

ARM_LATE = "arm-late"
ALTER_UPLOAD = "alter-upload"
FLIP_STATE = "flip-state"
NEVER_ARMED = "never-armed"
SHARED_PROXY = "shared-proxy"
DIRECT_URL = "direct-url"
NO_RELAY = "no-relay"
IDLE_INPUTS = "idle-inputs"
OF_THE_RUN = (ARM_LATE, NEVER_ARMED, SHARED_PROXY, DIRECT_URL, NO_RELAY, IDLE_INPUTS, ALTER_UPLOAD, FLIP_STATE)
OF_EVERY_PAGE = frozenset({ARM_LATE, NEVER_ARMED, DIRECT_URL, NO_RELAY})
OF_ONE_PAGE = frozenset({ALTER_UPLOAD, FLIP_STATE})
FLIPPED_FRAME = 123

RULE_COMMAND = "Network.emulateNetworkConditionsByRule"
ALTERED_FRAME = 1
"""The first chunk of rows that begins here or later: an ordinary one, neither first nor last."""

_EVENT = re.compile(r'^(42(?:/[^,]*,)?\d*)(\["data_chunk",.*)$', re.DOTALL)


class HeldArming:
    """A CDP sender that swallows the arming rule and delivers it just before the first later rule, or never."""

    def __init__(self, send: Send, *, late: bool = True) -> None:
        self._send = send
        self._late = late
        self._held: dict[str, Any] | None = None
        self._released = False

    async def __call__(self, method: str, params: dict[str, Any]) -> Any:
        if method != RULE_COMMAND or self._released:
            return await self._send(method, params)
        if self._held is None:
            self._held = params
            return {}
        self._released = True
        if self._late:
            await self._send(method, self._held)
        return await self._send(method, params)


@dataclass(frozen=True)
class Alteration:
    """What was changed: the checkers must name exactly this place."""

    episode: int
    seat: int
    frame: int
    column: str
    was: Any
    now: Any


@dataclass
class UploadAlterer:
    """Changes one reward of one row in every sending of one chunk; everything else passes untouched."""

    done: Alteration | None = field(default=None)

    def message(self, text: str) -> str:
        """The Socket.IO text frame `42N["data_chunk",{...}]` as it should go on."""
        match = _EVENT.match(text)
        if match is None:
            return text
        event, payload = json.loads(match[2])
        if payload["kind"] != "rows" or payload["episode"] != 0 or not payload["rows"]:
            return text
        if self.done is None and payload["first_frame"] < ALTERED_FRAME:
            return text
        if self.done is not None and payload["first_frame"] != self.done.frame:
            return text
        changed, self.done = alter_chunk(payload)
        return match[1] + json.dumps([event, changed], separators=(",", ":"), ensure_ascii=False)

    async def route(self, page: Page) -> None:
        """Puts itself between this page and the server's WebSocket; before the first navigation."""
        await page.route_web_socket(re.compile(r"/socket\.io/"), self._join)

    def _join(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        socket.on_message(lambda message: server.send(self.message(message) if isinstance(message, str) else message))
        server.on_message(socket.send)


def alter_chunk(chunk: dict[str, Any]) -> tuple[dict[str, Any], Alteration]:
    """A copy of a data_chunk whose first row has one reward more, with the digest that fits (SHA-256 of the rows)."""
    row = json.loads(chunk["rows"][0])
    seat = int(chunk["seat"])
    was = row["rewards"][seat]
    row["rewards"][seat] = was + 1
    rows = [json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=True), *chunk["rows"][1:]]
    digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    alteration = Alteration(
        episode=int(chunk["episode"]),
        seat=seat,
        frame=int(row["frame"]),
        column=f"rewards.{seat}",
        was=was,
        now=was + 1,
    )
    return {**chunk, "rows": rows, "sha256": digest}, alteration
