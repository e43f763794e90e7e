"""SEQ checkers: frames and episodes once, in order."""

from __future__ import annotations

import dataclasses

import pytest

from igym_harness.checkers.sequence import seq_1, seq_5
from igym_harness.evidence import Evidence


@pytest.mark.parametrize(("frame", "words"), [(39, "repeated"), (41, "out of sequence"), (None, "out of sequence")])
def test_seq_1_sees_gaps_and_repeats(good: Evidence, frame: int | None, words: str) -> None:
    good.tables[0, "b"].columns["frame"][40] = frame
    finding = seq_1(good)
    assert finding.outcome == "violated"
    assert finding.first_bad == {"episode": 0, "seat": 1, "frame": 40}
    assert words in finding.message


def test_seq_1_wants_every_seat_to_end_in_the_last_row_and_not_before(good: Evidence) -> None:
    table = good.tables[0, "a"]
    for seat in (0, 1):
        table.columns[f"terminateds.{seat}"][50] = True
    assert "every seat ended at frame 50, but rows go on to 89" in seq_1(good).message
    for seat in (0, 1):
        table.columns[f"terminateds.{seat}"][50] = False
    table.columns["truncateds.1"][-1] = False
    assert "the last row 89 ends nobody's episode" in seq_1(good).message


def test_seq_1_lets_a_partial_episode_stop_anywhere(good: Evidence) -> None:
    for name in good.participants:
        good.tables[0, name].columns["truncateds.1"][-1] = False
    assert seq_1(dataclasses.replace(good, expected_outcomes={"a": "partner_left", "b": "left"})).outcome == "holds"


def test_seq_1_refuses_an_episode_longer_than_planned(good: Evidence) -> None:
    assert "at most 60 frames" in seq_1(dataclasses.replace(good, frames=60)).message


def test_seq_1_wants_each_row_promoted_once(good: Evidence) -> None:
    good.seals[0, "a"]["stats"]["promoted"] = 91
    assert "91 rows were promoted, 90 are stored" in seq_1(good).message


def test_seq_1_without_rows_has_no_data(good: Evidence) -> None:
    table = good.tables[0, "b"]
    good.tables[0, "b"] = dataclasses.replace(table, rows=0, columns={name: [] for name in table.columns})
    assert seq_1(good).outcome == "no-data"
    good.tables.clear()
    assert seq_1(good).outcome == "no-data"


def test_seq_5_sees_an_episode_sealed_twice(good: Evidence) -> None:
    good.statuses["a"]["seals"] *= 2
    assert "a sealed episode 0 2 times" in seq_5(good).message


def test_seq_5_wants_a_seal_of_each_seat_for_each_episode(good_twice: Evidence) -> None:
    del good_twice.seals[1, "b"]
    finding = seq_5(good_twice)
    assert (finding.outcome, finding.first_bad) == ("violated", {"episode": 1, "seat": 1})


def test_seq_5_refuses_silence_about_an_unverified_episode(good: Evidence) -> None:
    good.seals[0, "b"].update(verified=False)
    assert "no reason given" in seq_5(good).message
    good.seals[0, "b"].update(reason="no_confirm")
    assert "completed, but not verified: no_confirm" in seq_5(good).message
    assert seq_5(dataclasses.replace(good, expected_outcomes={"b": "left"})).outcome == "holds"


@pytest.mark.parametrize("field", ["end_frame", "input_hash", "state_hash"])
def test_seq_5_wants_verified_seals_alike(good: Evidence, field: str) -> None:
    good.seals[0, "b"][field] = "other"
    assert f"{field} differs" in seq_5(good).message


def test_seq_5_refuses_an_episode_that_nobody_planned(good: Evidence) -> None:
    good.seals[1, "a"] = dict(good.seals[0, "a"])
    assert "episode 1 was sealed" in seq_5(good).message


def test_seq_5_without_a_seal_has_no_data(good: Evidence) -> None:
    good.seals.clear()
    for name in good.participants:
        good.statuses[name]["seals"] = []
    assert seq_5(good).outcome == "no-data"
