"""Offsets, drift and conversion of remote clocks."""

from __future__ import annotations

import pytest

from igym_harness.clock import Clocks, Exchange, Offset, drift_ms, measure, offset_of


def test_the_offset_comes_from_the_shortest_round_trip() -> None:
    slow = Exchange(sent_ms=0.0, remote_ms=1_090.0, received_ms=100.0)
    quick = Exchange(sent_ms=200.0, remote_ms=1_201.0, received_ms=202.0)
    assert offset_of([slow, quick]) == Offset(offset_ms=1_000.0, error_ms=1.0)


def test_an_offset_without_an_exchange_is_an_error() -> None:
    with pytest.raises(ValueError, match="empty"):
        offset_of([])


def test_a_remote_time_comes_back_to_the_harness_clock() -> None:
    assert Offset(offset_ms=1_000.0, error_ms=1.0).to_harness(1_234.5) == 234.5


@pytest.mark.parametrize(
    ("last", "drift"),
    [
        (Offset(1_000.5, 1.0), 0.0),
        (Offset(1_010.0, 1.0), 8.0),
        (Offset(990.0, 1.0), -8.0),
        (Offset(1_020.0, 50.0), 0.0),
    ],
)
def test_drift_is_what_the_errors_do_not_explain(last: Offset, drift: float) -> None:
    assert drift_ms(Offset(1_000.0, 1.0), last) == drift


async def test_measuring_asks_one_after_the_other() -> None:
    now = iter([0.0, 10.0, 20.0, 22.0])

    async def ask() -> float:
        return 521.0

    assert await measure(ask, exchanges=2, now_ms=lambda: next(now)) == Offset(500.0, 1.0)


def test_the_first_measurement_converts_and_the_last_tells_the_drift() -> None:
    clocks = Clocks()
    clocks.record("a", Offset(100.0, 0.5))
    clocks.record("a", Offset(109.0, 0.5))
    assert clocks.to_harness("a", 150.0) == 50.0
    assert clocks.drifts_ms() == {"a": 8.0}
    with pytest.raises(KeyError):
        clocks.to_harness("b", 1.0)


def test_another_document_is_another_clock_and_what_the_one_before_said_stays() -> None:
    clocks = Clocks()
    clocks.record("a", Offset(100.0, 0.5))
    clocks.renew("a", 1_000.0, Offset(107.0, 0.5))
    assert clocks.to_harness("a", 999.0) == 899.0
    assert clocks.to_harness("a", 1_000.0) == 893.0
    assert clocks.drifts_ms() == {"a": 0.0}, "two clocks that differ have not drifted"
    clocks.record("a", Offset(117.0, 0.5))
    assert clocks.drifts_ms() == {"a": 9.0}
    with pytest.raises(KeyError):
        clocks.renew("b", 0.0, Offset(0.0, 0.0))
