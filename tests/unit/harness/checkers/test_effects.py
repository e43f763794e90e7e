"""EFF checkers: a fault that was not measured did not happen."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from igym_harness.checkers.effects import describe, eff_1, eff_2, eff_3, eff_4
from igym_harness.evidence import Evidence


def with_fault(good: Evidence, **changes: Any) -> Evidence:
    return dataclasses.replace(good, faults=(dataclasses.replace(good.faults[0], **changes),))


def out_of_band(good: Evidence) -> Any:
    effect = good.faults[0].effect
    assert effect is not None
    return dataclasses.replace(effect, in_band=False, measured={"rtt_ms": 1.5})


def test_eff_1_shows_what_was_asked_and_what_was_measured(good: Evidence) -> None:
    finding = eff_1(with_fault(good, effect=out_of_band(good)))
    assert finding.outcome == "violated"
    assert (
        "f1 (p2p.latency on a) not in effect: asked page_ms=100; measured rtt_ms=1.5; band 180..225; n 40 (ping)"
        in finding.message
    )


def test_eff_1_misses_a_planned_fault_and_an_unacknowledged_one(good: Evidence) -> None:
    assert "f2 was planned but never applied" in eff_1(dataclasses.replace(good, planned_faults=("f1", "f2"))).message
    assert eff_1(with_fault(good, acknowledged_ms=None)).outcome == "violated"


def test_eff_1_without_a_measurement_has_no_data(good: Evidence) -> None:
    assert eff_1(with_fault(good, effect=None)).outcome == "no-data"
    effect = good.faults[0].effect
    assert effect is not None
    assert eff_1(with_fault(good, effect=dataclasses.replace(effect, n=0))).outcome == "no-data"


def test_eff_2_wants_the_baseline_back(good: Evidence) -> None:
    assert eff_2(with_fault(good, recovered=out_of_band(good))).outcome == "violated"
    assert eff_2(with_fault(good, healed_ms=None)).outcome == "violated"
    assert eff_2(with_fault(good, recovered=None)).outcome == "no-data"


@pytest.mark.parametrize(("check", "part"), [(eff_1, "effect"), (eff_2, "recovered")])
def test_every_fault_that_is_unproven_is_named(good: Evidence, check: Any, part: str) -> None:
    """Not the first one only; one that was measured comes before one of which nothing is known."""
    (fault,) = good.faults
    nothing: dict[str, Any] = {part: None}
    too_little: dict[str, Any] = {part: out_of_band(good)}
    blind = dataclasses.replace(fault, id="f2", **nothing)
    weak = dataclasses.replace(fault, id="f3", **too_little)
    finding = check(dataclasses.replace(good, faults=(fault, blind, weak)))
    assert (finding.outcome, finding.first_bad) == ("violated", {"fault": "f3", "faults": ["f3", "f2"]})
    assert finding.message.index("f3 (p2p.latency on a)") < finding.message.index("f2 (p2p.latency on a)")
    only_blind = check(dataclasses.replace(good, faults=(fault, blind)))
    assert (only_blind.outcome, only_blind.first_bad) == ("no-data", {"fault": "f2", "faults": ["f2"]})


def test_eff_3_names_whom_a_fault_touched(good: Evidence) -> None:
    finding = eff_3(with_fault(good, touched=("b",)))
    assert (finding.outcome, finding.message) == ("violated", "f1 (p2p.latency on a) also touched b")
    assert eff_3(with_fault(good, window=None)).outcome == "no-data"


@pytest.mark.parametrize("check", [eff_1, eff_2, eff_3])
def test_a_scenario_without_faults_has_nothing_to_prove(good: Evidence, check: Any) -> None:
    calm = dataclasses.replace(good, faults=(), planned_faults=())
    assert check(calm).outcome == "holds"


def test_eff_4_wants_what_must_happen_sometimes(good: Evidence) -> None:
    finding = eff_4(dataclasses.replace(good, expected=("rollbacks(b) >= 8",)))
    assert (finding.outcome, finding.message) == ("violated", "rollbacks(b) >= 8 did not happen (b: 7)")
    good.statuses.clear()
    good.page_events.clear()
    assert eff_4(good).outcome == "no-data"


def test_eff_4_wants_twenty_changes_of_input_per_seat_of_an_active_scenario(good: Evidence) -> None:
    for table in good.tables.values():
        table.columns["actions.1"][:] = [0] * table.rows
    finding = eff_4(good)
    assert finding.outcome == "violated"
    assert "b changed its input 0 times" in finding.message
    assert eff_4(dataclasses.replace(good, active=False)).outcome == "holds"


def test_eff_4_without_recorded_inputs_has_no_data(good: Evidence) -> None:
    bare = dataclasses.replace(good, tables={}, expected=(), statuses={})
    assert eff_4(bare).outcome == "no-data"


def test_an_effect_is_described_in_one_line(good: Evidence) -> None:
    effect = good.faults[0].effect
    assert effect is not None
    assert describe(dataclasses.replace(effect, note="two witnesses")).endswith("n 40 (ping); two witnesses")
