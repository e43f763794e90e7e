"""Every way in which an export can be wrong is found and named; equal exports are equal (VERIFY-01)."""

from __future__ import annotations

import csv
import datetime
import decimal
import json
import math
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from igym.__main__ import main
from igym.compare import CompareError, compare, difference, lines
from igym.exports import write_table

ROWS = 6
Columns = dict[str, Any]


def columns() -> Columns:
    frames = range(ROWS)
    return {
        "session_id": pa.array(["s"] * ROWS, pa.string()),
        "frame": pa.array(list(frames), pa.int32()),
        "actions.0": pa.array([frame % 3 for frame in frames], pa.int32()),
        "rewards.0": pa.array([0.1 * frame for frame in frames], pa.float64()),
        "terminateds.0": pa.array([frame == ROWS - 1 for frame in frames], pa.bool_()),
        "infos.0.note": pa.array([None if frame % 2 else "" for frame in frames], pa.string()),
        "infos.0.score": pa.array(list(frames), pa.int64()),
        "infos.0.held": pa.array([json.dumps({"a": frame}) for frame in frames], pa.string()),
        "isFocused.0": pa.array([True] * ROWS, pa.bool_()),
        "inputAuto.0": pa.array([False] * ROWS, pa.bool_()),
        "obs_hash.0": pa.array([f"{frame:016x}" for frame in frames], pa.string()),
        "state_hash": pa.array([f"{frame + 9:016x}" for frame in frames], pa.string()),
    }


def cell(name: str, row: int, value: Any) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        values: list[Any] = table.column(name).to_pylist()
        values[row] = value
        return table.set_column(table.column_names.index(name), name, pa.array(values, table.field(name).type))

    return change


def typed(name: str, kind: Any) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.set_column(table.column_names.index(name), name, table.column(name).cast(kind))


def rows(*order: int) -> Callable[[pa.Table], pa.Table]:
    return lambda table: table.take(pa.array(order, pa.int64()))


def described(name: str) -> Callable[[pa.Table], pa.Table]:
    def change(table: pa.Table) -> pa.Table:
        field = table.field(name).with_metadata({"content": "json"})  # igym.tables.JSON_TEXT
        return table.set_column(table.column_names.index(name), field, table.column(name))

    return change


def renamed(table: pa.Table) -> pa.Table:
    return table.rename_columns(["fame" if name == "frame" else name for name in table.column_names])


DEFECTS: dict[str, tuple[Callable[[pa.Table], pa.Table], str]] = {
    "a reward by its last bit": (cell("rewards.0", 2, math.nextafter(0.2, 1.0)), "row 2, column rewards.0"),
    "a reward of -0.0": (cell("rewards.0", 0, -0.0), "row 0, column rewards.0: 0.0 and -0.0"),
    "a reward that is no number": (cell("rewards.0", 1, math.nan), "row 1, column rewards.0: 0.1 and nan"),
    "a reward that is infinite": (cell("rewards.0", 1, math.inf), "row 1, column rewards.0"),
    "a null for a number": (cell("rewards.0", 1, None), "column rewards.0: 0.1 and None"),
    "a null for an empty text": (cell("infos.0.note", 0, None), "row 0, column infos.0.note: '' and None"),
    "an empty text for a null": (cell("infos.0.note", 1, ""), "row 1, column infos.0.note: None and ''"),
    "an action in the last row": (cell("actions.0", 5, 0), "row 5, column actions.0: 2 and 0"),
    "a flag of the end": (cell("terminateds.0", 5, False), "column terminateds.0: True and False"),
    "a flag of the focus": (cell("isFocused.0", 3, False), "column isFocused.0"),
    "a flag of an automatic input": (cell("inputAuto.0", 3, True), "column inputAuto.0"),
    "an info": (cell("infos.0.score", 4, 5), "row 4, column infos.0.score: 4 and 5"),
    "a nested info": (cell("infos.0.held", 4, '{"a": 5}'), "column infos.0.held"),
    "a nested info by one blank": (cell("infos.0.held", 4, '{"a":4}'), "column infos.0.held"),
    "a hash of an observation": (cell("obs_hash.0", 4, "0" * 16), "column obs_hash.0"),
    "a hash of a state": (cell("state_hash", 4, "0" * 16), "column state_hash"),
    "a session": (cell("session_id", 0, "t"), "row 0, column session_id: 's' and 't'"),
    "a frame": (cell("frame", 3, 4), "row 3, column frame: 3 and 4"),
    "the last row": (rows(0, 1, 2, 3, 4), "6 rows and 5"),
    "the first row": (rows(1, 2, 3, 4, 5), "row 0, column frame: 0 and 1"),
    "a row in the middle": (rows(0, 1, 3, 4, 5), "row 2, column frame: 2 and 3"),
    "a row that is there twice": (rows(0, 1, 2, 2, 3, 4, 5), "row 3, column frame: 3 and 2"),
    "two rows that changed places": (rows(0, 2, 1, 3, 4, 5), "row 1, column frame: 1 and 2"),
    "no rows": (rows(), "6 rows and 0"),
    "a column that is missing": (lambda table: table.drop(["inputAuto.0"]), "the second has no column inputAuto.0"),
    "a column too many": (lambda table: table.append_column("x", table.column("frame")), "the first has no column x"),
    "a column of another name": (renamed, "the second has no column frame"),
    "columns in another order": (
        lambda table: table.select([*table.column_names[1:], "session_id"]),
        "column 1 is session_id and frame: another order",
    ),
    "a narrower integer": (typed("infos.0.score", pa.int32()), "column infos.0.score is int64 and int32"),
    "a float for an integer": (typed("infos.0.score", pa.float64()), "column infos.0.score is int64 and double"),
    "an integer for a flag": (typed("isFocused.0", pa.int32()), "column isFocused.0 is bool and int32"),
    "a JSON text for a text": (
        described("infos.0.held"),
        "column infos.0.held is string and string {'content': 'json'}",
    ),
}


@pytest.mark.parametrize("name", DEFECTS)
def test_a_defect_is_found_and_named(name: str, tmp_path: Path) -> None:
    change, said = DEFECTS[name]
    table = pa.table(columns())
    found = difference(table, change(table))
    assert found is not None, f"{name}: nothing was found"
    assert said in found[0]
    pq.write_table(table, tmp_path / "a.parquet")
    pq.write_table(change(table), tmp_path / "b.parquet")
    assert main(["compare", str(tmp_path / "a.parquet"), str(tmp_path / "b.parquet")]) == 1


def test_what_is_the_same_is_equal() -> None:
    table = pa.table({**columns(), "x": pa.array([math.nan] * ROWS, pa.float64())})
    assert difference(table, pa.table(table.to_pydict(), schema=table.schema)) is None


def test_what_only_a_reader_of_parquet_says_of_a_column_is_no_difference() -> None:
    table = pa.table(columns())
    field = table.field("frame").with_metadata({"PARQUET:field_id": "1"})
    assert difference(table, table.set_column(1, field, table.column("frame"))) is None


def sealed(folder: Path, *participants: str, **more: object) -> None:
    said = {"participants": participants, **more}
    (folder / "seal.json").write_text(json.dumps(said), encoding="utf-8")


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    folder = tmp_path / "session" / "ep0"
    folder.mkdir(parents=True)
    for seat in (0, 1):
        write_table(folder / f"seat{seat}", pa.table(columns()))
    write_table(folder / "seat0_local", pa.table({"frame": pa.array([1], pa.int32())}))
    sealed(folder, "ann", "ben")
    return folder


def altered(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0.30000000000000004", "0.3", "row 3, column rewards.0: '0.30000000000000004' and '0.3'"),
        ("frame", "fame", "the second has no column frame"),
        ("true", "True", "column"),
    ],
)
def test_a_csv_that_is_not_its_parquet_is_named(episode: Path, old: str, new: str, said: str) -> None:
    altered(episode / "seat1.csv", old, new)
    (wrong,) = (one for one in compare([episode]) if one.problem)
    assert (wrong.first.name, wrong.second.name) == ("seat1.parquet", "seat1.csv")
    assert said in str(wrong.problem)


def test_a_csv_that_lacks_a_line_is_named(episode: Path) -> None:
    text = (episode / "seat1.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (episode / "seat1.csv").write_text("".join(text[:-1]), encoding="utf-8")
    assert [one.problem for one in compare([episode]) if one.problem] == ["6 rows and 5"]


def test_a_folder_is_compared_as_a_whole_and_answers_for_machines(
    episode: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", str(episode.parent)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "equal in 3 comparisons"
    pq.write_table(cell("rewards.0", 4, 7.0)(pa.table(columns())), episode / "seat1.parquet")
    assert main(["compare", str(episode), "--json"]) == 1
    said = json.loads(capsys.readouterr().out)
    assert said["equal"] is False
    assert [one["equal"] for one in said["compared"]] == [False, True, False]
    first = said["compared"][0]
    assert (first["row"], first["column"], first["values"], first["cells"]) == (4, "rewards.0", [0.4, 7.0], 1)
    assert list(lines(compare([episode])))[-1] == "2 of 3 comparisons differ"


def both(folder: Path, table: pa.Table) -> None:
    for seat in (0, 1):
        write_table(folder / f"seat{seat}", table)


def only_sealed(folder: Path) -> None:
    for path in folder.glob("seat*"):
        path.unlink()


def linked(folder: Path) -> None:
    (folder / "seat1.parquet").unlink()
    (folder / "seat1.parquet").symlink_to("seat0.parquet")


def cut(folder: Path) -> None:
    data = (folder / "seat1.parquet").read_bytes()
    (folder / "seat1.parquet").write_bytes(data[: len(data) // 2])


def spoilt(folder: Path) -> None:
    """A text that is no UTF-8, which Parquet's reader takes as it is."""
    path = folder / "seat1.parquet"
    pq.write_table(pa.table(columns()), path, compression="none")
    data = path.read_bytes()
    assert b"0000000000000003" in data
    path.write_bytes(data.replace(b"0000000000000003", b"000000000000000\xff"))


def twice(folder: Path) -> None:
    frames = pa.array(range(ROWS), pa.int32())
    pq.write_table(pa.Table.from_arrays([frames, frames], names=["frame", "frame"]), folder / "seat1.parquet")


def nanoseconds(folder: Path) -> None:
    """Python's own times have microseconds."""
    pq.write_table(pa.table({"frame": pa.array([1], pa.timestamp("ns"))}), folder / "seat1.parquet")


@pytest.mark.parametrize(
    ("spoil", "paths", "said"),
    [
        (lambda folder: None, ["nowhere"], "nowhere is not there"),
        (lambda folder: None, ["seat0.csv"], "is alone"),
        (lambda folder: None, ["seat0.csv", "seat1.parquet"], "do not compare"),
        (lambda folder: None, ["seat0.csv", "."], "or one folder"),
        (lambda folder: (folder / "a.txt").write_text("x"), ["a.txt", "a.txt"], "is no data file"),
        (lambda folder: (folder / "seat1.parquet").write_bytes(b"PAR1"), ["."], "seat1.parquet cannot be read"),
        (lambda folder: (folder / "seat1.parquet").unlink(), ["."], "seat1.parquet is missing"),
        (lambda folder: (folder / "seat1.csv").unlink(), ["."], "seat1.csv is missing"),
        (lambda folder: sealed(folder, "ann", "ben", "cy"), ["."], "seat2.parquet is missing"),
        (lambda folder: sealed(folder, "ann", "ben", "cy"), [".."], "seal.json names 3 participants"),
        (
            lambda folder: sealed(folder, "ann", "ben", "cy", partial_frame={"0": 5, "1": 5, "2": None}),
            ["."],
            "seat2.parquet was never written",
        ),
        (lambda folder: (folder / "seal.json").unlink(), ["."], "seal.json is missing"),
        (lambda folder: (folder / "seal.json").write_text("{"), ["."], "seal.json cannot be read"),
        (lambda folder: (folder / "seal.json").write_text("[]"), ["."], "seal.json cannot be read"),
        (lambda folder: sealed(folder), ["."], "names no participants"),
        (only_sealed, ["."], "seat0.parquet is missing"),
        (lambda folder: (folder / "seat1.csv").write_text(""), ["."], "seat1.csv has no columns"),
        (lambda folder: (folder / "seat1.csv").write_text("a,a\n1,2\n"), ["."], "is there twice"),
        (lambda folder: (folder / "seat1.csv").write_text("a,b\n1\n"), ["."], "line 2 has another number of cells"),
        (lambda folder: (folder / "seat1.csv").write_bytes(b"\xff\xfe"), ["."], "seat1.csv cannot be read"),
        (lambda folder: (folder / "seat1.csv").write_text('a\n"b'), ["."], "seat1.csv cannot be read"),
        (lambda folder: (folder / "empty").mkdir(), ["empty"], "holds no seat files and no episode"),
        (lambda folder: None, ["a" * 300], "File name too long"),
        (lambda folder: None, ["seat0.csv", "seat0.csv"], "are one file"),
        (lambda folder: None, ["seat0.csv", "seat1.csv", "../ep0/seat1.csv"], "are one file"),
        (lambda folder: (folder / "a.csv").symlink_to("seat0.csv"), ["seat0.csv", "a.csv"], "are one file"),
        (lambda folder: os.link(folder / "seat0.csv", folder / "a.csv"), ["seat0.csv", "a.csv"], "are one file"),
        (linked, ["."], "are one file"),
        (lambda folder: both(folder, pa.table(columns())[:0]), ["seat0.parquet", "seat1.parquet"], "have no rows"),
        (lambda folder: both(folder, pa.table(columns())[:0]), ["seat0.csv", "seat1.csv"], "have no rows"),
        (lambda folder: both(folder, pa.table(columns())[:0]), ["."], "have no rows"),
        (lambda folder: both(folder, renamed(pa.table(columns()))), ["seat0.csv", "seat1.csv"], "have no column frame"),
        (lambda folder: both(folder, renamed(pa.table(columns()))), ["."], "have no column frame"),
        (cut, ["."], "seat1.parquet cannot be read"),
        (spoilt, ["."], "seat1.parquet cannot be read"),
        (twice, ["."], "seat1.parquet cannot be read"),
        (nanoseconds, ["."], "seat1.parquet cannot be read"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_line(
    episode: Path, spoil: Callable[[Path], object], paths: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(episode)
    assert main(["compare", *(str(episode / path) for path in paths)]) == 2
    written, complaint = capsys.readouterr()
    assert written == ""
    assert said in complaint
    assert complaint.count("\n") == 1
    assert main(["compare", "--json", *(str(episode / path) for path in paths)]) == 2
    told = strict(capsys.readouterr().out)
    assert said in told.pop("error")
    assert told == {"equal": None, "compared": []}
    with pytest.raises(CompareError):
        compare([episode / path for path in paths])


def strict(text: str) -> dict[str, Any]:
    """JSON as its standard has it: Python also reads NaN and Infinity."""

    def refused(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    said: dict[str, Any] = json.loads(text, parse_constant=refused)
    return said


def test_one_seat_is_compared_with_its_twin(episode: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in episode.glob("seat1*"):
        path.unlink()
    sealed(episode, "ann")
    assert [(one.second.name, one.problem) for one in compare([episode])] == [("seat0.csv", None)]
    altered(episode / "seat0.csv", "true", "false")
    assert main(["compare", str(episode)]) == 1
    assert "row 0, column isFocused.0: 'true' and 'false'" in capsys.readouterr().out


def test_the_session_says_how_many_seats_there_are_where_no_seal_does(episode: Path) -> None:
    (episode / "seal.json").rename(episode.parent / "session.json")
    assert len(compare([episode])) == 3


def test_a_seat_that_nobody_holds_is_compared_too(episode: Path) -> None:
    write_table(episode / "seat10", cell("actions.0", 0, 2)(pa.table(columns())))
    assert [one.second.name for one in compare([episode]) if one.problem] == ["seat10.parquet"]


@pytest.mark.parametrize("length", [131_073, 1_000_000])
def test_a_cell_may_be_long(episode: Path, length: int) -> None:
    limit = csv.field_size_limit()
    for seat in (0, 1):
        write_table(episode / f"seat{seat}", cell("infos.0.held", 3, "x" * length)(pa.table(columns())))
    assert [one.problem for one in compare([episode])] == [None, None, None]
    altered(episode / "seat1.csv", "x" * length, "x" * (length - 1) + "y")
    (wrong,) = (one for one in compare([episode]) if one.problem)
    assert (wrong.row, wrong.column) == (3, "infos.0.held")
    assert csv.field_size_limit() == limit


def test_the_line_of_a_short_record_is_that_of_the_file(episode: Path) -> None:
    (episode / "seat1.csv").write_text('a,b\n"1\n1",2\n3\n', encoding="utf-8")
    with pytest.raises(CompareError, match="line 4 has another number of cells"):
        compare([episode])


MORNING = datetime.datetime(2024, 2, 29, 8, 30, tzinfo=datetime.UTC)
CELLS: dict[str, tuple[Any, Any, Any, Any]] = {
    "NaN": (pa.float64(), math.nan, 1.5, ["nan", 1.5]),
    "infinities": (pa.float64(), math.inf, -math.inf, ["inf", "-inf"]),
    "bytes": (pa.binary(), b"a\xff", b"b", ["b'a\\xff'", "b'b'"]),
    "a time": (pa.timestamp("us", "UTC"), MORNING, None, ["2024-02-29 08:30:00+00:00", None]),
    "a duration": (pa.duration("s"), datetime.timedelta(seconds=1), None, ["0:00:01", None]),
    "a decimal": (pa.decimal128(5, 2), decimal.Decimal("1.50"), decimal.Decimal("1.51"), ["1.50", "1.51"]),
    "a list": (pa.list_(pa.float64()), [1.0, math.nan], [1.0], [[1.0, "nan"], [1.0]]),
    "an object": (pa.struct([("a", pa.binary())]), {"a": b"x"}, {"a": None}, [{"a": "b'x'"}, {"a": None}]),
    "a map": (pa.map_(pa.string(), pa.int64()), [("a", 1)], [("a", 2)], [[["a", 1]], [["a", 2]]]),
    "a flag": (pa.bool_(), True, False, [True, False]),
}


@pytest.mark.parametrize("name", CELLS)
def test_every_cell_is_told_in_strict_json(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kind, one, other, said = CELLS[name]
    paths = [tmp_path / "a.parquet", tmp_path / "b.parquet", tmp_path / "c.parquet"]
    for path, value in zip(paths, (one, other, one), strict=True):
        pq.write_table(pa.table({"x": pa.array([value], kind)}), path)
    assert main(["compare", "--json", *map(str, paths)]) == 1
    told = strict(capsys.readouterr().out)
    assert (told["equal"], told["error"]) == (False, None)
    assert [found["values"] for found in told["compared"]] == [said, None]
