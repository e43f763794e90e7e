"""tab.hidden-script: the page is told that it is hidden; the browser goes on drawing it. A simulation, and called so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.page_path import ORACLE_RATES, controls_of, disturbed_pages, page_alive, rates
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

SIMULATED_RAF = 5.0
"""Animation frames a second: a game draws 30 or so, and the harness asks a page that draws nothing for 10; one that is hidden gets none."""
_SAY = """
(() => {
  for (const [name, value] of [["hidden", HIDDEN], ["visibilityState", HIDDEN ? "hidden" : "visible"]])
    Object.defineProperty(document, name, { configurable: true, get: () => value });
  document.dispatchEvent(new Event("visibilitychange"));
  return document.hidden;
})()
"""


@dataclass(frozen=True)
class TabHiddenScript(Fault):
    """No parameters."""

    kind: ClassVar[str] = "tab.hidden-script"
    injectors: ClassVar[tuple[str, ...]] = ("J",)
    knobs: ClassVar[tuple[str, ...]] = ("visibility",)
    minimum_window_s: ClassVar[float] = 2.0

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.run(_SAY.replace("HIDDEN", "true"))

    async def heal(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.run(_SAY.replace("HIDDEN", "false"))

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The page says hidden while its animation frames go on: that is what proves it simulated."""
        asked, band = {"raf_s": SIMULATED_RAF}, (SIMULATED_RAF, float("inf"))
        found = [rates(telemetry, name, window) for name in on]
        known = [one for one in found if one is not None]
        if len(known) < len(found):
            return unmeasured(asked, band, oracle=ORACLE_RATES, note="no two looks at the page")
        raf, hidden = min(one.raf for one in known), all(one.hidden for one in known)
        n = sum(one.samples for one in known)
        return Effect(
            asked,
            {"raf_s": round(raf, 1), "hidden": float(hidden)},
            band,
            n,
            hidden and raf >= SIMULATED_RAF,
            ORACLE_RATES,
            "" if hidden else "the page does not say that it is hidden",
        )

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return page_alive(telemetry, on, window)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return disturbed_pages(telemetry, others, window)
