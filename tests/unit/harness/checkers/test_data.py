"""DAT checkers: files as promised, inputs between browsers only."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from igym_harness.checkers.data import csv_problem, dat_1, dat_4, schema_problem
from igym_harness.evidence import CsvTable, Evidence, Table


def test_dat_1_sees_a_missing_a_strange_and_a_wrongly_typed_column(good: Evidence) -> None:
    table = good.tables[0, "a"]
    assert schema_problem(table, seats=3) == ("actions.2", "the column actions.2 is missing")
    typed = dataclasses.replace(table, types={**table.types, "rewards.0": "int64"})
    assert schema_problem(typed, seats=2) == ("rewards.0", "the column rewards.0 is int64, not double")
    table.columns["colour"] = ["red"] * table.rows
    finding = dat_1(good)
    assert (finding.outcome, finding.first_bad and finding.first_bad["column"]) == ("violated", "colour")


def test_dat_1_lets_the_environment_add_infos(good: Evidence) -> None:
    table = good.tables[0, "a"]
    table.columns["infos.1.pot.0.content"] = [None] * table.rows
    assert schema_problem(table, seats=2) is None


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("rewards.0", None, "null in row 7"),
        ("state_hash", "xyz", "not 16 hex characters"),
        ("episode", 4, "file of episode 0"),
    ],
)
def test_dat_1_reads_the_cells(good: Evidence, column: str, value: Any, words: str) -> None:
    good.tables[0, "a"].columns[column][7] = value
    finding = dat_1(good)
    assert finding.outcome == "violated"
    assert words in finding.message


def test_dat_1_wants_files_of_one_session(good: Evidence) -> None:
    table = good.tables[0, "b"]
    table.columns["session_id"][:] = ["s2"] * table.rows
    at = good.csv[0, "b"].header.index("session_id")
    for record in good.csv[0, "b"].records:
        record[at] = "s2"
    assert "files of different origin: session_id" in dat_1(good).message


def test_dat_1_wants_csv_and_parquet_alike(good: Evidence) -> None:
    twin = good.csv[0, "b"]
    twin.records[5][twin.header.index("rewards.1")] = "0.50000001"
    finding = dat_1(good)
    assert finding.outcome == "violated"
    assert "row 5, column rewards.1: CSV has '0.50000001'" in finding.message


@pytest.mark.parametrize(
    ("text", "value", "same"),
    [
        ("", None, True),
        ("", "", True),
        ("0", None, False),
        ("true", True, True),
        ("False", False, True),
        ("1", True, False),
        ("1", 1, True),
        ("1.0", 1, False),
        ("0.1", 0.1, True),
        ("-0.0", 0.0, False),
        ("nan", float("nan"), True),
        ("inf", float("inf"), True),
        ("red", "red", True),
        ("Red", "red", False),
    ],
)
def test_csv_cells_are_read_by_the_type_of_parquet(text: str, value: Any, same: bool) -> None:
    table = Table({"x": [value]}, {"x": "any"}, 1, "x.parquet")
    assert (csv_problem(table, CsvTable(["x"], [[text]], "x.csv")) is None) is same


def test_csv_of_another_shape_is_a_problem(good: Evidence) -> None:
    table, twin = good.tables[0, "a"], good.csv[0, "a"]
    assert csv_problem(table, dataclasses.replace(twin, records=twin.records[:-1])) == (
        "",
        "CSV has 89 rows, Parquet 90",
    )
    assert csv_problem(table, dataclasses.replace(twin, records=[[], *twin.records[1:]])) is not None
    assert csv_problem(table, dataclasses.replace(twin, header=twin.header[::-1])) is not None


def test_dat_1_a_completed_participant_without_a_file_is_a_violation(good: Evidence) -> None:
    del good.tables[0, "b"]
    assert dat_1(good).outcome == "violated"


def test_dat_1_without_files_has_no_data(good: Evidence) -> None:
    assert dat_1(dataclasses.replace(good, tables={}, seals={}, outcomes={})).outcome == "no-data"
    assert dat_1(dataclasses.replace(good, csv={})).outcome == "no-data"


def test_dat_4_sees_inputs_at_the_server(good: Evidence) -> None:
    good.server_events.append({"kind": "player_input"})
    assert "'player_input'" in dat_4(good).message
    good.server_events.pop()
    good.server_log.append('received event "input" from a')
    assert dat_4(good).outcome == "violated"


@pytest.mark.parametrize("counter", ["sentInputs", "receivedInputs"])
def test_dat_4_wants_inputs_both_ways_on_every_link(good: Evidence, counter: str) -> None:
    good.statuses["b"]["worker"]["links"][0][counter] = 3
    finding = dat_4(good)
    assert finding.outcome == "violated"
    assert finding.first_bad == {"participant": "b", "seat": 0}
    assert f"{counter} is 3, at least 74" in finding.message


def test_dat_4_does_not_count_rows_that_are_newer_than_the_last_look(good: Evidence) -> None:
    worker = good.statuses["b"]["worker"]
    worker["frame"] = worker["links"][0]["sentInputs"] = worker["links"][0]["receivedInputs"] = 40
    assert dat_4(good).outcome == "holds"


def test_dat_4_wants_every_link_open_while_the_game_runs(good: Evidence) -> None:
    link = good.statuses["a"]["worker"]["links"][0]
    link["open"] = False
    assert dat_4(good).outcome == "holds"
    good.statuses["a"]["worker"]["state"] = "playing"
    assert "closed while the game is 'playing'" in dat_4(good).message
    good.statuses["a"]["worker"]["links"] = []
    assert "no link to seat 1" in dat_4(good).message


def test_dat_4_without_a_worker_status_has_no_data(good: Evidence) -> None:
    good.statuses["a"]["worker"] = None
    assert dat_4(good).outcome == "no-data"
