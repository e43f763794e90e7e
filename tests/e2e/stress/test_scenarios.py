"""Several sessions on one server at a time: each is exact, and what happens in one of them stays there (chaos handbook 12.4)."""

from __future__ import annotations

from collections.abc import Callable

from igym_chaos.scenario import Scenario
from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass


def test_the_scenario_passes(play: Callable[..., RunResult], suite_scenario: Scenario) -> None:
    raise_unless_pass(play(suite_scenario.name, env=suite_scenario.workload.experiment).verdict)
