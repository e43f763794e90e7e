"""Everybody's data comes out identical, whatever the path between the browsers does (requirements 25.1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass


@pytest.mark.parametrize("env", ["kitchen", "volley"])
@pytest.mark.parametrize("scenario", ["p2p-clean-active", "p2p-latency-100", "p2p-loss-15", "p2p-blackout-2s"])
def test_every_seat_stores_the_same_rows(play: Callable[..., RunResult], scenario: str, env: str) -> None:
    raise_unless_pass(play(scenario, env=env).verdict)
