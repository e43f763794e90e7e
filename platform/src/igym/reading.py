"""Data files as tables, whatever was done to them: what cannot be read is one error with the reason, never a library's own."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from igym.errors import IgymError

KINDS = (".parquet", ".csv")
UNREADABLE = (OSError, ValueError, OverflowError, csv.Error, pa.ArrowException)
"""What the libraries raise over a damaged file."""
LONGEST_CELL = 2**31 - 1
"""Characters, in CSV: the most that the module csv can be told on every system; it reads 131,072 unless told."""


class UnreadableError(IgymError):
    """Why a file cannot be read, in one line, without its name."""


def read(path: Path) -> pa.Table:
    """A .parquet or .csv file as a table whose every value can be had; CSV as texts. Raises UnreadableError."""
    try:
        table = pq.read_table(path) if path.suffix == ".parquet" else _csv(path)
        table.validate(full=True)
        for column in table.columns:
            column.to_pylist()
    except UNREADABLE as error:
        raise UnreadableError((str(error).splitlines() or [type(error).__name__])[0]) from error
    return table


def _csv(path: Path) -> pa.Table:
    records = []
    with path.open(newline="", encoding="utf-8") as stream, _long_cells():
        reader = csv.reader(stream, strict=True)
        header = next(reader, [])
        for record in reader:
            if len(record) != len(header):
                raise ValueError(f"line {reader.line_num} has another number of cells than the header")
            records.append(record)
    if len(set(header)) < len(header):
        raise ValueError("a column's name is there twice")
    columns = list(zip(*records, strict=True)) if records else [()] * len(header)
    return pa.table({name: pa.array(values, pa.string()) for name, values in zip(header, columns, strict=True)})


@contextmanager
def _long_cells() -> Iterator[None]:
    """The limit belongs to the whole process."""
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)
