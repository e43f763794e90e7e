"""tab.worker-stall: the game worker computes something else for a while; the page goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, Fault, require_range
from igym_chaos.page_path import ORACLE_GAPS, controls_of, disturbed_pages, longest_gap_ms, page_alive
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

AT_LEAST, OTHER_AT_MOST = 0.9, 0.2
"""Shares of the asked time: of silence of this thread, and of the other one."""
OTHER_FLOOR_MS = 500.0
LATE_MS = 1_000.0
_BUSY = "(() => { const end = performance.now() + STALL_MS; while (performance.now() < end); })()"


@dataclass(frozen=True)
class TabWorkerStall(Fault):
    """`stall_ms`: how long; it ends by itself, so `for` should be as long."""

    kind: ClassVar[str] = "tab.worker-stall"
    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = ("worker-thread",)
    minimum_window_s: ClassVar[float] = 1.0
    ends_itself: ClassVar[bool] = True

    stall_ms: float
    running: list[asyncio.Task[None]] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_range(self.kind, "stall_ms", self.stall_ms, 500, 30_000)

    async def inject(self, on: Sequence[Subject]) -> None:
        busy = _BUSY.replace("STALL_MS", repr(float(self.stall_ms)))
        self.running.extend(asyncio.create_task(control.run_in_worker(busy)) for control in controls_of(on))

    async def heal(self, on: Sequence[Subject]) -> None:
        """Waits for the end of the loops."""
        for task in self.running:
            with suppress(
                InjectorError, asyncio.CancelledError
            ):  # the page may not answer while it is busy: the oracle says what happened
                await task
        self.running.clear()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """This thread was silent for the asked time, the other one was not."""
        asked, band = {"silent_ms": self.stall_ms}, (AT_LEAST * self.stall_ms, float("inf"))
        with_wake = Window(window.start_ms - LATE_MS, window.end_ms + LATE_MS)
        silent = longest_gap_ms(telemetry, on, with_wake, "worker")
        other = longest_gap_ms(telemetry, on, with_wake, "main")
        measured = {"silent_ms": round(min(silent), 0), "main_silent_ms": round(max(other), 0)}
        allowed_ms = max(OTHER_FLOOR_MS, OTHER_AT_MOST * self.stall_ms)
        return Effect(asked, measured, band, len(on), min(silent) >= band[0] and max(other) <= allowed_ms, ORACLE_GAPS)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return page_alive(telemetry, on, window)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return disturbed_pages(telemetry, others, window)
