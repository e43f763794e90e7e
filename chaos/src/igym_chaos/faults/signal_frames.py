"""signal.frames: frames of a name between a page and the server's socket are dropped, late, doubled, or change places."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar, cast

from igym_chaos.fault import Effect, Fault, require_range, require_word, unmeasured
from igym_chaos.frame_route import routes_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.socket_frames import (
    ACTIONS,
    NAMES,
    SIGNAL,
    SIGNALS,
    Action,
    FrameFate,
    FramePolicy,
    SocketFrame,
    Way,
    inversions,
    plan,
)
from igym_chaos.subjects import Subject

ORACLE = "frame ledger against plan; signals that the pages counted; frames of play"
LATE_MS = 300.0
"""How much later than asked a delayed frame may leave: the harness's own loop."""
CLOCK_MS = 1.0
MOST = 10_000.0
WAYS: Mapping[str, tuple[Way, ...]] = MappingProxyType({"up": ("up",), "down": ("down",), "both": ("up", "down")})
ALWAYS = Window(-math.inf, math.inf)


@dataclass(frozen=True)
class SignalFrames(Fault):
    """`event`: offer, answer, candidate, end, restart, or an application event; `action`: drop, delay, duplicate, reorder.

    `percent` of the named frames of a way, drawn by their index; `first`: only of the first so many (0: all). `stream`: up (of the
    page), down (of the server) or both. `hold_ms`: how late a delayed frame is; how long a reordered one waits for the next of its name.
    """

    kind: ClassVar[str] = "signal.frames"
    injectors: ClassVar[tuple[str, ...]] = ("W",)
    knobs: ClassVar[tuple[str, ...]] = ()  # several on one page add up, frame by frame, and the ledger tells them apart
    minimum_window_s: ClassVar[float] = 1.0
    words: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType(
        {"event": NAMES, "action": ACTIONS, "stream": tuple(WAYS)}
    )

    event: str
    action: str
    stream: str = "both"
    percent: float = 100
    first: float = 0
    hold_ms: float = 500
    seed: int = field(default=0, kw_only=True)

    def __post_init__(self) -> None:
        for word in self.words:
            require_word(self, word)
        require_range(self.kind, "percent", self.percent, 1, 100)
        require_range(self.kind, "first", self.first, 0, MOST)
        require_range(self.kind, "hold_ms", self.hold_ms, 1, 20_000)

    @property
    def key(self) -> str:
        return f"{self.event}/{self.action}/{int(self.seed)}"

    def policy(self) -> FramePolicy:
        """What happens to the frames."""
        return FramePolicy(
            self.event,
            cast("Action", self.action),
            WAYS[self.stream],
            share=self.percent / 100,
            first=int(self.first) or None,
            hold_ms=self.hold_ms,
        )

    async def inject(self, on: Sequence[Subject]) -> None:
        for route in routes_of(on):
            route.apply(self.key, self.policy(), seed=int(self.seed))

    async def heal(self, on: Sequence[Subject]) -> None:
        for route in routes_of(on):
            route.lift(self.key)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Every named frame met the fate that the seed gives it, at least one a fate of its own; and the targets play."""
        until_end = Window(-math.inf, window.end_ms)
        met = {(name, way): self._met(telemetry, name, way, until_end) for name in on for way in WAYS[self.stream]}
        planned = sum(self._due(name, way, frames) for (name, way), frames in met.items())
        hit = sum(self._hit(frame, frames) for frames in met.values() for frame in frames)
        asked, band = {"frames": float(planned)}, (max(1.0, float(planned)), float(planned))
        n = sum(map(len, met.values()))
        if n == 0:
            return self._nothing_met(telemetry, on, window)
        as_planned = all(self._as_planned(name, way, frames) for (name, way), frames in met.items())
        played = all(_plays(telemetry, name, window) for name in on)
        measured = {"frames": float(hit), "as_planned": float(as_planned), "played": float(played)}
        astray, note = self._astray(telemetry), ""
        if astray:
            note = f"the pages counted {abs(astray)} signals {'more' if astray > 0 else 'fewer'} than the ledger says"
        in_band = band[0] <= hit <= band[1] and as_planned and played and not astray
        return Effect(asked, measured, band, n, in_band, ORACLE, note)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Frames pass, none is asked for by the fault, and none that it held is still away."""
        asked, band = {"asked": 0.0}, (0.0, 0.0)
        frames = [frame for name in on for frame in telemetry.socket_frames(name, window)]
        before = [frame for name in on for frame in telemetry.socket_frames(name, Window(-math.inf, window.end_ms))]
        if not frames:
            return unmeasured(asked, band, oracle=ORACLE, note="no frame came by after the heal")
        caught = sum(self.key in frame.in_force for frame in frames)
        away = sum(self.key in frame.fates and len(frame.left_ms) < frame.copies for frame in before)
        measured = {"asked": float(caught), "away": float(away)}
        return Effect(asked, measured, band, len(frames), caught == 0 and away == 0, ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return [
            name
            for name in others
            if any(self.key in frame.in_force for frame in telemetry.socket_frames(name, window))
        ]

    # ---- helpers ----

    def _met(self, telemetry: Telemetry, name: str, way: Way, window: Window) -> list[SocketFrame]:
        """Frames whose fate it decided, in the order of their coming."""
        return [one for one in telemetry.socket_frames(name, window) if one.way == way and self.key in one.fates]

    def _plan(self, name: str, way: Way, count: int) -> list[FrameFate]:
        return plan(self.policy(), count, seed=int(self.seed), participant=name, way=way)

    def _due(self, name: str, way: Way, frames: Sequence[SocketFrame]) -> int:
        """How many of these must have met a fate of their own; one that had nobody to change places with met none."""
        fates = self._plan(name, way, len(frames))
        planned = [frame for frame, fate in zip(frames, fates, strict=True) if fate.action is not None]
        if self.action == "reorder":
            planned = [frame for frame in planned if not self._alone(frame, frames)]
        return len(planned)

    def _alone(self, frame: SocketFrame, frames: Sequence[SocketFrame]) -> bool:
        """The next one of its name did not come while it waited, or was dropped by another fault."""
        if frame.copies == 0:
            return False
        gone_ms = min(frame.left_ms, default=math.inf)
        following = next((one for one in frames if one.index > frame.index), None)
        if following is not None and following.t_ms <= gone_ms:
            return following.copies == 0
        return gone_ms - frame.t_ms >= self.hold_ms - CLOCK_MS

    def _as_planned(self, name: str, way: Way, frames: Sequence[SocketFrame]) -> bool:
        """The decisions are those of the seed, and each frame left as often as all that was decided says."""
        decided = [frame.fates[self.key] for frame in frames]
        left = all(len(frame.left_ms) == frame.copies for frame in frames)
        return left and decided == self._plan(name, way, len(frames))

    def _hit(self, frame: SocketFrame, frames: Sequence[SocketFrame]) -> bool:
        """It was decided on, and what was decided is what happened to it."""
        if frame.fates[self.key].action is None:
            return False
        if frame.copies == 0 or self.action == "duplicate":
            return len(frame.left_ms) == frame.copies
        if not frame.left_ms:
            return False
        waited_ms = frame.left_ms[0] - frame.t_ms
        if self.action == "delay":
            alone = len(frame.actions) == 1 and len(frame.fates) == 1
            return waited_ms >= self.hold_ms - CLOCK_MS and (not alone or waited_ms <= self.hold_ms + LATE_MS)
        later = [one for one in frames if one.index > frame.index][:1]
        return inversions([frame, *later]) == 1

    def _astray(self, telemetry: Telemetry) -> int:
        """Signals that arrived at pages beyond those sent and doubled, less those dropped, by the product's own count; 0 is right.

        Only asked where the fault is about signals: nobody counts other events at both ends.
        """
        if self.event not in (SIGNAL, *SIGNALS):
            return 0
        arrived = sent = made = 0
        for name in telemetry.participants():
            for sample in telemetry.signals(name, ALWAYS)[-1:]:
                arrived, sent = arrived + sample.arrived, sent + sample.sent
            frames = telemetry.socket_frames(name, ALWAYS)
            made += sum(len(one.left_ms) - 1 for one in frames if one.named is not None and one.named.event == SIGNAL)
        return arrived - sent - made

    def _nothing_met(self, telemetry: Telemetry, on: Sequence[str], window: Window) -> Effect:
        """Frames of the name that came by without a fate prove that nothing was in force."""
        asked, band = {"frames": 1.0}, (1.0, math.inf)
        passed = [
            frame
            for name in on
            for frame in telemetry.socket_frames(name, window)
            if frame.named is not None and frame.named.is_called(self.event)
        ]
        if not passed:
            return unmeasured(asked, band, oracle=ORACLE, note=f"no {self.event} came by")
        return Effect(asked, {"frames": 0.0}, band, len(passed), in_band=False, oracle=ORACLE)


def _plays(telemetry: Telemetry, name: str, window: Window) -> bool:
    """Its game advances after the beginning of the window."""
    frames = [frame for _, frame in telemetry.frames(name, Window(window.start_ms, math.inf))]
    return bool(frames) and frames[-1] > frames[0]
