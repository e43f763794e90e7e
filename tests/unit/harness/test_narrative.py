"""The story of a run in plain sentences."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from igym_chaos.faults import KINDS
from igym_harness.fault_words import IN_WORDS
from igym_harness.narrative import fault_sentence, listing, sentences, values
from igym_harness.run_sheet import load


def test_the_story_of_a_run_that_passed(run_folder: Path) -> None:
    told = sentences(load(run_folder))
    assert told[0] == "a (seat 0) and b (seat 1) played volley with seed 41."
    assert told[1].startswith(
        "f1 (p2p.latency via C): everything between a and the other players was delayed. Asked: page 100 ms."
    )
    assert "Measured: rtt 203 ms over 40 samples, inside the band 180 to 225." in told[1]
    assert "back to normal (rtt 2 ms)" in told[1]
    assert "rolled back 7 times" in told[2]
    assert "90 rows of it are stored, its outcome is completed" in told[2]
    assert told[-1].startswith("Verdict: pass.")


def test_the_story_of_a_run_that_failed_says_why(failed_folder: Path) -> None:
    told = sentences(load(failed_folder))
    assert "OUTSIDE the band" in told[1]
    assert any(
        sentence.startswith("Because: PAR-1: episode 0, seat 1, frame 57, column rewards.1") for sentence in told
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"measured": None}, "never measured"),
        ({"recovered": None}, "Nothing was measured after it was lifted"),
        ({"recovered": {"in_band": False, "measured": {"rtt_ms": 90.0}}}, "did NOT return to normal (rtt 90 ms)"),
        ({"touched": ["b", "c"]}, "also touched b and c"),
        ({"do": "tab.frozen"}, "the page of a stood still"),
        ({"do": "server.kill", "on": ["server"]}, "the server was killed"),
        ({"do": "tab.close"}, "There is no way back: a stayed away"),
        ({"do": "old.kind"}, "a suffered old.kind"),
    ],
)
def test_a_fault_is_told_with_everything_wrong_about_it(run_folder: Path, changes: dict[str, Any], words: str) -> None:
    row = {**load(run_folder).effects[0], **changes}
    assert words in fault_sentence(row)


def test_every_kind_has_words_and_no_other() -> None:
    assert set(IN_WORDS) == set(KINDS)
    assert {kind for kind, words in IN_WORDS.items() if "{on}" not in words} == {
        kind for kind in KINDS if KINDS[kind].of_server
    }


def test_values_are_told_with_their_units() -> None:
    assert (
        values({"rtt_ms": 203.44, "percent": 15, "rate_bytes_s": 4000.0, "shape": 2})
        == "rtt 203.4 ms, 15 %, rate 4000 bytes/s, shape 2"
    )
    assert values({"raf_s": 0.0, "more_keys_s": 299.2}) == "0 animation frames/s, more 299.2 keys/s"
    assert values(None) == "nothing"


def test_names_are_listed_as_one_says_them() -> None:
    assert [listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"]), listing([])] == [
        "a",
        "a and b",
        "a, b and c",
        "nobody",
    ]
