"""Exact comparison of tables: typed cells, floats by bits, no tolerance (requirements 25.1, P2 and P3)."""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from igym_harness.evidence import Table

CELLS_SHOWN = 5


@dataclass(frozen=True)
class Cell:
    """One place where not everybody has the same. `odd`: who is outvoted; empty where no majority tells."""

    frame: int
    column: str
    values: dict[str, Any]
    odd: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    """`problem` says in words what differs first; `cells` are the first few, `count` is all of them."""

    problem: str
    cells: tuple[Cell, ...] = ()
    count: int = 0


def cell_key(value: Any) -> Hashable:
    """Equal for cells that count as equal, else not: same type, floats by bits (any NaN equals any), null only null."""
    if isinstance(value, float):
        return ("float", "nan" if value != value else struct.pack(">d", value))
    if isinstance(value, list | tuple):
        return ("list", tuple(cell_key(item) for item in value))
    if isinstance(value, dict):
        return ("dict", frozenset((key, cell_key(item)) for key, item in value.items()))
    return (type(value).__name__, value)


def prefix(table: Table, rows: int) -> Table:
    """The table's first rows."""
    return replace(table, columns={name: cells[:rows] for name, cells in table.columns.items()}, rows=rows)


def show(value: Any) -> str:
    """A cell as text that tells types apart: 1 (int), 1.0 (float), null."""
    return "null" if value is None else f"{value!r} ({type(value).__name__})"


def compare(tables: Mapping[str, Table]) -> Difference | None:
    """None if everybody's tables are equal; else the first difference: columns, types, rows, cells, in this order."""
    first, *others = tables
    for other in others:
        if problem := _shape_difference(first, tables[first], other, tables[other]):
            return Difference(problem)
    found = (_cell(tables, row, column) for row in range(tables[first].rows) for column in tables[first].columns)
    cells = [cell for cell in found if cell is not None]
    if not cells:
        return None
    columns = {cell.column for cell in cells}
    shown = ", ".join(f"{name} has {show(value)}" for name, value in cells[0].values.items())
    extent = f"{len(cells)} cell{'s' * (len(cells) > 1)} in {len(columns)} column{'s' * (len(columns) > 1)}"
    problem = f"frame {cells[0].frame}, column {cells[0].column}: {shown}; {extent} differ{'s' * (len(cells) == 1)}"
    return Difference(problem, cells=tuple(cells[:CELLS_SHOWN]), count=len(cells))


def _shape_difference(first: str, a: Table, other: str, b: Table) -> str | None:
    if lacking := sorted(set(a.columns) - set(b.columns)):
        return f"{other} lacks the columns {', '.join(lacking)} that {first} has"
    if extra := sorted(set(b.columns) - set(a.columns)):
        return f"{other} has columns {', '.join(extra)} that {first} lacks"
    for column, kind in a.types.items():
        if b.types.get(column) != kind:
            return f"column {column} is {kind} at {first} and {b.types.get(column)} at {other}"
    if a.rows != b.rows:
        return f"{first} has {a.rows} rows, {other} has {b.rows}"
    return None


def _cell(tables: Mapping[str, Table], row: int, column: str) -> Cell | None:
    """None where everybody has the same."""
    values = {participant: table.columns[column][row] for participant, table in tables.items()}
    keys = {participant: cell_key(value) for participant, value in values.items()}
    votes = Counter(keys.values()).most_common()
    if len(votes) == 1:
        return None
    agreed, most = votes[0]
    odd = tuple(name for name in tables if keys[name] != agreed) if most > votes[1][1] else ()
    return Cell(frame_at(next(iter(tables.values())), row), column, values, odd)


def frame_at(table: Table, row: int) -> int:
    """The frame of a row; the row's number where the file has no usable frame column."""
    frames = table.columns.get("frame")
    return int(frames[row]) if frames is not None and isinstance(frames[row], int) else row
