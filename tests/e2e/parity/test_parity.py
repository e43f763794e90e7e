"""Everybody's data comes out identical, whatever the path between the browsers does (requirements 25.1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass

SCENARIOS = ["p2p-clean-active", "p2p-latency-100", "p2p-loss-15", "p2p-blackout-2s"]
SMOKE = {("p2p-clean-active", "kitchen"), ("p2p-latency-100", "volley"), ("p2p-loss-15", "kitchen")}


@pytest.mark.parametrize(
    ("scenario", "env"),
    [
        pytest.param(scenario, env, marks=[pytest.mark.smoke] if (scenario, env) in SMOKE else [])
        for scenario in SCENARIOS
        for env in ("kitchen", "volley")
    ],
)
def test_every_seat_stores_the_same_rows(play: Callable[..., RunResult], scenario: str, env: str) -> None:
    raise_unless_pass(play(scenario, env=env).verdict)
