"""tab.hidden: another tab is in front; the browser stops drawing the page and slows its timers. Needs a browser of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.page_path import ORACLE_RATES, controls_of, disturbed_pages, page_alive, rates
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

TIMERS_AT_MOST = 2.0
WORKER_AT_LEAST = 0.9
"""Share of the game's frames a second before."""
STEADY_MS = 2_000.0
"""Of play before the fault, which give that rate: a game that has just begun may still catch up."""


@dataclass(frozen=True)
class TabHidden(Fault):
    """No parameters."""

    kind: ClassVar[str] = "tab.hidden"
    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = ("visibility", "focus")
    minimum_window_s: ClassVar[float] = 4.0

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.cover()

    async def heal(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.uncover()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """No animation frame, timers at most 2 a second, the worker as before."""
        asked, band = {"raf_s": 0.0, "timers_s": TIMERS_AT_MOST}, (0.0, TIMERS_AT_MOST)
        found = [(rates(telemetry, name, baseline), rates(telemetry, name, window)) for name in on]
        known = [(before, during) for before, during in found if before is not None and during is not None]
        if len(known) < len(found):
            return unmeasured(
                asked, band, oracle=ORACLE_RATES, note="no two looks at the page before and during the fault"
            )
        raf, timers = (
            max(values) for values in zip(*((during.raf, during.timers) for _, during in known), strict=True)
        )
        frames = [frame_rate(telemetry, name, window) for name in on]
        measured = {"raf_s": round(raf, 2), "timers_s": round(timers, 2), "frames_s": round(min(frames), 2)}
        hidden = all(during.hidden for _, during in known)
        steady = Window(max(baseline.start_ms, baseline.end_ms - STEADY_MS), baseline.end_ms)
        before = [frame_rate(telemetry, name, steady) for name in on]
        steps = all(now >= WORKER_AT_LEAST * was for was, now in zip(before, frames, strict=True))
        n = sum(during.samples for _, during in known)
        in_band = hidden and raf == 0 and timers <= TIMERS_AT_MOST and steps
        note = f"{', '.join(f'{was:.1f}' for was in before)} frames a second before"
        return Effect(asked, measured, band, n, in_band, ORACLE_RATES, note)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return page_alive(telemetry, on, window)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return disturbed_pages(telemetry, others, window)


def frame_rate(telemetry: Telemetry, name: str, window: Window) -> float:
    """Frames a second of the participant's simulation; 0 without two looks."""
    seen = telemetry.frames(name, window)
    return (
        1000.0 * (seen[-1][1] - seen[0][1]) / (seen[-1][0] - seen[0][0])
        if len(seen) > 1 and seen[-1][0] > seen[0][0]
        else 0.0
    )
