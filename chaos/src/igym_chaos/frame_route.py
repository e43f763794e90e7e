"""The place between one page and the server's WebSocket: every frame is noted, and those that a fault names meet their fate.

    page ─ up ─▶ ┐                          ┌ ─▶ server        dropped, sent twice, later, or behind the next of its name
    page ◀─────┘  named? ─▶ fates ─▶ ledger └ ◀─ down ─ server

Whoever owns the page hands each of its sockets over with `join`, before the first frame. Runs in the harness's event loop.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from igym_chaos.errors import InjectorError
from igym_chaos.socket_frames import FrameDecider, FrameFate, FramePolicy, Named, SocketFrame, Way, named
from igym_chaos.subjects import Subject

URL = "/socket.io/"
LIMIT = 50_000
"""Frames noted of one page; an hour of play has some 40,000."""

Message = str | bytes
Send = Callable[[Message], None]
Cancel = Callable[[], None]


class Socket(Protocol):
    """One end of a routed WebSocket (Playwright's WebSocketRoute)."""

    def send(self, message: Message) -> None: ...

    def on_message(self, handler: Callable[[Message], None]) -> None: ...


class PageSocket(Socket, Protocol):
    """The page's end."""

    def connect_to_server(self) -> Socket: ...


def call_later(delay_ms: float, run: Callable[[], None]) -> Cancel:
    """By the running event loop; returns what cancels it."""
    return asyncio.get_running_loop().call_later(delay_ms / 1000.0, run).cancel


@dataclass
class _Line:
    """One fault in force."""

    key: str
    policy: FramePolicy
    deciders: dict[Way, FrameDecider]
    held: dict[Way, _Held] = field(default_factory=dict)


@dataclass(frozen=True)
class _Held:
    """A frame that waits for the next one of its name."""

    release: Callable[[], None]
    cancel: Cancel


class FrameRoute:
    """Of one page. `frames` is the ledger; `over`: frames beyond LIMIT, which were passed on and not noted."""

    def __init__(
        self,
        participant: str,
        *,
        now_ms: Callable[[], float] = lambda: time.monotonic() * 1000.0,
        later: Callable[[float, Callable[[], None]], Cancel] = call_later,
    ) -> None:
        self.participant = participant
        self.frames: list[SocketFrame] = []
        self.over = 0
        self._now_ms = now_ms
        self._later = later
        self._lines: dict[str, _Line] = {}
        self._count: dict[Way, itertools.count[int]] = defaultdict(itertools.count)
        self._sent = itertools.count()

    def join(self, page: PageSocket) -> None:
        """Takes one connection of the page over."""
        server = page.connect_to_server()
        page.on_message(lambda message: self._pass("up", message, server.send))
        server.on_message(lambda message: self._pass("down", message, page.send))

    def apply(self, key: str, policy: FramePolicy, *, seed: int) -> None:
        """From now on the frames that the policy names have their fate decided by it too. Raises InjectorError for a key in use."""
        if key in self._lines:
            raise InjectorError(f"frames of {self.participant}: {key} is in force already")
        deciders = {way: FrameDecider(policy, seed=seed, participant=self.participant, way=way) for way in policy.ways}
        self._lines[key] = _Line(key, policy, deciders)

    def lift(self, key: str) -> None:
        """Takes a policy away; what still waits for its successor goes on now. One that is not there is no error."""
        line = self._lines.pop(key, None)
        if line is None:
            return
        for way in list(line.held):
            _release(line, way)

    # ---- helpers ----

    def _pass(self, way: Way, message: Message, send: Send) -> None:
        what = named(message)
        lines = [line for line in self._lines.values() if way in line.deciders and what is not None]
        met = [line for line in lines if what is not None and what.is_called(line.policy.name)]
        fates = {line.key: line.deciders[way].decide() for line in met}
        frame = self._note(way, message, what, fates)

        def go(times: int) -> None:
            for _ in range(times):
                frame.left_ms.append(self._now_ms())
                frame.order.append(next(self._sent))
                send(message)

        self._send_on(frame, met, lambda: go(frame.copies))
        for line in met:  # this one was what an earlier one of its name waited for
            if fates[line.key].action != "reorder":
                _release(line, way)

    def _send_on(self, frame: SocketFrame, met: Sequence[_Line], go: Callable[[], None]) -> None:
        if frame.copies == 0:
            return
        acting = [line for line in met if frame.fates[line.key].action is not None]
        delay_ms = sum(line.policy.hold_ms for line in acting if line.policy.action == "delay")
        holding = next((line for line in acting if line.policy.action == "reorder"), None)
        if holding is not None:
            self._hold(holding, frame.way, go)
        elif delay_ms > 0:
            self._later(delay_ms, go)
        else:
            go()

    def _hold(self, line: _Line, way: Way, go: Callable[[], None]) -> None:
        cancel = self._later(line.policy.hold_ms, lambda: _release(line, way))
        line.held[way] = _Held(go, cancel)

    def _note(self, way: Way, message: Message, what: Named | None, fates: dict[str, FrameFate]) -> SocketFrame:
        frame = SocketFrame(
            t_ms=self._now_ms(),
            participant=self.participant,
            way=way,
            index=next(self._count[way]),
            size=len(message),
            named=what,
            in_force=tuple(key for key, line in self._lines.items() if way in line.deciders),
            fates=fates,
        )
        if len(self.frames) < LIMIT:
            self.frames.append(frame)
        else:
            self.over += 1
        return frame


def _release(line: _Line, way: Way) -> None:
    """What waits goes on."""
    held = line.held.pop(way, None)
    if held is not None:
        held.cancel()
        held.release()


def routes_of(subjects: Sequence[Subject]) -> list[FrameRoute]:
    """The route of each; InjectorError names who has none."""
    routes = []
    for subject in subjects:
        if subject.frame_route is None:
            raise InjectorError(f"participant {subject.name}: nothing stands between its page and the server's socket")
        routes.append(subject.frame_route)
    return routes
