"""game.corrupt: one bit of one participant's state is wrong after one frame. A self-test: the run must fail, by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, require_range
from igym_chaos.page_path import controls_of, page_alive
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "the first frame whose state the pages told to differ"
NEVER = -1.0
ALWAYS = Window(-math.inf, math.inf)


@dataclass(frozen=True)
class GameCorrupt(Fault):
    """`frame`: the one after which the state is wrong, of each episode; it must not be reached yet."""

    kind: ClassVar[str] = "game.corrupt"
    injectors: ClassVar[tuple[str, ...]] = ("G",)
    knobs: ClassVar[tuple[str, ...]] = ("state",)
    targets: ClassVar[int | None] = 1
    minimum_window_s: ClassVar[float] = 1.0
    ends_itself: ClassVar[bool] = True

    frame: float

    def __post_init__(self) -> None:
        require_range(self.kind, "frame", self.frame, 1, 1_000_000)

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.run(f"globalThis.igym.flip({int(self.frame)})")

    async def heal(self, on: Sequence[Subject]) -> None:
        """What is wrong stays wrong."""

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The product itself tells the frame: everybody's pages, and no other frame. The moment is the frame's, not the window's."""
        asked, band = {"frame": self.frame}, (self.frame, self.frame)
        told = {name: [frame for _, frame in telemetry.differences(name, ALWAYS)] for name in telemetry.participants()}
        frames = [frame for found in told.values() for frame in found]
        if not frames:
            passed = sum(frame > self.frame for name in on for _, frame in telemetry.frames(name, ALWAYS))
            return Effect(asked, {"frame": NEVER}, band, passed, in_band=False, oracle=ORACLE)
        furthest = max(frames, key=lambda frame: abs(frame - self.frame))
        measured = {"frame": float(furthest), "told_by": float(sum(map(bool, told.values())))}
        return Effect(asked, measured, band, len(frames), furthest == self.frame and all(told.values()), ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The page itself is well."""
        return page_alive(telemetry, on, window)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Whose state differs from the target's is told by both, so nobody can be accused here: PAR-2 names the frame."""
        return []
