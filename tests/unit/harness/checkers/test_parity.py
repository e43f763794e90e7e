"""PAR checkers: typed, exact, and naming the place."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from igym_harness.checkers.parity import par_1, par_2, par_4
from igym_harness.evidence import Evidence


def test_par_1_names_frame_seat_and_column_of_one_changed_cell(good: Evidence) -> None:
    good.tables[0, "b"].columns["rewards.1"][57] += 1.0
    finding = par_1(good)
    assert finding.outcome == "violated"
    assert finding.first_bad is not None
    assert {key: finding.first_bad[key] for key in ("episode", "frame", "seat", "column", "count")} == {
        "episode": 0,
        "frame": 57,
        "seat": 1,
        "column": "rewards.1",
        "count": 1,
    }
    assert "frame 57, column rewards.1" in finding.message
    assert "a has 5.7" in finding.message
    assert "b has 6.7" in finding.message


def test_par_1_shows_the_first_five_cells_and_counts_all(good: Evidence) -> None:
    good.tables[0, "a"].columns["actions.0"][10:30] = [9] * 20
    finding = par_1(good)
    assert finding.first_bad is not None
    assert finding.first_bad["count"] == 20
    assert [cell["frame"] for cell in finding.first_bad["cells"]] == [10, 11, 12, 13, 14]


@pytest.mark.parametrize(
    ("column", "one", "other"),
    [
        ("infos.0.soups", 1, 1.0),
        ("infos.0.soups", 1, True),
        ("infos.0.soups", 0, False),
        ("infos.0.soups", None, 0),
        ("infos.0.soups", None, ""),
        ("rewards.0", 0.0, -0.0),
        ("rewards.0", 0.1 + 0.2, 0.3),
        ("rewards.0", math.inf, -math.inf),
        ("rewards.0", None, math.nan),
    ],
)
def test_par_1_has_no_tolerance_and_keeps_types_apart(good: Evidence, column: str, one: Any, other: Any) -> None:
    good.tables[0, "a"].columns[column][30] = one
    good.tables[0, "b"].columns[column][30] = other
    assert par_1(good).outcome == "violated"


@pytest.mark.parametrize("value", [math.nan, None, math.inf, -0.0, True, "text"])
def test_par_1_calls_equal_what_is_equal(good: Evidence, value: Any) -> None:
    for name in good.participants:
        good.tables[0, name].columns["infos.0.soups"][30] = value
    assert par_1(good).outcome == "holds"


def test_par_1_names_the_outvoted_seat_of_three(good: Evidence) -> None:
    table = good.tables[0, "a"]
    cells = {name: list(values) for name, values in table.columns.items()}
    three = dataclasses.replace(good, seats=3, participants=("a", "b", "c"), seat_of={"a": 0, "b": 1, "c": 2})
    three.tables[0, "c"] = dataclasses.replace(table, columns=cells)
    three.seals[0, "c"] = dict(good.seals[0, "a"])
    assert par_1(three).outcome == "holds"
    three.tables[0, "a"].columns["state_hash"][3] = "0" * 16
    finding = par_1(three)
    assert finding.first_bad is not None
    assert finding.first_bad["seat"] == 0
    assert finding.first_bad["cells"][0]["odd"] == [0]


def test_par_1_sees_a_missing_column_another_type_and_another_length(good: Evidence) -> None:
    table = good.tables[0, "b"]
    good.tables[0, "b"] = dataclasses.replace(table, types={**table.types, "rewards.0": "float"})
    assert "rewards.0 is double at a and float at b" in par_1(good).message
    good.tables[0, "b"] = dataclasses.replace(table, rows=88)
    assert "a has 90 rows, b has 88" in par_1(good).message
    del table.columns["rewards.0"]
    good.tables[0, "b"] = table
    assert "b lacks the columns rewards.0" in par_1(good).message


def test_par_1_wants_rows_to_be_the_agreed_end_frame(good: Evidence) -> None:
    good.seals[0, "b"]["end_frame"] = 91
    finding = par_1(good)
    assert (finding.outcome, finding.first_bad and finding.first_bad["seat"]) == ("violated", 1)
    assert "sealed end frame 91, but 90 rows" in finding.message


def test_par_1_calls_zero_rows_unusable_never_equal(good: Evidence) -> None:
    for key, table in list(good.tables.items()):
        good.tables[key] = dataclasses.replace(table, rows=0, columns={name: [] for name in table.columns})
    assert par_1(good).outcome == "no-data"


def test_par_1_without_a_file_or_a_seal_has_no_data(good: Evidence) -> None:
    seals = dict(good.seals)
    good.seals.clear()
    assert par_1(good).outcome == "no-data"
    good.seals.update(seals)
    del good.tables[0, "b"]
    assert par_1(good).outcome == "no-data"


def test_par_1_without_an_episode_has_no_data(good: Evidence) -> None:
    assert par_1(dataclasses.replace(good, episodes=0, tables={})).outcome == "no-data"


def test_par_2_names_the_first_divergent_frame(good: Evidence) -> None:
    good.tables[0, "b"].columns["state_hash"][40:] = ["f" * 16] * 50
    finding = par_2(good)
    assert finding.outcome == "violated"
    assert finding.first_bad is not None
    assert finding.first_bad["frame"] == 40
    assert set(finding.first_bad["hashes"]) == {"0", "1"}


def test_par_2_names_the_field_if_the_server_was_told_the_states(good: Evidence) -> None:
    good.tables[0, "b"].columns["state_hash"][40:] = ["f" * 16] * 50
    field = {"path": "value['score']", "a": "i1;", "b": "i0;"}
    told = [
        {"kind": "desync_diff", "episode": 0, "frame": frame, "fields": [{**field, "path": path}]}
        for frame, path in ((39, "x"), (40, field["path"]))
    ]
    finding = par_2(dataclasses.replace(good, server_events=told))
    assert finding.first_bad is not None
    assert finding.first_bad["fields"] == [field]
    assert "frame 40" in finding.message
    assert "value['score']: i1; and i0;" in finding.message


def test_par_2_takes_a_missing_hash_for_a_violation(good: Evidence) -> None:
    good.tables[0, "b"].columns["state_hash"][40] = None
    assert par_2(good).outcome == "violated"


def test_par_2_without_hashes_has_no_data(good: Evidence) -> None:
    del good.tables[0, "a"].columns["state_hash"]
    assert par_2(good).outcome == "no-data"
    assert par_2(dataclasses.replace(good, episodes=0)).outcome == "no-data"


@pytest.mark.parametrize("field", ["end_frame", "rows", "input_hash", "state_hash"])
def test_par_4_wants_the_seals_of_page_and_server_alike(good: Evidence, field: str) -> None:
    good.seals[0, "b"][field] = 3
    finding = par_4(good)
    assert (finding.outcome, finding.first_bad and finding.first_bad["column"]) == ("violated", field)


def test_par_4_wants_a_file_for_each_seal_and_the_digest_of_its_manifest(good: Evidence) -> None:
    good.digests["ep0/seat0.parquet"]["found"] = "cd"
    assert "manifest says sha256 ab" in par_4(good).message
    good.digests.clear()
    del good.tables[0, "b"]
    assert "sealed, but no file is stored" in par_4(good).message


def test_par_4_without_a_seal_has_no_data(good: Evidence) -> None:
    good.statuses["b"]["seals"] = []
    assert par_4(good).outcome == "no-data"
    good.seals.clear()
    assert par_4(good).outcome == "no-data"
