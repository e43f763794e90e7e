"""Files of every seat, compared without tolerance, written once."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from igym import exports, tables
from igym.exports import Exporter, partial_flags
from igym.store import SessionRecord, Store

IDENTITY = {"experiment_id": "study", "scene_id": "game", "session_id": "s", "episode": 0, "seats": 2}


def row(frame: int, **changed: Any) -> str:
    whole = {
        "frame": frame,
        "actions": [1, 0],
        "rewards": [0.0, 1.5],
        "terminateds": [False, False],
        "truncateds": [frame == 2, frame == 2],
        "infos": [{"held": 1, "note": "x"}, {"speed": 0.1 + 0.2}],
        "focused": [True, False],
        "auto": [False, True],
        "obs_hashes": ["0" * 16, "1" * 16],
        "state_hash": f"{frame:016x}",
    }
    return json.dumps({**whole, **changed})


ROWS = [row(0), row(1, infos=[{"held": 2}, {"speed": 1.0}]), row(2)]


async def stored(store: Store, seat: int, rows: list[str]) -> None:
    digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    key = {"session_id": "s", "episode": 0, "seat": seat}
    chunk = {
        **key,
        "kind": "rows",
        "seq": 0,
        "first_frame": 0,
        "last_frame": len(rows) - 1,
        "rows": rows,
        "sha256": digest,
    }
    await store.save_chunk("ab"[seat], chunk)
    await store.save_seal(
        "ab"[seat], {**key, "rows": len(rows), "chunks": 1, "verified": True, "stats": {"rollbacks": 4}}
    )


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    made = Store(tmp_path / "igym.sqlite3")
    await made.save_session(SessionRecord("s", "game", 7, ("a", "b"), "completed", "completed"))
    yield made
    made.close()


def test_columns_have_the_types_that_researchers_were_promised() -> None:
    table = tables.table(ROWS, IDENTITY)
    types = {field.name: str(field.type) for field in table.schema}
    assert types["schema_version"] == "int16"
    assert types["frame"] == types["episode"] == types["actions.0"] == "int32"
    assert types["terminateds.__all__"] == types["truncateds.__all__"] == "bool"
    assert types["rewards.1"] == "double"
    assert (
        types["truncateds.0"] == types["isFocused.1"] == types["inputAuto.1"] == types["terminateds.__all__"] == "bool"
    )
    assert types["session_id"] == types["obs_hash.0"] == types["state_hash"] == "string"
    assert (types["infos.0.held"], types["infos.0.note"], types["infos.1.speed"]) == ("int64", "string", "double")


def test_a_missing_key_is_null_and_floats_keep_every_bit() -> None:
    table = tables.table(ROWS, IDENTITY)
    assert table.column("infos.0.note").to_pylist() == ["x", None, "x"]
    assert table.column("infos.1.speed").to_pylist() == [0.30000000000000004, 1.0, 0.30000000000000004]


def test_values_of_different_types_stay_apart_as_text() -> None:
    table = tables.table([row(0, infos=[{"x": 1}, {}]), row(1, infos=[{"x": 1.0}, {}])], IDENTITY)
    assert table.column("infos.0.x").to_pylist() == ["1", "1.0"]


@pytest.mark.parametrize(
    ("other", "frame", "column"),
    [
        ([row(0), row(1, rewards=[0.0, 1.5000000000000002]), row(2)], 1, "rewards.1"),
        ([row(0), row(1), row(2, rewards=[-0.0, 1.5])], 2, "rewards.0"),
        ([row(0), row(1, actions=[1, 1]), row(2)], 1, "actions.1"),
        ([row(0), row(1)], 2, ""),
        ([row(0, infos=[{"held": 1.0, "note": "x"}, {"speed": 0.5}]), row(1), row(2)], 0, "infos.0.held"),
    ],
)
def test_the_first_cell_that_differs_is_named(other: list[str], frame: int, column: str) -> None:
    mine = [row(0), row(1), row(2)]
    difference = tables.first_difference({0: tables.table(mine, IDENTITY), 1: tables.table(other, IDENTITY)})
    assert difference is not None
    assert (difference["frame"], difference["column"], difference["seats"]) == (frame, column, [0, 1])


async def test_an_episode_is_written_once_for_each_seat(store: Store, tmp_path: Path) -> None:
    for seat in (0, 1):
        await stored(store, seat, ROWS)
    exporter = Exporter(store, tmp_path / "data", "study")
    assert exporter.episode("s", 0)["equal"] is True
    folder = tmp_path / "data" / "study" / "game" / "s" / "ep0"
    files = sorted(path.name for path in folder.iterdir())
    assert files == sorted(
        [
            *("parity.json", "seal.json", "inputs.csv", "inputs.parquet"),
            *(f"seat{s}{part}.{kind}" for s in "01" for part in ("", "_rollbacks") for kind in ("csv", "parquet")),
            *("seat0_validation.json", "seat1_validation.json"),
        ]
    )
    manifest = json.loads((folder / "seal.json").read_text(encoding="utf-8"))
    assert [seal["seat"] for seal in manifest["seats"]] == [0, 1]
    for name, claimed in manifest["files"].items():
        assert claimed["sha256"] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert exporter.episode("s", 0)["written"] is False
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


async def test_csv_says_what_parquet_says(store: Store, tmp_path: Path) -> None:
    await stored(store, 0, ROWS)
    Exporter(store, tmp_path / "data", "study").episode("s", 0)
    folder = tmp_path / "data" / "study" / "game" / "s" / "ep0"
    table = parquet.read_table(folder / "seat0.parquet")
    with (folder / "seat0.csv").open(newline="", encoding="utf-8") as stream:
        header, *records = csv.reader(stream)
    assert header == table.column_names
    assert len(records) == table.num_rows
    assert records[0][header.index("infos.1.speed")] == "0.30000000000000004"
    assert records[1][header.index("infos.0.note")] == ""
    assert records[0][header.index("isFocused.0")] == "true"


@pytest.mark.parametrize("text", ["a\rb", "\r", "a\nb", "a\r\nb", 'say "no"', "a,b", " a ", "", "é\u2028é", "\0"])
def test_every_text_comes_back_from_a_csv(text: str, tmp_path: Path) -> None:
    exports.write_table(
        tmp_path / "seat0", pa.table({"frame": [0, 1], "infos.0.note": [text, "after"], 'a "b", c': [1, 2]})
    )
    with (tmp_path / "seat0.csv").open(newline="", encoding="utf-8") as stream:
        assert list(csv.reader(stream)) == [
            ["frame", "infos.0.note", 'a "b", c'],
            ["0", text, "1"],
            ["1", "after", "2"],
        ]


async def test_seats_that_differ_or_are_missing_are_not_called_equal(store: Store, tmp_path: Path) -> None:
    await stored(store, 0, ROWS)
    exporter = Exporter(store, tmp_path / "one", "study")
    assert exporter.episode("s", 0)["equal"] is False
    await stored(store, 1, [*ROWS[:2], row(2, actions=[1, 1])])
    exporter = Exporter(store, tmp_path / "two", "study")
    assert exporter.episode("s", 0)["equal"] is False
    parity = json.loads((tmp_path / "two" / "study" / "game" / "s" / "ep0" / "parity.json").read_text(encoding="utf-8"))
    seal = json.loads((tmp_path / "two" / "study" / "game" / "s" / "ep0" / "seal.json").read_text(encoding="utf-8"))
    assert seal["rows_equal"] is False
    assert parity["first_difference"] == {"seats": [0, 1], "frame": 2, "column": "actions.1", "values": [0, 1]}
    assert not list((tmp_path / "two").rglob("inputs.*"))


@pytest.mark.parametrize(
    "other", [ROWS[:2], [*ROWS[:2], row(2, rewards=[0.0, 9.0])]], ids=["shorter", "another reward"]
)
async def test_the_inputs_are_there_wherever_the_seats_agree_about_them(
    other: list[str], store: Store, tmp_path: Path
) -> None:
    """After a crash, and where the worlds went apart, they are what one looks for."""
    await stored(store, 0, other)
    await stored(store, 1, ROWS)
    Exporter(store, tmp_path / "data", "study").episode("s", 0)
    table = parquet.read_table(tmp_path / "data" / "study" / "game" / "s" / "ep0" / "inputs.parquet")
    assert table.equals(tables.inputs_table(ROWS))


async def test_the_session_is_written_beside_its_episodes(store: Store, tmp_path: Path) -> None:
    await stored(store, 0, ROWS)
    exporter = Exporter(store, tmp_path / "data", "study")
    exporter.session("s")
    exporter.session("s")
    folder = tmp_path / "data" / "study" / "game" / "s"
    assert json.loads((folder / "session.json").read_text(encoding="utf-8"))["participants"] == ["a", "b"]
    names = ["ep0", "seat0_metrics.json", "seat1_metrics.json", "session.json"]
    assert sorted(path.name for path in folder.iterdir()) == names


async def test_the_metrics_of_a_seat_hold_each_change_of_route_with_its_frame(store: Store, tmp_path: Path) -> None:
    await stored(store, 0, ROWS)
    report = {"session_id": "s", "participant_id": "a", "peer_seat": 1, "state": "connected", "candidates": None}
    for other in ({"session_id": "t"}, {"participant_id": "b"}, {}):
        await store.log("link_report", {**report, "route": "direct", "frame": 0, **other})
    await store.log("link_report", {**report, "route": "relay", "frame": 99})
    Exporter(store, tmp_path / "data", "study").session("s")
    folder = tmp_path / "data" / "study" / "game" / "s"
    metrics = json.loads((folder / "seat0_metrics.json").read_text(encoding="utf-8"))
    changes = [(one["route"], one["frame"]) for one in metrics["links"]["1"]["changes"]]
    assert changes == [("direct", 0), ("relay", 99)]
    assert metrics["netcode"] == {"0": {"rollbacks": 4}}


async def test_a_row_that_is_none_leaves_no_half_written_folder(store: Store, tmp_path: Path) -> None:
    await stored(store, 0, ["[]"])
    with pytest.raises(TypeError):
        Exporter(store, tmp_path / "data", "study").episode("s", 0)
    assert list((tmp_path / "data" / "study" / "game" / "s").iterdir()) == []


def test_what_a_crash_left_half_written_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    store = Store(tmp_path / "study" / "igym.sqlite3")
    exporter, session = Exporter(store, tmp_path, "study"), tmp_path / "study" / "game" / "s"
    (session / f".ep0-{'a' * 32}").mkdir(parents=True)
    (session / f".ep0-{'a' * 32}" / "seat0.csv").write_text("half", encoding="utf-8")
    (session / f".session-{'b' * 32}").write_text("{", encoding="utf-8")
    (session / ".notes").write_text("mine", encoding="utf-8")
    (session / "ep0").mkdir()
    exporter.sweep()
    assert sorted(path.name for path in session.iterdir()) == [".notes", "ep0"]
    store.close()


WHOLE, CUT = {"verified": True}, {"verified": False, "reason": "partial"}
UNCONFIRMED = {"verified": False, "reason": "no_confirm"}


@pytest.mark.parametrize(
    ("seals", "reason", "partial"),
    [
        ({0: WHOLE, 1: WHOLE}, "completed", False),
        ({0: WHOLE, 1: UNCONFIRMED}, "completed", False),
        ({1: CUT}, "partner_left", True),
        ({0: WHOLE, 1: CUT}, "partner_left", True),
        ({}, "server_restart", True),
    ],
)
def test_an_episode_that_did_not_reach_its_end_says_so_why_and_how_far_each_seat_goes(
    seals: dict[int, dict[str, Any]], reason: str, partial: bool
) -> None:
    session = SessionRecord("s", "game", 7, ("a", "b"), "completed" if reason == "completed" else "cut", reason)
    assert partial_flags(session, seals, {1: 40}) == {
        "partial": partial,
        "partial_reason": reason if partial else None,
        "partial_frame": {"0": None, "1": 39},
    }
