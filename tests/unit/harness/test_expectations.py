"""Expectations: METRIC(participant|any|all) OP number."""

from __future__ import annotations

import dataclasses

import pytest

from igym_chaos.scenario import Scenario, all_scenarios
from igym_harness.checkers import CORE, FURTHER
from igym_harness.evidence import Evidence
from igym_harness.expectations import METRICS, ExpectationError, evaluate, parse


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("rollbacks(a) >= 7", True),
        ("rollbacks(a) > 7", False),
        ("depth(any) == 5", True),
        ("stalls(all) <= 1", True),
        ("stall_ms(a) < 33.5", True),
        ("resimulated(b) != 40", False),
        ("corrected_rows(all) >= 1", True),
        ("input_changes(a) == 29", True),
        ("socket_reconnects(any) >= 1", False),
    ],
)
def test_an_expectation_is_measured(good: Evidence, text: str, holds: bool) -> None:
    assert evaluate(parse(text), good).holds is holds


def test_restarts_are_counted_where_they_were_offered(good: Evidence) -> None:
    good.page_events["a"] += [{"kind": "link", "state": state} for state in ("connected", "restarting", "restarting")]
    assert evaluate(parse("ice_restarts(a) == 2"), good).holds is True
    assert evaluate(parse("ice_restarts(b) == 0"), good).holds is True


def test_any_wants_one_and_all_wants_each(good: Evidence) -> None:
    good.statuses["b"]["worker"]["rollbacks"] = 0
    good.page_events["b"] = []
    assert evaluate(parse("rollbacks(any) >= 1"), good).holds is True
    assert evaluate(parse("rollbacks(all) >= 1"), good).holds is False
    assert evaluate(parse("rollbacks(all) >= 1"), good).values == {"a": 7.0, "b": 0.0}


def test_a_counter_that_restarts_with_an_episode_is_corrected_by_its_events(good: Evidence) -> None:
    good.statuses["a"]["worker"]["rollbacks"] = 1
    good.page_events["a"] = [{"kind": "rollback", "depth": 9}] * 4
    assert evaluate(parse("rollbacks(a) == 4"), good).holds is True
    assert evaluate(parse("depth(a) == 9"), good).holds is True


def test_input_changes_fall_back_to_the_client_without_files(good: Evidence) -> None:
    assert evaluate(parse("input_changes(a) == 29"), dataclasses.replace(good, tables={})).holds is True


@pytest.mark.parametrize("metric", sorted(METRICS))
def test_every_metric_says_when_it_was_not_recorded(good: Evidence, metric: str) -> None:
    bare = dataclasses.replace(good, statuses={}, page_events={}, tables={}, seals={})
    for who in ("a", "any", "all"):
        assert evaluate(parse(f"{metric}({who}) >= 1"), bare).holds is None


def test_half_a_record_answers_only_what_it_can(good: Evidence) -> None:
    del good.statuses["b"], good.page_events["b"]
    assert evaluate(parse("rollbacks(any) >= 1"), good).holds is True
    assert evaluate(parse("rollbacks(all) >= 1"), good).holds is None
    assert evaluate(parse("rollbacks(all) >= 99"), good).holds is False


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rollback(a) >= 1", "did you mean 'rollbacks'"),
        ("rollbacks >= 1", "write it like"),
        ("rollbacks(a) => 1", "write it like"),
        ("frobnication(a) >= 1", "known: corrected_rows"),
    ],
)
def test_what_is_no_expectation_is_refused(text: str, words: str) -> None:
    with pytest.raises(ExpectationError, match=words):
        parse(text)


def test_a_stranger_is_refused(good: Evidence) -> None:
    with pytest.raises(ExpectationError, match="no participant 'z'; known: a, b, any, all"):
        evaluate(parse("rollbacks(z) >= 1"), good)


@pytest.mark.parametrize("scenario", all_scenarios(), ids=lambda scenario: scenario.name)
def test_every_shipped_scenario_expects_and_checks_only_what_exists(scenario: Scenario) -> None:
    for text in scenario.expect.sometimes:
        assert parse(text).who in ("any", "all", *scenario.participants)
    assert set(scenario.expect.checks) <= {"core", *CORE, *FURTHER}
