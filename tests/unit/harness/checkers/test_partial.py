"""PAR-5: an episode that was cut is equal as far as it goes, says so, and lacks next to nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from igym_harness.checkers.parity import par_1, par_2, par_4
from igym_harness.checkers.partial import par_5
from igym_harness.checkers.sequence import seq_1, seq_5
from igym_harness.comparison import prefix
from igym_harness.evidence import Evidence, Finding


def shorten(evidence: Evidence, name: str, rows: int, episode: int = 0) -> None:
    """The data of a participant end sooner, and the manifest says so."""
    evidence.tables[episode, name] = prefix(evidence.tables[episode, name], rows)
    (manifest,) = evidence.manifests.values()
    manifest["partial_frame"][str(evidence.seat_of[name])] = rows - 1


def test_it_tells_the_reason_what_is_equal_and_what_was_lost(killed: Evidence) -> None:
    finding = par_5(killed)
    assert finding.outcome == "holds"
    assert "partial (partner_left): 80 rows equal" in finding.message
    assert "a 80 rows, 167 ms lost, b 86 rows, 0 ms lost" in finding.message


def test_one_cell_of_what_all_have_is_named(killed: Evidence) -> None:
    killed.tables[0, "a"].columns["rewards.1"][57] += 1.0
    for finding in (par_5(killed), par_1(killed)):
        assert finding.outcome == "violated"
        assert finding.first_bad is not None
        assert (finding.first_bad["frame"], finding.first_bad["column"]) == (57, "rewards.1")


def test_what_only_one_has_is_not_compared(killed: Evidence) -> None:
    killed.tables[0, "b"].columns["rewards.1"][82] += 1.0
    assert par_5(killed).outcome == par_1(killed).outcome == "holds"


@pytest.mark.parametrize(("rows", "outcome"), [(78, "holds"), (77, "violated")])
def test_a_quarter_of_a_second_may_be_lost_of_who_is_gone(killed: Evidence, rows: int, outcome: str) -> None:
    """Frame 84 was the last that both had: 7 frames of 30 a second are 233 ms, 8 are 267."""
    shorten(killed, "a", rows)
    finding = par_5(killed)
    assert finding.outcome == outcome, finding.message
    if outcome == "violated":
        assert "267 ms of play of a are lost: frame 84 was confirmed, there are 77 rows" in finding.message


def test_who_was_left_must_have_everything_that_was_confirmed_to_it(killed: Evidence) -> None:
    """86 rows: the last is frame 85."""
    killed.statuses["b"]["worker"]["confirmedFrame"] = 85
    assert par_5(killed).outcome == "holds"
    killed.statuses["b"]["worker"]["confirmedFrame"] = 86
    finding = par_5(killed)
    assert finding.outcome == "violated"
    assert "33 ms of play of b are lost" in finding.message


@pytest.mark.parametrize(
    ("session", "said"),
    [
        ({"state": "completed", "reason": "completed"}, "'completed'"),
        ({"state": "cut", "reason": None}, "reason None"),
    ],
)
def test_a_session_that_does_not_say_that_it_was_cut_is_wrong(
    killed: Evidence, session: dict[str, Any], said: str
) -> None:
    finding = par_5(replace(killed, sessions={"s": session}))
    assert (finding.outcome, said in finding.message) == ("violated", True)


@pytest.mark.parametrize("change", [{"verified": True}, {"reason": None}])
def test_a_seal_that_does_not_say_so_is_wrong(killed: Evidence, change: dict[str, Any]) -> None:
    killed.seals[0, "b"] |= change
    finding = par_5(killed)
    assert (finding.outcome, "the seal of b says" in finding.message) == ("violated", True)


def test_a_manifest_that_hides_the_gap_is_wrong(killed: Evidence) -> None:
    (manifest,) = killed.manifests.values()
    manifest["partial_frame"]["0"] = 85
    assert "seal.json says that the last frame of a is 85, its file has 80 rows" in par_5(killed).message
    manifest["partial_frame"] = None
    assert par_5(killed).outcome == "violated"


@pytest.mark.parametrize("change", [{"partial": False}, {"partial_reason": None}])
def test_an_episode_that_does_not_say_that_it_was_cut_is_wrong(killed: Evidence, change: dict[str, Any]) -> None:
    (manifest,) = killed.manifests.values()
    manifest |= change
    finding = par_5(killed)
    assert (finding.outcome, "s/ep0/seal.json says partial" in finding.message) == ("violated", True)


def test_data_that_the_server_does_not_have_are_missed(killed: Evidence) -> None:
    del killed.tables[0, "a"]
    finding = par_5(killed)
    assert (finding.outcome, "no row of a" in finding.message) == ("violated", True)


def without_a_frame(evidence: Evidence) -> Evidence:
    evidence.seals[0, "b"]["stats"].pop("verifiedFrame")
    return evidence


def never_equal(evidence: Evidence) -> Evidence:
    evidence.seals[0, "b"]["stats"]["verifiedFrame"] = -1
    return evidence


@pytest.mark.parametrize(
    "spoil",
    [
        without_a_frame,
        never_equal,
        lambda one: replace(one, sessions={}),
        lambda one: replace(one, sessions={"s": {}}),
        lambda one: replace(one, manifests={}),
    ],
)
def test_without_anything_to_measure_by_there_is_no_answer(killed: Evidence, spoil: Any) -> None:
    assert par_5(spoil(killed)).outcome == "no-data"


def test_a_whole_session_is_nothing_partial(good: Evidence) -> None:
    assert par_5(good).outcome == "no-data"
    assert par_5(replace(good, expected_outcomes={"a": "gone", "b": "partial"})).outcome == "no-data"


def test_who_was_not_expected_to_go_excuses_nothing(killed: Evidence) -> None:
    """The same data, in a scenario that removes nobody."""
    unplanned = replace(killed, gone=(), expected_outcomes={})
    assert par_5(unplanned).outcome == "no-data"
    assert par_1(unplanned).outcome == "violated"
    assert seq_5(unplanned).outcome == "violated"


def outcomes(*findings: Finding) -> list[str]:
    return [one.outcome for one in findings]


def test_nothing_in_common_is_unusable_not_equal(killed: Evidence) -> None:
    shorten(killed, "a", 0)
    assert outcomes(par_1(killed), par_5(killed)) == ["no-data", "violated"]


def test_the_survivor_must_have_sealed(killed: Evidence) -> None:
    del killed.seals[0, "b"]
    assert outcomes(seq_5(killed), par_5(killed)) == ["violated", "violated"]


def test_the_survivors_seal_is_held_against_its_page_and_rows(killed: Evidence) -> None:
    killed.seals[0, "b"]["rows"] = 3
    assert outcomes(par_4(killed), par_1(killed)) == ["violated", "holds"]


def test_frames_of_who_is_gone_are_in_sequence_too(killed: Evidence) -> None:
    killed.tables[0, "a"].columns["frame"][40] = 39
    assert seq_1(killed).outcome == "violated"


def test_a_divergence_before_the_end_is_seen(killed: Evidence) -> None:
    killed.tables[0, "a"].columns["state_hash"][40:] = ["f" * 16] * 40
    assert par_2(killed).outcome == "violated"


def test_episodes_before_the_cut_are_judged_as_ever(killed_in_the_second: Evidence) -> None:
    del killed_in_the_second.seals[0, "b"]
    assert seq_5(killed_in_the_second).outcome == "violated"


def test_an_episode_after_the_cut_should_not_be(killed_in_the_second: Evidence) -> None:
    killed_in_the_second.seals[2, "b"] = killed_in_the_second.seals[0, "b"]
    finding = seq_5(killed_in_the_second)
    assert (finding.outcome, "episode 2 was sealed, but only 2" in finding.message) == ("violated", True)
