"""Two seats' tables differ in their first cell that differs, in value or in type, and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest

from igym import tables

IDENTITY = {"experiment_id": "study", "scene_id": "game", "session_id": "s", "episode": 0, "seats": 1}
NAN = float("nan")


def table(*infos: Any, reward: float = 0.0) -> Any:
    """One row for each info of the only seat."""
    whole = {"actions": [0], "rewards": [reward], "terminateds": [False], "truncateds": [False], "focused": [True]}
    whole |= {"auto": [False], "obs_hashes": ["0"], "state_hash": "0"}
    return tables.table([json.dumps({**whole, "frame": f, "infos": [info]}) for f, info in enumerate(infos)], IDENTITY)


def x(*values: Any) -> Any:
    return table(*({"x": value} for value in values))


@pytest.mark.parametrize(
    ("values", "kind", "kept"),
    [
        ((1, None, 2), "int64", [1, None, 2]),
        ((0.5, NAN, -0.0), "double", None),
        ((True, None), "bool", [True, None]),
        (("a", ""), "string", ["a", ""]),
        ((None, None), "string", [None, None]),
        ((1, 1.0, True, "1", None), "string", ["1", "1.0", "true", '"1"', None]),
        (([1, {"b": 2, "a": 1}], None), "string", ['[1, {"a": 1, "b": 2}]', None]),
        ((2**63, 1), "string", ["9223372036854775808", "1"]),
        ((2**63 - 1, -(2**63)), "int64", [2**63 - 1, -(2**63)]),
    ],
)
def test_an_info_has_a_column_of_its_type_or_stays_json(values: Any, kind: str, kept: list[Any] | None) -> None:
    made = x(*values)
    assert str(made.field("infos.0.x").type) == kind
    assert kept is None or made.column("infos.0.x").to_pylist() == kept


@pytest.mark.parametrize(
    ("left", "right", "frame", "values"),
    [
        (x(0, 1, 2), x(0, 1, 3), 2, [2, 3]),
        (x(0.5, 0.0), x(0.5, -0.0), 1, [0.0, -0.0]),
        (x(0, 1, 2), x(0, 1.0, 2), 1, [1, "1.0"]),
        (x(1, 2), x(1.0, 2.0), 0, [1, 1.0]),
        (x(1, 0), x(True, False), 0, [1, True]),
        (x("1", "2.5"), x(1, 2.5), 0, ["1", "1"]),
        (x(1, 2), table({"x": 1}, {}), 1, [2, None]),
        (table({}, {}), table({}, {"x": 7}), 1, [None, 7]),
        (table({}), x(None), 0, ["another schema", "another schema"]),
    ],
)
def test_the_first_difference_is_named_by_frame_column_and_seats(
    left: Any, right: Any, frame: int, values: list[Any]
) -> None:
    found = tables.first_difference({0: left, 3: right})
    assert found == {"seats": [0, 3], "frame": frame, "column": "infos.0.x", "values": values}
    assert [type(value) for value in found["values"]] == [type(value) for value in values]


@pytest.mark.parametrize("make", [lambda: x(1, 2), lambda: x(NAN, 0.1), lambda: x(1, 1.0, "1"), lambda: table({}, {})])
def test_what_is_the_same_is_equal(make: Any) -> None:
    assert tables.first_difference({0: make(), 1: make(), 2: make()}) is None


def test_zero_of_either_sign_as_a_reward_is_told_apart() -> None:
    found = tables.first_difference({0: table({}), 1: table({}, reward=-0.0)})
    assert found is not None
    assert (found["frame"], found["column"]) == (0, "rewards.0")


def test_a_missing_row_is_a_difference_after_the_last_common_one() -> None:
    found = tables.first_difference({0: x(1, 2), 1: x(1, 2), 2: x(1)})
    assert found == {"seats": [0, 2], "frame": 1, "column": "", "values": ["2 rows", "1 rows"]}
