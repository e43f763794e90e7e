"""tab.frozen: page and worker stand still, as a browser does to save power. Needs a browser of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.page_path import ORACLE_GAPS, controls_of, disturbed_pages, longest_gap_ms, page_alive
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

LIFECYCLE = "Page.setWebLifecycleState"
SHARE = 0.9
LATE_MS = 1_500.0
"""After the heal the page wakes, and tells that it was silent."""


@dataclass(frozen=True)
class TabFrozen(Fault):
    """No parameters. The page is hidden behind another tab first: the browser freezes no visible page."""

    kind: ClassVar[str] = "tab.frozen"
    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = ("visibility", "focus", "lifecycle")
    minimum_window_s: ClassVar[float] = 2.0

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.cover()
            await control.send(LIFECYCLE, {"state": "frozen"})

    async def heal(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.send(LIFECYCLE, {"state": "active"})
            await control.uncover()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Both threads were silent for the whole time, and the browser said freeze and resume."""
        length_ms = window.end_ms - window.start_ms
        asked, band = {"silent_ms": round(length_ms, 0)}, (SHARE * length_ms, float("inf"))
        with_wake = Window(window.start_ms, window.end_ms + LATE_MS)
        gaps = [
            min(pair)
            for pair in zip(
                *(longest_gap_ms(telemetry, on, with_wake, thread) for thread in ("main", "worker")), strict=True
            )
        ]
        told = [
            (one.freezes, one.resumes)
            for name in on
            if (one := next(iter(telemetry.meters(name, with_wake)[-1:]), None)) is not None
        ]
        if len(told) < len(on):
            return unmeasured(asked, band, oracle=ORACLE_GAPS, note="the page did not answer after the heal")
        measured = {
            "silent_ms": round(min(gaps), 0),
            "freezes": float(min(f for f, _ in told)),
            "resumes": float(min(r for _, r in told)),
        }
        in_band = min(gaps) >= band[0] and all(f >= 1 and r >= 1 for f, r in told)
        return Effect(asked, measured, band, len(told), in_band, ORACLE_GAPS)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return page_alive(telemetry, on, window)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return disturbed_pages(telemetry, others, window)
