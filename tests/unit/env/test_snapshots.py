"""A kept state is a copy in every respect: kinds, order of keys, what stands in two places; however it was kept."""

from __future__ import annotations

import pickle
from collections import OrderedDict, defaultdict
from enum import IntEnum, StrEnum
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from igym_env import snapshots
from igym_env.forms import seen
from igym_env.snapshots import LEARN_AFTER, Snapshots, copier


class Colour(IntEnum):
    RED = 1


class Item(StrEnum):
    ORDER = "order"


KEYS = st.sampled_from(["x", "order", Item.ORDER, "%b", 'a"b'])
LEAVES = st.integers(-3, 300) | st.booleans() | st.none() | st.floats() | st.text(max_size=2) | st.binary(max_size=2)
INNER = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.dictionaries(st.sampled_from([1, "1", (1, 2)]), inner, max_size=2)
        | st.sets(st.integers(0, 3), max_size=2)
        | st.just(inner).flatmap(lambda of: of).map(lambda shared: [shared, shared])
    ),
    max_leaves=8,
)
STATES = st.fixed_dictionaries({"frame": st.integers(), "cooks": INNER, 'q"': INNER}) | INNER


def graph(value: Any, numbers: dict[int, int] | None = None) -> Any:
    """All there is to see of a value: kinds, order, leaves, and which lists, dicts and sets are one and the same."""
    numbers = {} if numbers is None else numbers
    kind = type(value)
    if isinstance(value, (list, dict, set)):
        if id(value) in numbers:
            return "again", numbers[id(value)]
        numbers[id(value)] = len(numbers)
    if isinstance(value, dict):
        return kind, [(graph(key, numbers), graph(item, numbers)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return kind, [graph(item, numbers) for item in value]
    return kind, sorted(value) if isinstance(value, set) else repr(value)


def learnt(*states: Any) -> Snapshots:
    made = Snapshots()
    for frame, state in enumerate(states):
        for again in range(LEARN_AFTER * 2**frame):
            made.save(again, state)
    return made


def is_pickled(kept: Snapshots, state: Any) -> bool:
    kept.save(0, state)
    return kept._kept[0][0] is pickle.loads


def kitchen(*, order: int = 1) -> dict[str, Any]:
    return {
        "cooks": [{"x": 1, "from": [1, 2]}, {"x": 2, "from": [2, 2]}],
        "pots": [[], [3]],
        "order": order,
        "rng": (1, 2),
    }


@settings(deadline=None, max_examples=300)
@given(st.lists(STATES, min_size=1, max_size=3), STATES)
def test_whatever_was_learnt_a_copy_shows_all_that_the_state_shows(lessons: list[Any], state: Any) -> None:
    kept = learnt(*lessons)
    for one in (*lessons, state):
        kept.save(7, one)
        assert graph(kept.load(7)) == graph(one)


@settings(deadline=None, max_examples=200)
@given(STATES)
def test_a_form_gives_the_value_or_nothing(state: Any) -> None:
    form = copier(seen(state))
    if form is None or (values := form[0](state)) is None:
        return
    assert graph(form[1](values)) == graph(state)


def test_a_state_that_comes_again_is_not_pickled_and_later_changes_reach_no_copy() -> None:
    kept = learnt(kitchen())
    state = kitchen(order=2)
    assert not is_pickled(kept, state)
    state["cooks"][0]["from"].append(9)
    first = kept.load(0)
    first["pots"][1].append(9)
    assert kept.load(0) == kitchen(order=2)


def test_what_varies_is_learnt_place_by_place() -> None:
    longer = kitchen() | {"pots": [[3, 3, 3], [1, 1]]}
    kept = learnt(kitchen(), longer)
    assert not is_pickled(kept, longer)
    assert not is_pickled(kept, kitchen() | {"pots": [[1, 2], []]})
    assert is_pickled(kept, kitchen() | {"pots": [[1, [2]], []]})


SHARED = [1, 2]


@pytest.mark.parametrize(
    "state",
    [
        kitchen() | {"pots": [SHARED, SHARED]},
        kitchen() | {"pots": OrderedDict(a=1)},
        kitchen() | {"order": True},
        kitchen() | {"order": Colour.RED},
        kitchen() | {"order": np.int64(1)},
        {Item.ORDER if key == "order" else key: value for key, value in kitchen().items()},
        {"pots": [[], [3]], "cooks": kitchen()["cooks"], "order": 1, "rng": (1, 2)},
        OrderedDict(kitchen()),
        kitchen() | {"cooks": defaultdict(list)},
        kitchen() | {"cooks": kitchen()["cooks"] + kitchen()["cooks"]},
    ],
)
def test_what_is_not_as_it_was_learnt_is_pickled(state: Any) -> None:
    kept = learnt(kitchen())
    assert is_pickled(kept, state)
    assert graph(kept.load(0)) == graph(state)


@pytest.mark.parametrize("state", [{"grid": np.arange(3)}, {"seen": {1, 2}}, {"at": 1j}, {"pots": [SHARED, SHARED]}])
def test_what_no_form_can_copy_stays_with_pickle(state: Any) -> None:
    kept = learnt(state, state)
    assert is_pickled(kept, state)


def test_a_loop_is_kept() -> None:
    state: dict[str, Any] = {"a": [1]}
    state["a"].append(state)
    kept = learnt(state)
    kept.save(3, state)
    copy = kept.load(3)
    assert copy["a"][1] is copy is not state


def test_frames_below_are_forgotten() -> None:
    kept = learnt(kitchen())
    kept.release(5)
    assert kept.frames == [5, 6, 7]
    assert (4 in kept, 5 in kept) == (False, True)
    with pytest.raises(KeyError):
        kept.load(4)


def test_forms_hold_nothing_of_a_value() -> None:
    """A key or a text is never part of the source: whatever it says, it is not run."""
    state = {'"]: __import__("os")': ["'''", "\\"]}
    form = copier(seen(state))
    assert form is not None
    values = form[0](state)
    assert values is not None
    assert form[1](values) == state
    assert snapshots.PLAIN.isdisjoint({list, dict, set, tuple})
