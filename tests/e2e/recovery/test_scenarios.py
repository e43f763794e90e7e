"""The path to the server, or the server itself, is disturbed: the game goes on between the browsers and no row is lost (chaos handbook 12.5)."""

from __future__ import annotations

from collections.abc import Callable

from igym_chaos.scenario import Scenario
from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass

TESTED_ELSEWHERE = frozenset({"signal-latency-500"})
SMOKE = frozenset({"signal-down-3s"})


def test_the_scenario_passes(play: Callable[..., RunResult], suite_scenario: Scenario) -> None:
    raise_unless_pass(play(suite_scenario.name, env=suite_scenario.workload.experiment).verdict)
