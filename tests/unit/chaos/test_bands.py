"""The intervals in which a measurement counts as proof."""

from __future__ import annotations

from math import comb

import pytest

from igym_chaos.bands import latency_band, share_band


@pytest.mark.parametrize(("asked", "band"), [(10, (5, 15)), (50, (45, 55)), (200, (180, 220)), (1000, (900, 1100))])
def test_latency_is_known_to_5_ms_or_10_percent(asked: float, band: tuple[float, float]) -> None:
    assert latency_band(asked) == band


@pytest.mark.parametrize(("percent", "n"), [(15, 600), (15, 1000), (5, 1000), (50, 700), (27.75, 1000)])
def test_a_true_fault_lies_in_the_band_999_times_of_1000(percent: float, n: int) -> None:
    """Against the distribution itself, with exact integers."""
    low, high = share_band(percent, n)
    p = percent / 100
    inside = sum(comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1) if low <= 100 * k / n <= high)
    assert inside >= 0.999


def test_a_fault_that_does_nothing_lies_far_outside() -> None:
    assert share_band(5, 456)[0] > 1.0
    assert share_band(5, 4000) == pytest.approx((5 - 1.637, 5 + 1.637), abs=0.001)


def test_without_a_packet_there_is_no_width() -> None:
    assert share_band(15, 0) == (15, 15)
