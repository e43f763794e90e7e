"""Exports: the server's data tree becomes typed tables."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow
import pyarrow.csv
import pyarrow.parquet
import pytest

from igym_harness.checkers.data import csv_problem
from igym_harness.exports import ExportError, read_session, session_folders

PEOPLE = {0: "a", 1: "b"}


@pytest.fixture
def session(tmp_path: Path) -> Path:
    folder = tmp_path / "kitchen" / "kitchen" / "s1"
    episode = folder / "ep0"
    episode.mkdir(parents=True)
    (folder / "session.json").write_text(json.dumps({"session_id": "s1", "seed": 5}), encoding="utf-8")
    rows = pyarrow.table(
        {
            "frame": pyarrow.array([0, 1, 2], pyarrow.int32()),
            "rewards.0": pyarrow.array([0.1, float("nan"), float("inf")], pyarrow.float64()),
            "terminateds.0": pyarrow.array([False, False, True]),
            "infos.0.name": pyarrow.array([None, "x, y", 'say "z"']),
        }
    )
    for seat in PEOPLE:
        pyarrow.parquet.write_table(rows, episode / f"seat{seat}.parquet")
        pyarrow.csv.write_csv(rows, episode / f"seat{seat}.csv")
    digest = hashlib.sha256((episode / "seat0.parquet").read_bytes()).hexdigest()
    seal = {
        "seats": {"0": {"endFrame": 3, "rows": 3}, "1": {"endFrame": 3, "rows": 3}},
        "files": {"seat0.parquet": digest, "gone.csv": "ab"},
    }
    (episode / "seal.json").write_text(json.dumps(seal), encoding="utf-8")
    return folder


def test_tables_carry_types_and_values(session: Path) -> None:
    exports = read_session(session, PEOPLE)
    table = exports.tables[0, "b"]
    assert table.rows == 3
    assert table.types == {"frame": "int32", "rewards.0": "double", "terminateds.0": "bool", "infos.0.name": "string"}
    assert table.columns["infos.0.name"] == [None, "x, y", 'say "z"']
    assert exports.session["seed"] == 5
    assert exports.unreadable == {}


def test_a_csv_written_by_arrow_is_the_twin_of_its_parquet(session: Path) -> None:
    exports = read_session(session, PEOPLE)
    assert csv_problem(exports.tables[0, "a"], exports.csv[0, "a"]) is None


def test_seals_are_read_by_seat_and_digests_are_taken_again(session: Path) -> None:
    exports = read_session(session, PEOPLE)
    assert exports.seals[0, "a"] == {"end_frame": 3, "rows": 3}
    assert exports.digests["ep0/gone.csv"] == {"claimed": "ab", "found": "missing"}
    both = exports.digests["ep0/seat0.parquet"]
    assert both["claimed"] == both["found"]


def test_an_unreadable_file_is_reported_and_the_others_are_read(session: Path) -> None:
    (session / "ep0" / "seat1.parquet").write_bytes(b"half a file")
    (session / "ep0" / "seat0.csv").unlink()
    exports = read_session(session, PEOPLE)
    assert set(exports.tables) == {(0, "a")}
    assert set(exports.unreadable) == {"ep0/seat1.parquet", "ep0/seat0.csv"}


def test_seats_that_nobody_played_are_left_out(session: Path) -> None:
    assert set(read_session(session, {1: "b"}).tables) == {(0, "b")}


def test_session_folders_are_found_below_the_data_folder(session: Path, tmp_path: Path) -> None:
    assert session_folders(tmp_path) == [session]
    with pytest.raises(ExportError, match="nothing was exported"):
        read_session(tmp_path / "none", PEOPLE)
