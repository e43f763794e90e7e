"""A draft is a scenario file as data: what a lock resolved can be written, read again, cut and widened."""

from __future__ import annotations

import pytest

from igym_chaos import scenario as scenarios
from igym_chaos import schedule
from igym_chaos.draft import checked, of_lock, with_participants, without_participant
from igym_chaos.fields import ScenarioError
from igym_chaos.shrinking import smaller


@pytest.mark.parametrize("name", [one.name for one in scenarios.all_scenarios()])
def test_what_a_lock_resolved_is_a_scenario_again(name: str) -> None:
    scenario = scenarios.find(name)
    lock = schedule.plan(scenario, seed=7)
    again = checked(of_lock(scenario, lock))
    assert schedule.plan(again, seed=7).faults == lock.faults
    assert again.workload == lock.workload


def test_participants_are_added_without_faults() -> None:
    scenario = scenarios.find("p2p-loss-15")
    wider = checked(with_participants(of_lock(scenario, schedule.plan(scenario, seed=1)), 4))
    assert list(wider.participants) == ["a", "b", "c", "d"]
    assert wider.workload.seats == 4
    assert {fault.on for fault in wider.faults} == {("a",)}
    assert wider.expect.outcomes["d"] == "completed"


def test_participants_are_added_to_several_sessions_by_the_session() -> None:
    scenario = scenarios.find("three-sessions")
    draft = of_lock(scenario, schedule.plan(scenario, seed=1))
    wider, fewer = checked(with_participants(draft, 8)), checked(with_participants(draft, 4))
    assert [(len(one.participants), one.workload.seats) for one in (wider, fewer)] == [(8, 2), (4, 2)]
    with pytest.raises(ScenarioError, match="5 participants do not fill sessions of 2 seats"):
        with_participants(draft, 5)


def test_who_is_the_only_target_of_a_fault_stays() -> None:
    scenario = scenarios.find("p2p-loss-15")
    draft = of_lock(scenario, schedule.plan(scenario, seed=1))
    with pytest.raises(ScenarioError, match="is aimed at a"):
        without_participant(draft, "a")


def test_who_leaves_is_no_longer_spoken_of() -> None:
    scenario = scenarios.find("p2p-four-loss-5")
    fewer = checked(with_participants(of_lock(scenario, schedule.plan(scenario, seed=1)), 3))
    assert list(fewer.participants) == ["a", "b", "c"]
    assert {fault.on for fault in fewer.faults} == {("a", "b", "c")}
    assert not any("(d)" in line for line in fewer.expect.sometimes)


def test_who_is_added_to_a_session_that_is_cut_ends_as_who_is_left() -> None:
    scenario = scenarios.find("tab-close")
    wider = checked(with_participants(of_lock(scenario, schedule.plan(scenario, seed=1)), 3))
    assert wider.expect.outcomes == {"a": "gone", "b": "partial", "c": "partial"}


def test_a_removal_is_never_cut_out_of_a_failing_scenario() -> None:
    """Without it, nobody would be gone who is expected to be."""
    scenario = scenarios.find("tab-close")
    draft = of_lock(scenario, schedule.plan(scenario, seed=1))
    assert [one.step for one in smaller(draft) if "fault" not in one.draft] == []
