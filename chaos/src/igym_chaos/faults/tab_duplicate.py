"""tab.duplicate: the participant opens the study a second time, in another tab: the same address, so the same identity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from igym_chaos.documents import others_renewed
from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.page_path import controls_of
from igym_chaos.readings import Question, count, newest
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "the browser's list of tabs, and what each of the two shows"
TABS, FIRST, SECOND = "tabs", "first_tab", "second_tab"
ACCEPTED, REFUSED = 1.0, 0.0
_SHOWN = """
(() => {
  const text = document.getElementById("error-message");
  if (document.body?.dataset.state === "error") return text?.checkVisibility() && text.textContent.trim() !== "" ? 0 : -1;
  return globalThis.igym?.status().socketConnected ? 1 : -1;
})()
"""
"""1: the server takes this tab for the participant's; 0: it was refused, and says so in words; -1: neither."""


@dataclass(frozen=True)
class TabDuplicate(Fault):
    """No parameters."""

    kind: ClassVar[str] = "tab.duplicate"
    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = ("another-tab",)
    minimum_window_s: ClassVar[float] = 3.0
    asks: ClassVar[Mapping[str, Question]] = MappingProxyType(
        {TABS: Question("tabs"), FIRST: Question("page", _SHOWN), SECOND: Question("another", _SHOWN)}
    )

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.open_another()

    async def heal(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.close_another()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Two tabs of each target, of which the server takes one and the other tells why it does not go on."""
        asked, band = {"tabs": 2.0, "accepted": 1.0, "refused": 1.0}, (2.0, 2.0)
        answers = count(telemetry, on, tuple(self.asks), window)
        tabs = [newest(telemetry, name, TABS, window) for name in on]
        if None in tabs:
            return unmeasured(asked, band, oracle=ORACLE, note="the browser did not name its tabs", n=answers)
        shown = [[newest(telemetry, name, tab, window) for tab in (FIRST, SECOND)] for name in on]
        measured = {
            "tabs": max(number for number in tabs if number is not None),
            "accepted": float(max(both.count(ACCEPTED) for both in shown)),
            "refused": float(min(both.count(REFUSED) for both in shown)),
        }
        in_band = set(tabs) == {2.0} and all({*both} == {ACCEPTED, REFUSED} for both in shown)
        return Effect(asked, measured, band, answers, in_band, ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """One tab is left."""
        asked, band = {"tabs": 1.0}, (1.0, 1.0)
        tabs = [newest(telemetry, name, TABS, window) for name in on]
        known = [number for number in tabs if number is not None]
        if len(known) < len(tabs):
            return unmeasured(asked, band, oracle=ORACLE, note="the browser did not name its tabs")
        answers = count(telemetry, on, (TABS,), window)
        return Effect(asked, {"tabs": max(known)}, band, answers, set(known) == {1.0}, ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Others who have a second tab too, or whose page is another document or hidden."""
        doubled = {name for name in others if (newest(telemetry, name, TABS, window) or 1.0) != 1.0}
        changed = {*others_renewed(telemetry, others, window, baseline)}
        return [name for name in others if name in doubled | changed]
