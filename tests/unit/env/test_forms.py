"""What is learnt of the shape of a value never changes its bytes, and fits every value that it was learnt from."""

from __future__ import annotations

import math
from collections import defaultdict
from functools import reduce
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from igym_env import encoding
from igym_env.encoding import EncodingError, encode
from igym_env.forms import PLACES, compiled, merged, seen

LEAVES = (
    st.integers(-3, 3)
    | st.booleans()
    | st.none()
    | st.floats()
    | st.sampled_from(["", "a", "%d", "é"])
    | st.binary(max_size=2)
)
KEYS = st.sampled_from(["x", "y", "%b", "z"])
INNER = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.dictionaries(st.sampled_from([1, 1.0, True, "1"]), inner, max_size=2)
        | st.sets(st.integers(0, 3), max_size=2)
    ),
    max_leaves=8,
)
STATES = st.fixed_dictionaries({"frame": st.integers(), "cooks": INNER, "%s": INNER})


def plain(value: Any) -> bytes:
    """The canonical bytes, written down as the format is described."""
    if value is None or isinstance(value, bool):
        return {None: b"N", True: b"T", False: b"F"}[value]
    if isinstance(value, int):
        return f"i{value};".encode()
    if isinstance(value, float):
        text = repr(round(value, 10) + 0.0) if math.isfinite(value) else "nan" if value != value else f"{value:+}"
        return f"f{text};".encode()
    if isinstance(value, str):
        return f"s{len(value.encode())}:{value}".encode()
    if isinstance(value, bytes):
        return b"b%d:%b" % (len(value), value)
    if isinstance(value, dict):
        return b"d%d:" % len(value) + b"".join(sorted(plain(key) + plain(item) for key, item in value.items()))
    if isinstance(value, set):
        return b"e%d:" % len(value) + b"".join(sorted(map(plain, value)))
    return (b"l" if isinstance(value, list) else b"t") + b"%d:" % len(value) + b"".join(map(plain, value))


@settings(deadline=None)  # a busy machine is no property of the encoding
@given(st.lists(STATES, min_size=1, max_size=4), STATES)
def test_a_form_fits_whatever_it_was_learnt_from_and_nothing_else_gets_other_bytes(
    states: list[Any], other: Any
) -> None:
    write = compiled(reduce(merged, map(seen, states)), lambda _kind: plain, plain)
    assert [write(state) for state in states] == [plain(state) for state in states]
    assert write(other) in (None, plain(other))


@settings(deadline=None)
@given(st.lists(STATES, min_size=1, max_size=3))
def test_states_of_several_shapes_in_turn_keep_their_bytes(states: list[Any]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "COMPILED_AFTER", 2)
        encoding._form.cache_clear()
        for _ in range(20):
            assert [encode(state) for state in states] == [plain(state) for state in states]
    encoding._form.cache_clear()


@pytest.mark.parametrize("other", [[True, 2], [1.0, 2], (1, 2), [1, 2, 3], [1], {"a": 1, "b": 2}, {1, 2}, "12", None])
def test_another_kind_in_a_place_is_another_shape(other: Any) -> None:
    write = compiled(seen({"at": [1, 2]}), lambda _kind: plain, plain)
    assert write({"at": [1, 2]}) == plain({"at": [1, 2]})
    assert write({"at": other}) is None


def test_a_world_that_differs_from_frame_to_frame_is_learnt_in_the_places_that_stay() -> None:
    """Pots fill and counters come and go: the form is compiled anew a few times, not at every change."""
    tree = reduce(merged, map(seen, ({"pots": [{"in": [1] * count, "left": 0}]} for count in range(4))))
    write = compiled(tree, lambda _kind: plain, plain)
    assert write({"pots": [{"in": [1] * 9, "left": 7}]}) == plain({"pots": [{"in": [1] * 9, "left": 7}]})
    assert write({"pots": [{"in": 3, "left": 7}]}) is None


def test_a_large_value_is_learnt_as_deep_as_its_places_allow() -> None:
    large = {"grid": [[[0] * 16] * 16] * 16, "frame": 1}
    assert 3 <= len(seen(large)) <= PLACES
    assert compiled(seen(large), lambda _kind: plain, plain)(large) == plain(large)


def test_a_value_without_a_form_is_named_in_a_place_that_was_learnt() -> None:
    for _ in range(encoding.COMPILED_AFTER + 2):
        encode({"cooks": [{"held": 1.5, "x": 1}]})
    for _ in range(encoding.COMPILED_AFTER + 2):
        with pytest.raises(EncodingError, match=r"value\['cooks'\]\[0\]\['held'\]"):
            encode({"cooks": [{"held": object(), "x": 1}]})


class Strange:
    """No plain value; what is taken out of it runs code of its own."""

    def __getitem__(self, key: Any) -> Any:
        raise AttributeError(key)

    def __iter__(self) -> Any:
        raise RuntimeError


@pytest.mark.parametrize("inner", [{"x": 1, "y": 2}, [1, 2], (1, 2), {"x": 1}])
def test_nothing_is_taken_out_of_a_value_of_another_kind(inner: Any) -> None:
    """An error leaves what it was given as it was, and is the same error whatever was learnt before."""
    for _ in range(encoding.COMPILED_AFTER + 2):
        encode({"deep": [{"at": inner}]})
    filled = defaultdict(int, x=1)
    items = iter([1, 2, 3])
    for other in (filled, items, Strange()):
        with pytest.raises(EncodingError, match=r"value\['deep'\]\[0\]\['at'\]"):
            encode({"deep": [{"at": other}]})
    assert (dict(filled), list(items)) == ({"x": 1}, [1, 2, 3])
