"""LIV checkers: everybody arrives."""

from __future__ import annotations

import dataclasses

import pytest

from igym_harness.checkers.liveness import liv_2
from igym_harness.evidence import Evidence


@pytest.mark.parametrize("page", ["playing", "waiting", "connecting", "partner-left", "error"])
def test_liv_2_wants_the_terminal_screen(good: Evidence, page: str) -> None:
    good.statuses["b"]["page"] = page
    finding = liv_2(good)
    assert finding.outcome == "violated"
    assert f"b ended on the screen {page!r} at frame 90 of episode 0" in finding.message


def test_liv_2_leaves_nobody_in_a_waiting_room_whatever_was_expected(good: Evidence) -> None:
    good.statuses["b"]["page"] = "waiting"
    assert "left in the waiting room" in liv_2(dataclasses.replace(good, expected_outcomes={"b": "left"})).message


def test_liv_2_wants_the_expected_outcome(good: Evidence) -> None:
    good.outcomes["a"] = "disconnected"
    assert "a: outcome 'disconnected', expected 'completed'" in liv_2(good).message
    assert liv_2(dataclasses.replace(good, expected_outcomes={"a": "disconnected"})).outcome == "holds"


def test_liv_2_without_a_page_state_or_an_outcome_has_no_data(good: Evidence) -> None:
    del good.outcomes["b"]
    assert liv_2(good).outcome == "no-data"
    good.statuses.clear()
    assert liv_2(good).outcome == "no-data"
    assert liv_2(dataclasses.replace(good, participants=())).outcome == "no-data"
