"""tab.main-stall: the page's main thread computes something else for a while; the game worker goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import ClassVar

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, Fault, require_range
from igym_chaos.faults.tab_hidden import frame_rate
from igym_chaos.page_path import ORACLE_GAPS, controls_of, disturbed_pages, longest_gap_ms, page_alive
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import PageControl, Subject

AT_LEAST = 0.9
"""Share of the asked time."""
STEPPED = 0.9
"""Share of the frame rate before: what the worker tells waits for the main thread too, its frames do not."""
LATE_MS = 1_000.0
_BUSY = "(() => { const end = performance.now() + STALL_MS; while (performance.now() < end); })()"


@dataclass(frozen=True)
class TabMainStall(Fault):
    """`stall_ms`: how long; it ends by itself, so `for` should be as long."""

    kind: ClassVar[str] = "tab.main-stall"
    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = ("main-thread",)
    minimum_window_s: ClassVar[float] = 1.0
    ends_itself: ClassVar[bool] = True

    stall_ms: float
    running: list[asyncio.Task[None]] = field(default_factory=list, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_range(self.kind, "stall_ms", self.stall_ms, 500, 30_000)

    async def inject(self, on: Sequence[Subject]) -> None:
        busy = _BUSY.replace("STALL_MS", repr(float(self.stall_ms)))
        self.running.extend(asyncio.create_task(_run(control, busy)) for control in controls_of(on))

    async def heal(self, on: Sequence[Subject]) -> None:
        """Waits for the end of the loops."""
        for task in self.running:
            with suppress(
                InjectorError, asyncio.CancelledError
            ):  # the page may not answer while it is busy: the oracle says what happened
                await task
        self.running.clear()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The main thread was silent for the asked time, the game stepped on."""
        asked, band = {"silent_ms": self.stall_ms}, (AT_LEAST * self.stall_ms, float("inf"))
        with_wake = Window(window.start_ms - LATE_MS, window.end_ms + LATE_MS)
        silent = longest_gap_ms(telemetry, on, with_wake, "main")
        frames = [frame_rate(telemetry, name, with_wake) for name in on]
        normal = [frame_rate(telemetry, name, baseline) for name in on]
        measured = {"silent_ms": round(min(silent), 0), "frames_s": round(min(frames), 1)}
        stepped = all(now >= STEPPED * before for now, before in zip(frames, normal, strict=True))
        return Effect(asked, measured, band, len(on), min(silent) >= band[0] and stepped, ORACLE_GAPS)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return page_alive(telemetry, on, window)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return disturbed_pages(telemetry, others, window)


async def _run(control: PageControl, busy: str) -> None:
    await control.run(busy)
