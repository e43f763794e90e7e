"""Whether exports say the same, cell by cell: seats of one episode, a table and its CSV twin, two copies of a file (VERIFY-01).

Nothing is forgiven: 1 is not 1.0, 0.0 is not -0.0, null is not an empty text, a JSON text is no plain text, and columns have an order.
NaN is NaN. Equal means that something was compared: files without rows, one file with itself, an episode without a seat's file are unusable.
"""

from __future__ import annotations

import json
import math
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from igym import reading
from igym.errors import IgymError
from igym.exported import SEAL
from igym.exports import write_table
from igym.tables import cells

SEAT_FILE = re.compile(r"seat(0|[1-9][0-9]*)\.(parquet|csv)")


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
    try:
        return _compared(paths)
    except OSError as error:  # a name that is too long, a folder that must not be listed, a full disk
        raise CompareError(str(error)) from error


def _compared(paths: Sequence[Path]) -> list[Compared]:
    for path in paths:
        if not path.exists():
            raise CompareError(f"{path} is not there")
    if len(paths) == 1 and paths[0].is_dir():
        return [one for folder in _episodes(paths[0]) for one in _episode(folder)]
    if any(path.is_dir() for path in paths):
        raise CompareError("give two or more files, or one folder: of an episode (ep0), or of a session")
    if len(paths) < 2:
        raise CompareError(f"{paths[0]} is alone: give another file beside it, or the folder of its episode")
    if strange := [path for path in paths if path.suffix not in reading.KINDS]:
        raise CompareError(f"{strange[0]} is no data file: give .parquet or .csv")
    if len({path.suffix for path in paths}) > 1:
        raise CompareError(
            "Parquet and CSV do not compare: give files of one kind, or the folder of an episode, whose twins are compared"
        )
    _check_apart(paths)
    first, *others = paths
    return [_between(first, read(first), other, read(other)) for other in others]


def read(path: Path) -> pa.Table:
    """A .parquet or .csv file as a table whose every value can be had; CSV as texts. Raises CompareError."""
    try:
        table = reading.read(path)
    except reading.UnreadableError as error:
        raise CompareError(f"{path} cannot be read: {error}") from error
    if not table.column_names:
        raise CompareError(f"{path} has no columns")
    return table


def document(found: Sequence[Compared], error: str | None = None) -> dict[str, Any]:
    """For machines. `error`: why nothing could be compared; `equal` is null then.

    `values` of a cell that JSON has no form for (NaN, infinities, bytes, times, decimals) are texts, as in the CSV files: nan, inf, -inf.
    """
    lines = [
        {
            "first": str(one.first),
            "second": str(one.second),
            "equal": one.problem is None,
            "problem": one.problem,
            "row": one.row,
            "column": one.column,
            "values": None if one.values is None else _plain(one.values),
            "cells": one.count,
        }
        for one in found
    ]
    equal = None if error else all(one.problem is None for one in found)
    return {"equal": equal, "error": error, "compared": lines}


def _plain(value: Any) -> Any:
    """What strict JSON can say of a cell."""
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Mapping):
        return {str(name): _plain(one) for name, one in value.items()}
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value)):
        return value
    return str(value)


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
        if a.field(name).type != b.field(name).type or _metadata(a, name) != _metadata(b, name):
            return f"column {name} is {_kind(a, name)} and {_kind(b, name)}"
    return None


def _metadata(table: pa.Table, name: str) -> dict[str, str]:
    """What the exporter says of a column (igym.tables.JSON_TEXT), without what Parquet's readers add."""
    said = {key.decode("latin-1"): value.decode("latin-1") for key, value in (table.field(name).metadata or {}).items()}
    return {key: value for key, value in said.items() if not key.startswith("PARQUET:")}


def _kind(table: pa.Table, name: str) -> str:
    return f"{table.field(name).type} {_metadata(table, name) or ''}".rstrip()


def _between(first: Path, a: pa.Table, second: Path, b: pa.Table) -> Compared:
    if not a.num_rows and not b.num_rows:
        raise CompareError(f"{first} and {second} have no rows, so there is nothing to compare: give files with rows")
    of_seats = any(SEAT_FILE.fullmatch(path.name) for path in (first, second))
    if of_seats and "frame" not in a.column_names and "frame" not in b.column_names:
        raise CompareError(f"{first} and {second} have no column frame: give the files of seats as they were exported")
    found = difference(a, b)
    return Compared(first, second, None) if found is None else Compared(first, second, found[0], **found[1])


def _check_apart(paths: Sequence[Path]) -> None:
    """Links are followed: a file is equal to itself, which says nothing."""
    known: dict[tuple[int, int], Path] = {}
    for path in paths:
        found = path.stat()
        if other := known.get((found.st_dev, found.st_ino)):
            raise CompareError(f"{other} and {path} are one file, which is not compared with itself: give two")
        known[found.st_dev, found.st_ino] = path


def _episodes(folder: Path) -> list[Path]:
    if any(SEAT_FILE.fullmatch(path.name) or path.name == SEAL for path in folder.iterdir()):
        return [folder]
    episodes = sorted(path for path in folder.glob("ep*") if path.is_dir())
    if not episodes:
        raise CompareError(f"{folder} holds no seat files and no episode: give the folder of a session, or its ep0")
    return episodes


def _episode(folder: Path) -> list[Compared]:
    """Every seat with the first one, and each CSV with its Parquet."""
    first, *others = seats = _seats(folder)
    _check_apart(seats)
    tables = {path: read(path) for path in seats}
    found = [_between(first, tables[first], other, tables[other]) for other in others]
    return found + [_twin(path, table) for path, table in tables.items()]


def _seats(folder: Path) -> list[Path]:
    """The Parquet file of every seat, which has its CSV beside it. Raises CompareError for the first file that is missing."""
    about, count, silent = _about(folder)
    there = {int(match[1]) for path in folder.iterdir() if (match := SEAT_FILE.fullmatch(path.name))}
    seats = sorted({*range(count), *there})
    for path in (folder / f"seat{seat}{kind}" for seat in seats for kind in reading.KINDS):
        if path.is_file():
            continue
        if path.stem in silent:
            raise CompareError(f"{path} was never written, for {about} knows no row of that seat: give other files")
        raise CompareError(f"{path} is missing, for {about} names {count} participants: put it back, or give files")
    return [folder / f"seat{seat}.parquet" for seat in seats]


def _about(folder: Path) -> tuple[Path, int, set[str]]:
    """(seal.json or session.json, how many seats it names, those of which the server has no row: seat1). Raises CompareError."""
    path = next((one for one in (folder / SEAL, folder.parent / "session.json") if one.is_file()), None)
    if path is None:
        raise CompareError(
            f"{folder / SEAL} is missing, which says how many seats there are: put it back, or give files"
        )
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        count = len(said["participants"])
        silent = {f"seat{seat}" for seat, last in said.get("partial_frame", {}).items() if last is None}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise CompareError(f"{path} cannot be read ({type(error).__name__}): put it back, or give files") from error
    if not count:
        raise CompareError(f"{path} names no participants: put it back, or give files")
    return path, count, silent


def _twin(path: Path, table: pa.Table) -> Compared:
    twin = path.with_suffix(".csv")
    with tempfile.TemporaryDirectory(prefix="igym-compare-") as scratch:
        write_table(Path(scratch) / path.stem, table)
        wanted = read(Path(scratch) / twin.name)
    return _between(path, wanted, twin, read(twin))


def text(found: Sequence[Compared], *, as_json: bool) -> str:
    """What the command writes."""
    return _json(document(found)) if as_json else "".join(f"{line}\n" for line in lines(found))


def error_text(error: CompareError) -> str:
    """What the command writes for machines when nothing could be compared."""
    return _json(document([], str(error)))


def _json(said: Mapping[str, Any]) -> str:
    return json.dumps(said, indent=2, allow_nan=False) + "\n"
