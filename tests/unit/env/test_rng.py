"""The generator is the same sequence everywhere, and its state is all of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from igym_env.rng import Generator

VECTORS = Path(__file__).parents[2] / "vectors" / "rng.json"


def test_the_golden_vectors_hold() -> None:
    for seed, expected in json.loads(VECTORS.read_text(encoding="utf-8")).items():
        generator = Generator(int(seed))
        assert [generator.next_u32() for _ in expected] == expected, seed


@given(st.integers(0, 2**64), st.integers(0, 20))
def test_the_state_is_everything(seed: int, steps: int) -> None:
    first, second = Generator(seed), Generator(0)
    for _ in range(steps):
        first.next_u32()
    second.state = first.state
    assert [first.random() for _ in range(5)] == [second.random() for _ in range(5)]


@given(st.integers(0, 2**32), st.integers(-50, 50), st.integers(1, 40))
def test_draws_lie_in_their_range(seed: int, low: int, width: int) -> None:
    generator = Generator(seed)
    assert low <= generator.randrange(low, low + width) < low + width
    assert low <= generator.randint(low, low + width) <= low + width
    assert 0 <= generator.random() < 1
    assert 0 <= generator.getrandbits(width) < 2**width
    assert sorted(generator.sample(range(width), width)) == list(range(width))


def test_every_value_is_drawn_about_as_often() -> None:
    generator = Generator(7)
    counts = [0] * 10
    for _ in range(10_000):
        counts[generator.randrange(10)] += 1
    assert min(counts) > 880, "five standard deviations below 1,000 is 850"
    assert max(counts) < 1_120


@pytest.mark.parametrize("state", [(1, 2, 3), (0, 0, 0, 0), (1, 2, 3, 2**32), (1, 2, 3, -1)])
def test_a_state_that_is_none_is_refused(state: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="four 32-bit integers"):
        Generator(1).state = state
