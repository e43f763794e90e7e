"""Comparison of cells: exact and typed."""

from __future__ import annotations

import math
import struct

from igym_harness.comparison import cell_key, compare, frame_at, show
from igym_harness.evidence import Table


def table(**columns: list[object]) -> Table:
    return Table(dict(columns), dict.fromkeys(columns, "any"), len(next(iter(columns.values()))), "x")


def test_types_are_kept_apart() -> None:
    assert (
        len({cell_key(value) for value in (1, 1.0, True, "1", None, b"1", [1], [1.0], (True,), {"a": 1}, {"a": 1.0})})
        == 11
    )


def test_floats_are_compared_by_bits_and_every_nan_is_one() -> None:
    odd_nan = struct.unpack(">d", bytes.fromhex("7ff8000000000001"))[0]
    assert cell_key(math.nan) == cell_key(odd_nan) == cell_key(-math.nan)
    assert cell_key(0.0) != cell_key(-0.0)
    assert cell_key(1.0) != cell_key(math.nextafter(1.0, 2.0))


def test_equal_tables_have_no_difference() -> None:
    one = table(frame=[0, 1], x=[math.nan, None])
    assert compare({"a": one, "b": table(frame=[0, 1], x=[math.nan, None])}) is None


def test_a_difference_names_its_frame_and_all_values() -> None:
    difference = compare({"a": table(frame=[7, 8], x=[1, 2]), "b": table(frame=[7, 8], x=[1, 3])})
    assert difference is not None
    assert difference.problem == "frame 8, column x: a has 2 (int), b has 3 (int); 1 cell in 1 column differs"
    assert (difference.count, difference.cells[0].odd) == (1, ())


def test_a_row_without_a_usable_frame_is_named_by_its_number() -> None:
    assert frame_at(table(x=[5, 6]), 1) == 1
    assert frame_at(table(frame=[None, None]), 1) == 1


def test_null_is_shown_as_null() -> None:
    assert (show(None), show(1.0), show(True)) == ("null", "1.0 (float)", "True (bool)")
