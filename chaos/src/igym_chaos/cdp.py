"""The network rules of one page over the DevTools protocol: one owner, armed before any peer connection, never emptied.

    arm() neutral, before the first navigation ─▶ set(latency=..) ─▶ set(packetLoss=..) merges ─▶ reset("latency") ─▶ neutral()

A rule that comes after the connection exists does nothing, an empty list unhooks live sockets for good (handbook B1, B10).
Entries with the server's addresses stand in front, neutral, so that only the peer path suffers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from igym_chaos.errors import InjectorError, NotArmedError

Send = Callable[[str, dict[str, Any]], Awaitable[Any]]

COMMAND = "Network.emulateNetworkConditionsByRule"
NEUTRAL: dict[str, float] = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
RANGES: dict[str, tuple[float, float]] = {
    "latency": (0, 60_000),
    "packetLoss": (0, 100),
    "downloadThroughput": (-1, 1e9),
    "uploadThroughput": (-1, 1e9),
    "packetQueueLength": (0, 100_000),
}
"""Knobs and what they may be: ms, percent, bytes/s (-1: no limit), packets."""


class NetworkRules:
    """Sole owner of a page's rules. `send` is the page's one CDP session, kept for the page's life."""

    def __init__(self, send: Send, *, spared_urls: Sequence[str] = ()) -> None:
        self._send = send
        self._spared = tuple(spared_urls)
        self._knobs: dict[str, float] = {}
        self._turn = asyncio.Lock()
        self._offline = False
        self.armed = False

    @property
    def knobs(self) -> dict[str, float]:
        """What is in force beside neutral."""
        return dict(self._knobs)

    async def arm(self) -> None:
        """Sends the neutral list; to be called before the page's first navigation."""
        await self._change(lambda _: {})
        self.armed = True

    async def set(self, **knobs: float) -> None:
        """Adds or changes knobs and sends the whole list. Raises NotArmedError, InjectorError."""
        if not self.armed:
            raise NotArmedError(
                "this page was not armed before its first navigation: reload it armed, or call the run broken"
            )
        for name, value in knobs.items():
            _check(name, value)
        await self._change(lambda now: {**now, **knobs})

    async def reset(self, *names: str) -> None:
        """Takes knobs back to neutral, leaving the others in force."""
        await self._change(lambda now: {name: value for name, value in now.items() if name not in names})

    async def set_offline(self, *, offline: bool) -> None:
        """The whole network of the page, or not; an entry's own `offline` would do nothing (handbook B7, B8). Raises NotArmedError."""
        if not self.armed:
            raise NotArmedError("this page was not armed before its first navigation: it cannot be taken offline")
        self._offline = offline
        await self._change(lambda now: now)

    async def neutral(self) -> None:
        """Takes everything back to neutral: the heal that keeps the page armed."""
        await self._change(lambda _: {})

    async def _change(self, change: Callable[[dict[str, float]], dict[str, float]]) -> None:
        """One at a time: two faults that begin together must not each send a list without the other's knob."""
        async with self._turn:
            knobs = change(self._knobs)
            entries = [{"urlPattern": url, **NEUTRAL} for url in self._spared]
            entries.append({"urlPattern": "", **NEUTRAL, **knobs})
            await self._send(COMMAND, {"offline": self._offline, "matchedNetworkConditions": entries})
            self._knobs = knobs


def _check(name: str, value: float) -> None:
    if name not in RANGES:
        raise InjectorError(f"network rule: unknown knob {name!r}; known: {', '.join(RANGES)}")
    low, high = RANGES[name]
    if not low <= value <= high:
        raise InjectorError(f"network rule: {name} is {value!r}; give {low:g} to {high:g}")
