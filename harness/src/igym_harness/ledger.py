"""The ledger: one line per fault event with what was asked and what was measured (chaos.md 6.2).

planned ─▶ requested ─▶ acknowledged ─▶ effect ─▶ healed ─▶ baseline
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from igym_chaos.fault import Effect
from igym_chaos.samples import Window
from igym_harness.evidence import FaultRecord

Phase = Literal["planned", "requested", "acknowledged", "effect", "healed", "baseline"]
PHASES: tuple[Phase, ...] = ("planned", "requested", "acknowledged", "effect", "healed", "baseline")


@dataclass
class Entry:
    """One fault of a run while it happens. Times are ms of the harness clock; None: has not happened."""

    id: str
    do: str
    via: str
    on: tuple[str, ...]
    asked: dict[str, Any]
    planned_ms: float | None = None
    requested_ms: float | None = None
    acknowledged_ms: float | None = None
    first_effect_ms: float | None = None
    healed_ms: float | None = None
    window: Window | None = None
    effect: Effect | None = None
    recovered: Effect | None = None
    touched: tuple[str, ...] = ()
    removes: bool = False
    renews: bool = False
    lines: list[dict[str, Any]] = field(default_factory=list)

    @property
    def in_force(self) -> bool:
        return self.requested_ms is not None and self.healed_ms is None

    def note(self, phase: Phase, t_ms: float) -> dict[str, Any]:
        """Writes the line of this phase with everything known by now, and returns it."""
        line = {
            "t_ms": round(t_ms, 1),
            "fault": self.id,
            "do": self.do,
            "via": self.via,
            "on": _one_or_many(self.on),
            "phase": phase,
            "asked": self.asked,
            "planned_ms": _rounded(self.planned_ms),
            "requested_ms": _rounded(self.requested_ms),
            "acknowledged_ms": _rounded(self.acknowledged_ms),
            "first_effect_ms": _rounded(self.first_effect_ms),
            "healed_ms": _rounded(self.healed_ms),
        }
        if phase == "effect" and self.effect is not None:
            line |= _measured(self.effect)
            line["others_touched"] = list(self.touched)
        if phase == "baseline" and self.recovered is not None:
            line |= _measured(self.recovered)
            line["baseline_after"] = self.recovered.measured
        self.lines.append(line)
        return line

    def record(self) -> FaultRecord:
        """What the checkers read; a fault that never became due has `planned_ms` NaN."""
        return FaultRecord(
            id=self.id,
            do=self.do,
            via=self.via,
            on=self.on,
            effect=self.effect,
            recovered=self.recovered,
            touched=self.touched,
            planned_ms=float("nan") if self.planned_ms is None else self.planned_ms,
            requested_ms=self.requested_ms,
            acknowledged_ms=self.acknowledged_ms,
            first_effect_ms=self.first_effect_ms,
            healed_ms=self.healed_ms,
            window=self.window,
            removes=self.removes,
            renews=self.renews,
        )


def lines(entries: Sequence[Entry]) -> list[dict[str, Any]]:
    """All lines of a run by time; at one instant a fault's phases keep their order."""
    return sorted(
        (line for entry in entries for line in entry.lines),
        key=lambda line: (line["t_ms"], PHASES.index(line["phase"])),
    )


def _measured(effect: Effect) -> dict[str, Any]:
    return {
        "measured": effect.measured,
        "n": effect.n,
        "band": list(effect.band),
        "in_band": effect.in_band,
        "oracle": effect.oracle,
        "note": effect.note,
    }


def _one_or_many(names: tuple[str, ...]) -> Any:
    return names[0] if len(names) == 1 else list(names)


def _rounded(t_ms: float | None) -> float | None:
    return None if t_ms is None else round(t_ms, 1)
