"""Whether exports say the same, cell by cell: seats of one episode, a table and its CSV twin, two copies of a file (VERIFY-01).

Nothing is forgiven: 1 is not 1.0, 0.0 is not -0.0, null is not an empty text, and columns have an order. NaN is NaN.
"""

from __future__ import annotations

import csv
import json
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from igym.errors import IgymError
from igym.exports import write_table
from igym.tables import cells

SEAT_FILE = re.compile(r"seat\d+\.(parquet|csv)")
KINDS = (".parquet", ".csv")


class CompareError(IgymError):
    """Files that cannot be compared: which, why, and what to give instead."""


@dataclass(frozen=True)
class Compared:
    """Two files. `problem`: what differs first, in words; None: nothing. `count`: how many cells differ, where only cells do."""

    first: Path
    second: Path
    problem: str | None
    row: int | None = None
    """In a file of a seat that is its frame."""
    column: str | None = None
    values: tuple[Any, Any] | None = None
    count: int = 0


def compare(paths: Sequence[Path]) -> list[Compared]:
    """Two or more files with the first of them, or all of a folder: an episode's (ep0), or a session's. Raises CompareError."""
    for path in paths:
        if not path.exists():
            raise CompareError(f"{path} is not there")
    if len(paths) == 1 and paths[0].is_dir():
        return [one for folder in _episodes(paths[0]) for one in _episode(folder)]
    if any(path.is_dir() for path in paths):
        raise CompareError("give two or more files, or one folder: of an episode (ep0), or of a session")
    if len(paths) < 2:
        raise CompareError(f"{paths[0]} is alone: give another file beside it, or the folder of its episode")
    if len({path.suffix for path in paths}) > 1:
        raise CompareError(
            "Parquet and CSV do not compare: give files of one kind, or the folder of an episode, whose twins are compared"
        )
    first, *others = paths
    return [_between(first, read(first), other, read(other)) for other in others]


def read(path: Path) -> pa.Table:
    """A data file as a table; CSV as texts. Raises CompareError."""
    if path.suffix not in KINDS:
        raise CompareError(f"{path} is no data file: give .parquet or .csv")
    try:
        table = pq.read_table(path) if path.suffix == ".parquet" else _csv(path)
    except (OSError, ValueError) as error:
        raise CompareError(
            f"{path} cannot be read: {(str(error).splitlines() or [type(error).__name__])[0]}"
        ) from error
    if not table.column_names:
        raise CompareError(f"{path} has no columns")
    return table


def document(found: Sequence[Compared]) -> dict[str, Any]:
    """For machines."""
    lines = [
        {
            "first": str(one.first),
            "second": str(one.second),
            "equal": one.problem is None,
            "problem": one.problem,
            "row": one.row,
            "column": one.column,
            "values": None if one.values is None else list(one.values),
            "cells": one.count,
        }
        for one in found
    ]
    return {"equal": all(one.problem is None for one in found), "compared": lines}


def lines(found: Sequence[Compared]) -> Iterator[str]:
    """For people: one line for each pair, the verdict last."""
    for one in found:
        yield f"{one.first} and {one.second}: {one.problem or 'equal'}"
    different = sum(one.problem is not None for one in found)
    yield f"{different} of {len(found)} comparisons differ" if different else f"equal in {len(found)} comparisons"


def difference(a: pa.Table, b: pa.Table) -> tuple[str, dict[str, Any]] | None:
    """(in words, the rest of Compared) of what differs first: columns, their types, rows, cells. None: nothing. Pure."""
    if problem := _columns_problem(a, b):
        return problem, {}
    known = {name: (cells(a, name), cells(b, name)) for name in a.column_names}
    wrong = [
        (row, name)
        for row in range(min(a.num_rows, b.num_rows))
        for name, (left, right) in known.items()
        if left[row][1] != right[row][1]
    ]
    if a.num_rows != b.num_rows and not wrong:
        return f"{a.num_rows} rows and {b.num_rows}", {"row": min(a.num_rows, b.num_rows)}
    if not wrong:
        return None
    row, name = wrong[0]
    values = (known[name][0][row][0], known[name][1][row][0])
    more = f"; {len(wrong)} cells differ" if len(wrong) > 1 else ""
    more += f"; {a.num_rows} rows and {b.num_rows}" if a.num_rows != b.num_rows else ""
    text = f"row {row}, column {name}: {values[0]!r} and {values[1]!r}{more}"
    return text, {"row": row, "column": name, "values": values, "count": len(wrong)}


def _columns_problem(a: pa.Table, b: pa.Table) -> str | None:
    for names, others, which in ((a.column_names, b.column_names, "second"), (b.column_names, a.column_names, "first")):
        if missing := [name for name in names if name not in others]:
            return f"the {which} has no column {missing[0]}"
    if a.column_names != b.column_names:
        at = next(i for i, (one, other) in enumerate(zip(a.column_names, b.column_names, strict=True)) if one != other)
        return f"column {at + 1} is {a.column_names[at]} and {b.column_names[at]}: another order"
    for name in a.column_names:
        if a.field(name).type != b.field(name).type:
            return f"column {name} is {a.field(name).type} and {b.field(name).type}"
    return None


def _between(first: Path, a: pa.Table, second: Path, b: pa.Table) -> Compared:
    found = difference(a, b)
    return Compared(first, second, None) if found is None else Compared(first, second, found[0], **found[1])


def _episodes(folder: Path) -> list[Path]:
    if any(SEAT_FILE.fullmatch(path.name) for path in folder.iterdir()):
        return [folder]
    episodes = sorted(path for path in folder.glob("ep*") if path.is_dir())
    if not episodes:
        raise CompareError(f"{folder} holds no seat files and no episode: give the folder of a session, or its ep0")
    return episodes


def _episode(folder: Path) -> list[Compared]:
    """Every seat with the first one, and each CSV with its Parquet."""
    seats = sorted(path for path in folder.glob("seat*.parquet") if SEAT_FILE.fullmatch(path.name))
    if len(seats) < 2:
        raise CompareError(f"{folder} holds {len(seats)} seat files: there is nothing to compare")
    tables = {path: read(path) for path in seats}
    first, *others = seats
    found = [_between(first, tables[first], other, tables[other]) for other in others]
    return found + [_twin(path, table) for path, table in tables.items()]


def _twin(path: Path, table: pa.Table) -> Compared:
    twin = path.with_suffix(".csv")
    if not twin.is_file():
        raise CompareError(f"{twin} is not there, the twin of {path.name}")
    with tempfile.TemporaryDirectory(prefix="igym-compare-") as scratch:
        write_table(Path(scratch) / path.stem, table)
        wanted = read(Path(scratch) / twin.name)
    return _between(path, wanted, twin, read(twin))


def _csv(path: Path) -> pa.Table:
    with path.open(newline="", encoding="utf-8") as stream:
        header, *records = list(csv.reader(stream)) or [[]]
    if short := next((number for number, one in enumerate(records, 2) if len(one) != len(header)), None):
        raise ValueError(f"line {short} has another number of cells than the header")
    if len(set(header)) < len(header):
        raise ValueError("a column's name is there twice")
    columns = list(zip(*records, strict=True)) if records else [()] * len(header)
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(header, columns, strict=True)})


def text(found: Sequence[Compared], *, as_json: bool) -> str:
    """What the command writes."""
    return json.dumps(document(found), indent=2) + "\n" if as_json else "".join(f"{line}\n" for line in lines(found))
