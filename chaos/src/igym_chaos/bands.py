"""The intervals in which a measurement proves a fault (chaos handbook 1.5)."""

from __future__ import annotations

import math
from functools import cache

LATENCY_FLOOR_MS = 5.0
LATENCY_SHARE = 0.10


def latency_band(asked_ms: float) -> tuple[float, float]:
    """asked ± max(5 ms, 10 %)."""
    margin = max(LATENCY_FLOOR_MS, LATENCY_SHARE * asked_ms)
    return asked_ms - margin, asked_ms + margin


@cache
def binomial_band(percent: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """The central interval of a binomial share: at most (1 - confidence)/2 of all runs lie on either side; percent."""
    p, tail = percent / 100, (1 - confidence) / 2
    if n == 0 or p in (0.0, 1.0):
        return percent, percent
    low = _quantile(n, p, tail)
    high = n - _quantile(n, 1 - p, tail)
    return 100 * low / n, 100 * high / n


def _quantile(n: int, p: float, tail: float) -> int:
    """Smallest k with P(X <= k) > tail, X binomial."""
    log_p, log_q = math.log(p), math.log1p(-p)
    total = 0.0
    for k in range(n + 1):
        total += math.exp(
            math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1) + k * log_p + (n - k) * log_q
        )
        if total > tail:
            return k
    return n
