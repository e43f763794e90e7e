"""Canonical bytes are read back leaf by leaf; a difference is named by its path."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igym_env.decoding import differences, leaves
from igym_env.encoding import encode

KEYS = st.text(max_size=4) | st.integers(-5, 5)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.binary(max_size=6),
    lambda inner: st.lists(inner, max_size=4) | st.tuples(inner, inner) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(PLAIN)
def test_every_encoded_value_is_read_to_its_end_and_equals_itself(value: Any) -> None:
    data = encode(value)
    assert leaves(data)
    assert differences(data, data) == []


@given(PLAIN, st.integers(0, 200))
def test_bytes_that_were_cut_are_refused(value: Any, length: int) -> None:
    data = encode(value)
    if length >= len(data):
        return
    with pytest.raises(ValueError):  # noqa: PT011 - a number that was cut, or a byte that is missing
        leaves(data[:length])


def test_a_difference_has_the_path_of_the_field() -> None:
    a = {"cooks": [{"x": 1, "held": "dish"}, {"x": 2, "held": None}], 7: (1.5, b"")}
    b = {"cooks": [{"x": 1, "held": "soup"}, {"x": 2}], 7: (1.5, b"z")}
    assert differences(encode(a), encode(b)) == [
        {"path": "value[7][1]", "a": "bb''", "b": "bb'z'"},
        {"path": "value['cooks'][0]['held']", "a": "sb'dish'", "b": "sb'soup'"},
        {"path": "value['cooks'][1]['held']", "a": "N", "b": None},
    ]


def test_other_bytes_are_no_state() -> None:
    with pytest.raises(ValueError, match="no value begins with b'?'".replace("?", "[?]")):
        leaves(b"?")
    with pytest.raises(ValueError, match="1 bytes follow"):
        leaves(encode(1) + b"N")
