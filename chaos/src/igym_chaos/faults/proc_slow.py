"""proc.slow: the process that runs the page and its worker gets only a part of the processor's time. Needs a browser of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, require_range
from igym_chaos.page_path import controls_of, disturbed_pages
from igym_chaos.samples import Telemetry, Window
from igym_chaos.speed import ORACLE_SPEED, as_fast_as_before, factors
from igym_chaos.subjects import Subject

SHARE = 0.4
"""The loop is slowed within this share of the plan (chaos handbook 4)."""


@dataclass(frozen=True)
class ProcSlow(Fault):
    """`percent`: how much of the time the process stands still, in slices of a few hundredths of a second."""

    kind: ClassVar[str] = "proc.slow"
    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = ("renderer",)
    needs_speed: ClassVar[bool] = True
    minimum_window_s: ClassVar[float] = 4.0

    percent: float

    def __post_init__(self) -> None:
        require_range(self.kind, "percent", self.percent, 30, 90)

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.slow_renderer(self.percent / 100.0)

    async def heal(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.let_renderer_run()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The worker's loop takes longer by the asked factor; the display thread shares its process, and is a witness."""
        factor = 1.0 / (1.0 - self.percent / 100.0)
        band = ((1.0 - SHARE) * factor, (1.0 + SHARE) * factor)
        found = factors(telemetry, on, window, baseline, {"worker_factor": factor}, band)
        if isinstance(found, Effect):
            return found
        measured = {"worker_factor": round(found.worker, 2), "main_factor": round(found.main, 2)}
        in_band = band[0] <= found.worker <= band[1]
        return Effect({"worker_factor": factor}, measured, band, found.samples, in_band, ORACLE_SPEED)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return as_fast_as_before(telemetry, on, window, baseline)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return disturbed_pages(telemetry, others, window)
