"""Each disturbance of the path between two browsers leaves one set of rows (chaos handbook 12.1)."""

from __future__ import annotations

from collections.abc import Callable

from igym_chaos.scenario import Scenario
from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass

TESTED_ELSEWHERE = frozenset(
    {
        "p2p-clean-active",
        "p2p-latency-100",
        "p2p-loss-15",
        "p2p-blackout-2s",
        "p2p-three-loss-5",
        "p2p-four-loss-5",
        "relay-udp",
        "relay-tcp",
        "heavy-rtt-200",
    }
)


def test_the_scenario_passes(play: Callable[..., RunResult], suite_scenario: Scenario) -> None:
    raise_unless_pass(play(suite_scenario.name, env=suite_scenario.workload.experiment).verdict)
