"""Faults whose oracles rest on answers to questions of their own: in force, done wrongly, and not at all."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from igym_chaos.fault import Fault
from igym_chaos.faults.clock_jump import ClockJump
from igym_chaos.faults.proc_network_service import CANDIDATES, PROCESS, ProcNetworkService
from igym_chaos.faults.tab_cold import BYTES, TabCold
from igym_chaos.faults.tab_duplicate import FIRST, SECOND, TABS, TabDuplicate
from igym_chaos.faults.tab_storage import KEYS, TabStorage
from igym_chaos.readings import Reading
from igym_chaos.samples import MeterSample, Window

BEFORE, DURING, AFTER = Window(0, 5_000), Window(5_500, 8_500), Window(9_000, 12_000)
STEADY = 1.7e12
HOUR = 3_600_000.0
LOOK = MeterSample(0, 1.0, 0, 0, 0, hidden=False, focused=True, blurs=0, hides=0, freezes=0, resumes=0)
NORMAL = {
    TABS: 1.0,
    FIRST: 1.0,
    KEYS: 2.0,
    BYTES: 0.0,
    PROCESS: 4_001.0,
    CANDIDATES: 1.0,
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
    new_document: bool = False
    """From the heal on."""

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
        """The document is another one after the fault if something else is then, too."""
        document = 2.0 if participant == "a" and self.new_document and window.start_ms > 8_500 else 1.0
        return [replace(LOOK, t_ms=window.start_ms, document=document)]


def cleared(keys: int = 5) -> TabStorage:
    """As its injector leaves it, having found so many keys before."""
    fault = TabStorage()
    fault.filled["a"] = keys
    return fault


JUMPED = {"wall_page": HOUR + 0.3, "wall_worker": HOUR - 0.2}
DEAD = {PROCESS: 4_777.0, CANDIDATES: 0.0}
RIGHT: list[tuple[Fault, Recorded, dict[str, float]]] = [
    (TabDuplicate(), Recorded({TABS: 2, SECOND: 0}), {"tabs": 2, "accepted": 1, "refused": 1}),
    (TabDuplicate(), Recorded({TABS: 2, FIRST: 0, SECOND: 1}), {"tabs": 2, "accepted": 1, "refused": 1}),
    (
        ProcNetworkService(),
        Recorded(DEAD, {PROCESS: 4_777}, new_document=True),
        {"candidates": 0.0, "new_processes": 1.0},
    ),
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
    (ProcNetworkService(), Recorded()),
    (ProcNetworkService(), Recorded({PROCESS: 4_777})),
    (ProcNetworkService(), Recorded({CANDIDATES: 0})),
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


@pytest.mark.parametrize("fault", [TabDuplicate(), ClockJump(HOUR), ProcNetworkService()])
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


def test_a_network_that_is_back_in_the_old_document_or_not_at_all_is_not_healed() -> None:
    same: Any = Recorded(DEAD, {PROCESS: 4_777})
    assert not ProcNetworkService().recovered(same, ["a"], AFTER, BEFORE).in_band
    dead: Any = Recorded(DEAD, DEAD, new_document=True)
    assert not ProcNetworkService().recovered(dead, ["a"], AFTER, BEFORE).in_band


async def test_the_page_is_armed_again_before_it_is_loaded_again() -> None:
    """Otherwise its rules would reach nothing from then on (chaos handbook 1.1, rule 9)."""
    done: list[str] = []

    class Part:
        own_process, name = True, "a"

        def __getattr__(self, name: str) -> Any:
            async def note() -> None:
                done.append(name)

            return note

    subject: Any = Part()
    subject.control = subject.network = Part()
    await ProcNetworkService().inject([subject])
    await ProcNetworkService().heal([subject])
    assert done == ["kill_network_service", "arm", "reload"]


ONCE: list[tuple[Fault, Recorded, dict[str, float]]] = [
    (cleared(), Recorded({KEYS: 0}, {KEYS: 0}), {"keys": 0.0, "keys_before": 5.0}),
    (TabCold(), Recorded({BYTES: 31_300}), {"transferred_bytes": 31_300.0, "bytes_before": 0.0}),
]


@pytest.mark.parametrize(("fault", "recorded", "measured"), ONCE)
def test_what_is_done_once_is_in_band(fault: Fault, recorded: Any, measured: dict[str, float]) -> None:
    effect = fault.effect(recorded, ["a"], DURING, BEFORE)
    assert effect.in_band, effect
    assert effect.measured == measured
    assert fault.untouched(recorded, ["a", "b"], DURING, BEFORE) == ["a"]


@pytest.mark.parametrize(
    ("fault", "recorded"),
    [
        (cleared(), Recorded()),
        (TabStorage(), Recorded({KEYS: 0})),
        (cleared(4), Recorded({KEYS: 0})),
        (TabCold(), Recorded()),
    ],
)
def test_what_was_not_there_before_or_is_there_still_was_not_cleared(fault: Fault, recorded: Any) -> None:
    effect = fault.effect(recorded, ["a"], DURING, BEFORE)
    assert not effect.in_band, effect
    assert effect.n > 0


def test_a_file_that_was_never_in_the_cache_proves_nothing() -> None:
    class Cold(Recorded):
        def readings(self, participant: str, what: str, window: Window) -> list[Reading]:
            return [replace(one, value=31_300.0) for one in super().readings(participant, what, window)]

    cold: Any = Cold()
    effect = TabCold().effect(cold, ["a"], DURING, BEFORE)
    assert not effect.in_band
    assert "did not come from the cache before" in effect.note
