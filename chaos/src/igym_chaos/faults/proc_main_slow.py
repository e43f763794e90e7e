"""proc.main-slow: the page's display thread is slowed; the simulation in its worker is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, require_range
from igym_chaos.page_path import controls_of, disturbed_pages
from igym_chaos.samples import Telemetry, Window
from igym_chaos.speed import ORACLE_SPEED, as_fast_as_before, factors
from igym_chaos.subjects import Subject

THROTTLE = "Emulation.setCPUThrottlingRate"
MAIN_SHARE = 0.5
"""Of the asked factor; the throttle is coarse (chaos handbook 4)."""
WORKER_MOST = 1.5


@dataclass(frozen=True)
class ProcMainSlow(Fault):
    """`rate`: how many times slower the display thread is."""

    kind: ClassVar[str] = "proc.main-slow"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("throttle",)
    needs_speed: ClassVar[bool] = True
    minimum_window_s: ClassVar[float] = 4.0

    rate: float

    def __post_init__(self) -> None:
        require_range(self.kind, "rate", self.rate, 3, 20)

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.send(THROTTLE, {"rate": self.rate})

    async def heal(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.send(THROTTLE, {"rate": 1})

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The display thread's loop takes longer; the worker can still do its own as quickly as before."""
        asked, band = {"main_factor": self.rate}, (MAIN_SHARE * self.rate, float("inf"))
        found = factors(telemetry, on, window, baseline, asked, band)
        if isinstance(found, Effect):
            return found
        measured = {"main_factor": round(found.main, 2), "worker_factor": round(found.worker_best, 2)}
        free = found.worker_best < WORKER_MOST
        note = "" if free else f"the worker was never less than {WORKER_MOST:g} times slower"
        return Effect(asked, measured, band, found.samples, found.main >= band[0] and free, ORACLE_SPEED, note)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return as_fast_as_before(telemetry, on, window, baseline)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return disturbed_pages(telemetry, others, window)
