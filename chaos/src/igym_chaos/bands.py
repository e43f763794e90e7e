"""The intervals in which a measurement proves a fault (chaos handbook 1.5)."""

from __future__ import annotations

import math

LATENCY_FLOOR_MS = 5.0
LATENCY_SHARE = 0.10
SHARE_SIGMAS = 3.3
SHARE_FLOOR = 0.5


def latency_band(asked_ms: float) -> tuple[float, float]:
    """asked ± max(5 ms, 10 %)."""
    margin = max(LATENCY_FLOOR_MS, LATENCY_SHARE * asked_ms)
    return asked_ms - margin, asked_ms + margin


def share_band(percent: float, n: int) -> tuple[float, float]:
    """asked ± (3.3 standard deviations of a share of n packets, and half a point), percent; 95 % would call one good run in twenty unknown."""
    p = percent / 100
    margin = 100 * SHARE_SIGMAS * math.sqrt(p * (1 - p) / n) + SHARE_FLOOR if n else 0.0
    return percent - margin, percent + margin
