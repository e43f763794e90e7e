"""One value, one sequence of bytes: on every machine, in every order of insertion."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from igym_env.encoding import COMPILED_AFTER, EncodingError, encode, state_hash

VECTORS = Path(__file__).parents[2] / "vectors" / "encoding.json"

SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats() | st.binary()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.integers(), inner, max_size=4)
)


def test_the_golden_vectors_hold() -> None:
    """Expressions and the hashes that they had when the format was fixed; another hash is another format."""
    for expression, expected in json.loads(VECTORS.read_text(encoding="utf-8")).items():
        value = eval(expression, {"nan": math.nan, "inf": math.inf})  # noqa: S307 - our own file
        assert state_hash(value) == expected, expression


@given(VALUES)
def test_encoding_is_a_function_of_the_value(value: Any) -> None:
    assert encode(value) == encode(value)


@given(st.dictionaries(st.text() | st.integers(), st.integers(), max_size=8))
def test_the_order_of_insertion_does_not_count(value: dict[Any, int]) -> None:
    assert encode(value) == encode(dict(reversed(value.items())))


@given(st.lists(st.text() | st.integers()))
def test_the_order_of_a_set_does_not_count(values: list[Any]) -> None:
    assert encode(gathered(values)) == encode(gathered(reversed(values)))


def gathered(values: Iterable[Any]) -> set[Any]:
    """A set that grew in this order: where hashes collide, it is iterated in another one."""
    grown: set[Any] = set()
    for value in values:
        grown.add(value)
    return grown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (0.0, -0.0),
        (math.nan, -math.nan),
        (0.1 + 0.2, 0.3),
        (1e-11, 0.0),
        (np.float64(0.5), 0.5),
        (np.int64(7), 7),
        (np.bool_(True), True),
    ],
)
def test_what_counts_as_the_same(one: Any, other: Any) -> None:
    assert encode(one) == encode(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        ("1", 1),
        ("ab", b"ab"),
        ([1], (1,)),
        ({}, []),
        (None, False),
        ([[1], 2], [[1, 2]]),
        ({"a": 1, "b": 2}, {"a": 2, "b": 1}),
        (math.inf, -math.inf),
        (1e-10, 2e-10),
        (np.zeros((2, 3)), np.zeros((3, 2))),
        (np.zeros(2, np.int32), np.zeros(2, np.float32)),
    ],
)
def test_what_counts_as_different(one: Any, other: Any) -> None:
    assert encode(one) != encode(other)


@pytest.mark.parametrize(
    ("value", "where"),
    [({"cooks": [{"held": object()}]}, "value['cooks'][0]['held']"), ([1, lambda: 0], "value[1]"), (3 + 4j, "value")],
)
def test_a_value_without_a_form_is_named_by_its_path(value: Any, where: str) -> None:
    with pytest.raises(EncodingError) as caught:
        encode(value)
    assert where in str(caught.value)


def test_keys_that_look_like_places_of_a_form_are_ordinary_keys() -> None:
    assert encode({"%b": 1, "%%d": 2, "a": 3}) == b"d3:s1:ai3;s2:%bi1;s3:%%di2;"
    assert encode({"%b": 1, "%%d": "x"}) == b"d2:s2:%bi1;s3:%%ds1:x"
    assert encode({"%b": True, "%%d": 2}) == b"d2:s2:%bTs3:%%di2;"


def test_keys_that_python_calls_equal_stay_apart() -> None:
    assert [encode({key: 0}) for key in (1, 1.0, True, "1")] == [
        b"d1:i1;i0;",
        b"d1:f1.0;i0;",
        b"d1:Ti0;",
        b"d1:s1:1i0;",
    ]


class Place(StrEnum):
    LEFT = "left"
    RIGHT = "right"


@settings(deadline=None)  # a busy machine is no property of the encoding
@given(VALUES)
def test_a_shape_that_comes_again_and_again_is_written_as_the_first_time(value: Any) -> None:
    told = {"value": value, "count": 3, "%b": [1.5, {"inner": None}], "flag": True, "none": {}}
    assert {encode(told) for _ in range(COMPILED_AFTER + 2)} == {encode(told)}
    assert encode({**told, "count": 4}).replace(b"s5:counti4;", b"s5:counti3;") == encode(told)


def test_keys_that_python_calls_equal_stay_apart_however_often_they_come() -> None:
    for _ in range(COMPILED_AFTER + 2):
        test_keys_that_python_calls_equal_stay_apart()


def test_a_key_of_a_kind_of_text_is_that_text() -> None:
    """Whether or not a dict with the plain text came before."""
    assert encode({Place.LEFT: 1, Place.RIGHT: 2}) == encode({"left": 1, "right": 2}) == b"d2:s4:lefti1;s5:righti2;"


def test_a_value_without_a_form_is_named_also_in_a_shape_that_is_known() -> None:
    for _ in range(COMPILED_AFTER + 2):
        encode({"held": [1.0], "x": 1})
    with pytest.raises(EncodingError, match=r"value\['held'\]\[0\]"):
        encode({"held": [object()], "x": 1})
