"""Faults whose oracles rest on answers to questions of their own: in force, done wrongly, and not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from igym_chaos.fault import Fault, MeterSample, Window
from igym_chaos.faults.clock_jump import ClockJump
from igym_chaos.faults.tab_duplicate import FIRST, SECOND, TABS, TabDuplicate
from igym_chaos.readings import Reading

BEFORE, DURING, AFTER = Window(0, 5_000), Window(5_500, 8_500), Window(9_000, 12_000)
STEADY = 1.7e12
HOUR = 3_600_000.0
NORMAL = {
    TABS: 1.0,
    FIRST: 1.0,
    "wall_page": 0.3,
    "wall_worker": -0.2,
    "steady_page": STEADY,
    "steady_worker": STEADY + 3,
}


@dataclass
class Recorded:
    """Two participants; `during` says what a answered while the fault was in force, `after` what afterwards."""

    during: dict[str, float] = field(default_factory=dict)
    after: dict[str, float] = field(default_factory=dict)
    moved_ms: dict[str, float] = field(default_factory=dict)
    """By how much a monotonic clock was off then."""

    def readings(self, participant: str, what: str, window: Window) -> list[Reading]:
        times = [300.0 * look for look in range(50) if window.holds(300.0 * look)]
        found = [(t_ms, self._value(participant, what, t_ms)) for t_ms in times]
        return [Reading(t_ms, value, late_ms=2.0) for t_ms, value in found if value is not None]

    def _value(self, name: str, what: str, t_ms: float) -> float | None:
        late = {} if t_ms < 5_000 or name == "b" else self.during if t_ms < 9_000 else self.after
        value = late.get(what, NORMAL.get(what))
        if value is None or not what.startswith("steady"):
            return value
        return value + t_ms + (self.moved_ms.get(what, 0.0) if late is self.during else 0.0)

    def meters(self, participant: str, window: Window) -> list[MeterSample]:
        return []


JUMPED = {"wall_page": HOUR + 0.3, "wall_worker": HOUR - 0.2}
RIGHT: list[tuple[Fault, Recorded, dict[str, float]]] = [
    (TabDuplicate(), Recorded({TABS: 2, SECOND: 0}), {"tabs": 2, "accepted": 1, "refused": 1}),
    (TabDuplicate(), Recorded({TABS: 2, FIRST: 0, SECOND: 1}), {"tabs": 2, "accepted": 1, "refused": 1}),
    (ClockJump(HOUR), Recorded(JUMPED), {"page_ms": HOUR, "worker_ms": HOUR, "steady_ms": 0.0}),
]
WRONG: list[tuple[Fault, Recorded]] = [
    (TabDuplicate(), Recorded()),
    (TabDuplicate(), Recorded({TABS: 2, SECOND: 1})),
    (TabDuplicate(), Recorded({TABS: 2, SECOND: -1})),
    (TabDuplicate(), Recorded({TABS: 2})),
    (TabDuplicate(), Recorded({TABS: 1, SECOND: 0})),
    (TabDuplicate(), Recorded({TABS: 3, SECOND: 0})),
    (TabDuplicate(), Recorded({TABS: 2, FIRST: 0, SECOND: 0})),
    (ClockJump(HOUR), Recorded()),
    (ClockJump(-HOUR), Recorded(JUMPED)),
    (ClockJump(HOUR), Recorded({"wall_page": HOUR})),
    (ClockJump(HOUR), Recorded({"wall_worker": HOUR})),
    (ClockJump(HOUR), Recorded({"wall_page": HOUR + 90, "wall_worker": HOUR})),
    (ClockJump(HOUR), Recorded(JUMPED, moved_ms={"steady_page": HOUR})),
    (ClockJump(HOUR), Recorded(JUMPED, moved_ms={"steady_worker": -40.0})),
]


@pytest.mark.parametrize(("fault", "recorded", "measured"), RIGHT)
def test_what_was_asked_is_in_band_and_over_afterwards(fault: Fault, recorded: Any, measured: dict[str, float]) -> None:
    effect = fault.effect(recorded, ["a"], DURING, BEFORE)
    assert effect.in_band, effect
    assert effect.measured == measured
    assert effect.n > 0
    assert fault.recovered(recorded, ["a"], AFTER, BEFORE).in_band
    assert fault.untouched(recorded, ["b"], DURING, BEFORE) == []
    assert fault.untouched(recorded, ["a", "b"], DURING, BEFORE) == ["a"]


@pytest.mark.parametrize(("fault", "recorded"), WRONG)
def test_an_injector_that_does_nothing_or_something_else_is_not_believed(fault: Fault, recorded: Any) -> None:
    effect = fault.effect(recorded, ["a"], DURING, BEFORE)
    assert not effect.in_band, effect
    assert effect.n > 0


@pytest.mark.parametrize(("fault", "recorded", "measured"), RIGHT)
def test_a_heal_that_does_nothing_is_not_believed(fault: Fault, recorded: Any, measured: dict[str, float]) -> None:
    still: Any = Recorded(recorded.during, after=recorded.during)
    assert not fault.recovered(still, ["a"], AFTER, BEFORE).in_band


@pytest.mark.parametrize("fault", [TabDuplicate(), ClockJump(HOUR)])
def test_without_an_answer_there_is_no_effect(fault: Fault) -> None:
    class Silent(Recorded):
        def readings(self, participant: str, what: str, window: Window) -> list[Reading]:
            return []

    silent: Any = Silent()
    effect = fault.effect(silent, ["a"], DURING, BEFORE)
    assert (effect.in_band, effect.n) == (False, 0)
    assert not fault.recovered(silent, ["a"], AFTER, BEFORE).in_band


@pytest.mark.parametrize(("by_ms", "said"), [(0, "no jump"), (-999, "no jump"), (1e15, "by_ms is"), (True, "by_ms is")])
def test_a_jump_that_is_none_is_refused(by_ms: float, said: str) -> None:
    with pytest.raises(ValueError, match="by_ms") as caught:
        ClockJump(by_ms)
    assert said in str(caught.value)
