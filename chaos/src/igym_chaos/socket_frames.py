"""What a WebSocket frame of the Socket.IO path carries, and what is to happen to it. Pure.

A text frame is an Engine.IO packet: `2` ping, `3` pong, `4...` message. A message is a Socket.IO packet; `2` is an event:

    4 2 [/namespace,] [acknowledgement id] ["event", payload]

A `link_signal` is called by the kind within its payload (offer, answer, candidate, ...). Whatever is not such a text (pings, opens,
acknowledgements, binary events and their attachments) has no name, and no fault touches it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from igym_chaos import draws

Way = Literal["up", "down"]
"""From the page to the server, or back."""
Action = Literal["drop", "delay", "duplicate", "reorder"]

ACTIONS: tuple[Action, ...] = get_args(Action)
SIGNAL = "link_signal"
SIGNALS = ("offer", "answer", "candidate", "end", "restart")
"""Kinds within the payload of a link_signal."""
EVENTS = (
    SIGNAL,
    "page_hello",
    "scene_advance",
    "scene_activate",
    "lobby_join",
    "lobby_state",
    "session_assigned",
    "session_end",
    "session_leave",
    "link_report",
    "episode_report",
    "data_chunk",
    "episode_seal",
)
"""Application events; `page_ping` is not among them: the path's own heartbeat stays true."""
NAMES = (*SIGNALS, *EVENTS)

_EVENT = re.compile(r'42(?:/[^,]*,)?\d*\["(?P<event>[a-z_]+)"[,\]]')
_PAYLOAD = re.compile(r"42(?:/[^,]*,)?\d*(?P<list>\[.*\])", re.DOTALL)


@dataclass(frozen=True)
class Named:
    """An event, and the kind of a link_signal."""

    event: str
    kind: str | None = None

    def is_called(self, name: str) -> bool:
        return name in (self.event, self.kind)


def named(message: str | bytes) -> Named | None:
    """What a frame carries; None: nothing that has a name here."""
    if not isinstance(message, str) or (match := _EVENT.match(message)) is None:
        return None
    event = match["event"]
    return Named(event, _kind(message)) if event == SIGNAL else Named(event)


def _kind(message: str) -> str | None:
    match = _PAYLOAD.fullmatch(message)
    try:
        payload = json.loads(match["list"])[1] if match else None
    except (json.JSONDecodeError, IndexError):
        return None
    kind = payload.get("kind") if isinstance(payload, Mapping) else None
    return kind if kind in SIGNALS else None


@dataclass(frozen=True)
class FramePolicy:
    """What happens to the frames of a name. `share` 0..1 of them; `first`: only to the first so many of a way (None: to all).

    `hold_ms`: how much later a delayed frame goes, or how long at most a reordered one waits for the next of its name.
    """

    name: str
    action: Action
    ways: tuple[Way, ...]
    share: float = 1.0
    first: int | None = None
    hold_ms: float = 0.0


@dataclass(frozen=True)
class FrameFate:
    """What one fault decided for the frame `index` of those that it names, counted by way from its beginning."""

    index: int
    action: Action | None
    """None: it goes on as it came."""


class FrameDecider:
    """The fates of one way under one policy, in order. Two deciders of one seed and way decide alike."""

    def __init__(self, policy: FramePolicy, *, seed: int, participant: str, way: Way) -> None:
        self._policy = policy
        self._start = draws.stream(seed, "frames", policy.name, participant, way, policy.action)
        self._next = 0
        self._swapped = False

    def decide(self) -> FrameFate:
        """The fate of the next named frame. A frame that another one waits for is not held itself: pairs change places."""
        index, policy = self._next, self._policy
        self._next += 1
        within = policy.first is None or index < policy.first
        hit = within and draws.hit(self._start, index, policy.share)
        self._swapped = hit and policy.action == "reorder" and not self._swapped
        if policy.action == "reorder":
            hit = self._swapped
        return FrameFate(index, policy.action if hit else None)


def plan(policy: FramePolicy, count: int, *, seed: int, participant: str, way: Way) -> list[FrameFate]:
    """The first `count` fates of a way, as a decider gives them."""
    decider = FrameDecider(policy, seed=seed, participant=participant, way=way)
    return [decider.decide() for _ in range(count)]


@dataclass
class SocketFrame:
    """One frame that came by. Times on the harness clock; `left_ms`: each time it was sent on, empty for one that was not."""

    t_ms: float
    participant: str
    way: Way
    index: int
    """Of all frames of this way."""
    size: int
    """Characters or bytes."""
    named: Named | None
    in_force: tuple[str, ...]
    """Keys of the faults that were asked about it."""
    fates: Mapping[str, FrameFate]
    """What those that name it decided, by key."""
    left_ms: list[float] = field(default_factory=list)
    order: list[int] = field(default_factory=list)
    """Its place, each time, among everything that was sent on."""

    @property
    def actions(self) -> frozenset[Action]:
        return frozenset(fate.action for fate in self.fates.values() if fate.action is not None)

    @property
    def copies(self) -> int:
        """How often it is to leave, by all that was decided."""
        return 0 if "drop" in self.actions else 2 if "duplicate" in self.actions else 1


def inversions(frames: Iterable[SocketFrame]) -> int:
    """Frames of one way, in the order of their coming, that left after one that had come later."""
    earliest_later = float("inf")
    count = 0
    for frame in reversed([one for one in frames if one.order]):
        count += frame.order[0] > earliest_later
        earliest_later = min(earliest_later, frame.order[0])
    return count
