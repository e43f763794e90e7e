"""The intervals in which a measurement counts as proof."""

from __future__ import annotations

from math import comb

import pytest

from igym_chaos.bands import binomial_band, latency_band


@pytest.mark.parametrize(("asked", "band"), [(10, (5, 15)), (50, (45, 55)), (200, (180, 220)), (1000, (900, 1100))])
def test_latency_is_known_to_5_ms_or_10_percent(asked: float, band: tuple[float, float]) -> None:
    assert latency_band(asked) == band


@pytest.mark.parametrize(("percent", "n"), [(15, 600), (15, 1000), (1, 600), (50, 700), (27.75, 1000)])
def test_the_binomial_band_holds_95_percent_of_all_runs(percent: float, n: int) -> None:
    """Against the distribution itself, with exact integers."""
    low, high = binomial_band(percent, n)
    p = percent / 100
    inside = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1) if low <= 100 * k / n <= high)
    assert inside >= 0.95
    narrower = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1) if low < 100 * k / n < high)
    assert narrower < 0.96, "the band is no wider than it must be"


def test_no_packet_and_no_chance_have_no_width() -> None:
    assert binomial_band(15, 0) == (15, 15)
    assert binomial_band(0, 100) == (0, 0)
    assert binomial_band(100, 100) == (100, 100)
