"""Draws are pure: the golden vectors hold in every language that repeats them."""

from __future__ import annotations

import json
from pathlib import Path

from igym_chaos import draws

VECTORS = Path(__file__).parents[2] / "vectors" / "chaos-draws.json"


def test_the_golden_vectors_hold() -> None:
    for vector in json.loads(VECTORS.read_text(encoding="utf-8")):
        start = draws.stream(*vector["of"])
        assert start == vector["stream"]
        assert [draws.draw(start, index) for index in range(len(vector["draws"]))] == vector["draws"]


def test_shares_are_spread_evenly() -> None:
    start = draws.stream(1, "s", "f", "p", "", "x")
    shares = [draws.share(start, index) for index in range(10_000)]
    assert all(0 <= one < 1 for one in shares)
    tenths = [sum(tenth / 10 <= one < (tenth + 1) / 10 for one in shares) for tenth in range(10)]
    assert min(tenths) > 850
    assert max(tenths) < 1150


def test_a_probability_is_met() -> None:
    start = draws.stream(2, "s", "f", "p", "", "x")
    assert not any(draws.hit(start, index, 0.0) for index in range(1000))
    assert all(draws.hit(start, index, 1.0) for index in range(1000))
    hits = sum(draws.hit(start, index, 0.15) for index in range(10_000))
    assert 1_350 < hits < 1_650
