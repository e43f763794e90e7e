"""tab.blur: the page is told that it lost the focus, and stays visible. Simulated: a headless page never loses it (measured)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.page_path import ORACLE_RATES, TIMERS_ALIVE, controls_of, disturbed_pages, page_alive, rates
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

_SAY = """
(() => {
  Object.defineProperty(document, "hasFocus", { configurable: true, value: () => FOCUSED });
  dispatchEvent(new Event(FOCUSED ? "focus" : "blur"));
})()
"""


@dataclass(frozen=True)
class TabBlur(Fault):
    """No parameters."""

    kind: ClassVar[str] = "tab.blur"
    injectors: ClassVar[tuple[str, ...]] = ("J",)
    knobs: ClassVar[tuple[str, ...]] = ("focus",)
    minimum_window_s: ClassVar[float] = 1.0

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.run(_SAY.replace("FOCUSED", "false"))

    async def heal(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.run(_SAY.replace("FOCUSED", "true"))

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Without focus at every look, visible, timers alive."""
        asked, band = {"focused": 0.0}, (0.0, 0.0)
        found = [rates(telemetry, name, window) for name in on]
        known = [one for one in found if one is not None]
        if len(known) < len(found):
            return unmeasured(asked, band, oracle=ORACLE_RATES, note="no two looks at the page")
        focused = sum(sample.focused for name in on for sample in telemetry.meters(name, window))
        visible = not any(one.hidden for one in known) and all(one.timers >= TIMERS_ALIVE for one in known)
        n = sum(one.samples for one in known)
        return Effect(asked, {"focused": float(focused)}, band, n, focused == 0 and visible, ORACLE_RATES)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Alive, and told that the focus is back."""
        alive = page_alive(telemetry, on, window)
        unfocused = sum(not sample.focused for name in on for sample in telemetry.meters(name, window))
        return replace(
            alive, measured={**alive.measured, "unfocused": float(unfocused)}, in_band=alive.in_band and not unfocused
        )

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return disturbed_pages(telemetry, others, window)
