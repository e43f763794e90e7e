"""proc.stop: the process that runs the page and its worker is stopped, and continued. Needs a browser of its own."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault
from igym_chaos.page_path import ORACLE_GAPS, controls_of, disturbed_pages, longest_gap_ms, page_alive
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

SHARE = 0.9
LATE_MS = 1_500.0


@dataclass(frozen=True)
class ProcStop(Fault):
    """No parameters."""

    kind: ClassVar[str] = "proc.stop"
    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = ("renderer",)
    minimum_window_s: ClassVar[float] = 2.0

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.signal_renderer(signal.SIGSTOP)

    async def heal(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.signal_renderer(signal.SIGCONT)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Both threads were silent for the whole time."""
        length_ms = window.end_ms - window.start_ms
        asked, band = {"silent_ms": round(length_ms, 0)}, (SHARE * length_ms, float("inf"))
        with_wake = Window(window.start_ms, window.end_ms + LATE_MS)
        silent = [longest_gap_ms(telemetry, on, with_wake, thread) for thread in ("main", "worker")]
        measured = {"silent_ms": round(min(silent[0]), 0), "worker_silent_ms": round(min(silent[1]), 0)}
        return Effect(asked, measured, band, len(on), min(*silent[0], *silent[1]) >= band[0], ORACLE_GAPS)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return page_alive(telemetry, on, window)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return disturbed_pages(telemetry, others, window)
