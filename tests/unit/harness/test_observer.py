"""The lag of the harness's loop is that of the window which timings are judged in."""

from __future__ import annotations

import math

from igym_chaos.fault import Window
from igym_harness.observer import LoopLag


def test_lag_outside_the_window_does_not_count() -> None:
    lag = LoopLag([(float(t_ms), 400.0 if t_ms < 1_000 else 3.0) for t_ms in range(0, 5_000, 20)])
    assert lag.p99_ms(Window(1_000, 5_000)) == 3.0
    assert lag.p99_ms(Window(-math.inf, math.inf)) == 400.0


def test_two_late_wakes_of_a_hundred_are_the_p99() -> None:
    lag = LoopLag([(float(t_ms), 80.0 if t_ms in (7, 8) else 1.0) for t_ms in range(100)])
    assert lag.p99_ms(Window(0, 99)) == 80.0


def test_no_sample_in_the_window_is_no_number() -> None:
    assert math.isnan(LoopLag([(5.0, 1.0)]).p99_ms(Window(6, 9)))
