"""Every way in which an export can be wrong is found and named; equal exports are equal (VERIFY-01)."""

from __future__ import annotations

import json
import math
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


@pytest.fixture
def episode(tmp_path: Path) -> Path:
    folder = tmp_path / "session" / "ep0"
    folder.mkdir(parents=True)
    for seat in (0, 1):
        write_table(folder / f"seat{seat}", pa.table(columns()))
    write_table(folder / "seat0_local", pa.table({"frame": pa.array([1], pa.int32())}))
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


@pytest.mark.parametrize(
    ("spoil", "paths", "said"),
    [
        (lambda folder: None, ["nowhere"], "nowhere is not there"),
        (lambda folder: None, ["seat0.csv"], "is alone"),
        (lambda folder: None, ["seat0.csv", "seat1.parquet"], "do not compare"),
        (lambda folder: None, ["seat0.csv", "."], "or one folder"),
        (lambda folder: (folder / "a.txt").write_text("x"), ["a.txt", "a.txt"], "is no data file"),
        (lambda folder: (folder / "seat1.parquet").write_bytes(b"PAR1"), ["."], "seat1.parquet cannot be read"),
        (lambda folder: (folder / "seat1.parquet").unlink(), ["."], "holds 1 seat files"),
        (lambda folder: (folder / "seat1.csv").unlink(), ["."], "the twin of seat1.parquet"),
        (lambda folder: (folder / "seat1.csv").write_text(""), ["."], "seat1.csv has no columns"),
        (lambda folder: (folder / "seat1.csv").write_text("a,a\n1,2\n"), ["."], "is there twice"),
        (lambda folder: (folder / "seat1.csv").write_text("a,b\n1\n"), ["."], "line 2 has another number of cells"),
        (lambda folder: (folder / "seat1.csv").write_bytes(b"\xff\xfe"), ["."], "seat1.csv cannot be read"),
        (lambda folder: (folder / "empty").mkdir(), ["empty"], "holds no seat files and no episode"),
    ],
)
def test_what_cannot_be_compared_is_told_in_one_line(
    episode: Path, spoil: Callable[[Path], object], paths: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(episode)
    assert main(["compare", *(str(episode / path) for path in paths)]) == 2
    complaint = capsys.readouterr().err
    assert said in complaint
    assert complaint.count("\n") == 1
    with pytest.raises(CompareError):
        compare([episode / path for path in paths])
