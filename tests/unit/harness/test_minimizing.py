"""A failing run is played smaller and smaller; a step stays when the same check is violated in two of three replays."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from igym_chaos import scenario as scenarios
from igym_chaos import schedule
from igym_chaos.scenario import Scenario
from igym_chaos.schedule import Lock
from igym_harness.errors import UsageError
from igym_harness.minimizing import minimize
from igym_harness.options import Options


def run_folder(path: Path, name: str = "p2p-four-loss-5", **verdict: Any) -> Path:
    scenario = scenarios.find(name)
    (path / "scenario.toml").write_bytes(scenario.source)
    (path / "schedule.lock.json").write_text(schedule.plan(scenario, seed=5).to_json(), encoding="utf-8")
    said = {"verdict": "fail", "violated": ["PAR-1", "SEQ-1"], "sabotage": None, **verdict}
    (path / "verdict.json").write_text(json.dumps(said), encoding="utf-8")
    return path


class Runner:
    """Plays nothing; says which checks a scenario violates."""

    def __init__(self, violated: Callable[[Scenario, int], list[str]]) -> None:
        self.violated = violated
        self.options: list[Options] = []

    async def __call__(self, scenario: Scenario, lock: Lock, options: Options) -> Any:
        assert lock.seed == 5
        self.options.append(options)
        return SimpleNamespace(verdict=SimpleNamespace(violated=self.violated(scenario, len(self.options))))


async def test_what_does_not_matter_goes_and_the_rest_is_written(tmp_path: Path) -> None:
    folder = run_folder(tmp_path, sabotage="alter-upload")
    runner = Runner(lambda scenario, _: ["PAR-1"] if any(f.do == "p2p.latency" for f in scenario.faults) else [])
    said: list[str] = []
    found = await minimize(folder, Options(), execute=runner, say=said.append)
    again = scenarios.load(folder / "minimized.toml")
    assert [fault.do for fault in again.faults] == ["p2p.latency"]
    assert list(again.participants) == ["a", "b"]
    assert (found.faults, found.check, found.runs) == (1, "PAR-1", len(runner.options))
    assert schedule.Lock.from_json((folder / "minimized.lock.json").read_text(encoding="utf-8")).seed == 5
    assert {one.sabotage for one in runner.options} == {"alter-upload"}
    assert said[0].startswith("minimizing")


async def test_a_bug_in_another_tree_is_looked_for_in_that_tree(tmp_path: Path) -> None:
    runner = Runner(lambda scenario, _: ["PAR-1"] if any(f.do == "p2p.latency" for f in scenario.faults) else [])
    folder = run_folder(tmp_path, source="/somewhere/planted")
    found = await minimize(folder, Options(), execute=runner, say=lambda _: None)
    assert {(one.sabotage, one.source) for one in runner.options} == {(None, Path("/somewhere/planted"))}
    assert found.source == Path("/somewhere/planted")


async def test_another_check_is_another_failure(tmp_path: Path) -> None:
    runner = Runner(lambda scenario, _: ["PAR-1"] if len(scenario.faults) == 2 else ["LIV-2"])
    found = await minimize(run_folder(tmp_path), Options(), execute=runner, say=lambda _: None)
    assert found.faults == 2


async def test_one_of_three_replays_is_not_enough(tmp_path: Path) -> None:
    runner = Runner(lambda _, turn: ["PAR-1"] if turn % 3 == 1 else [])
    found = await minimize(run_folder(tmp_path), Options(), execute=runner, say=lambda _: None)
    assert not any(still for _, still in found.shrunk.tried)


async def test_it_stops_when_the_time_is_over(tmp_path: Path) -> None:
    runner = Runner(lambda *_: ["PAR-1"])
    clock = iter(range(0, 10_000, 1_000))
    found = await minimize(
        run_folder(tmp_path), Options(), execute=runner, say=lambda _: None, now_s=lambda: float(next(clock))
    )
    assert found.shrunk.out_of_time


@pytest.mark.parametrize("verdict", [{"verdict": "pass", "violated": []}, {"verdict": "broken", "violated": []}])
async def test_a_run_that_violated_nothing_is_refused(tmp_path: Path, verdict: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="nothing to minimize"):
        await minimize(run_folder(tmp_path, **verdict), Options(), execute=Runner(lambda *_: []), say=lambda _: None)


async def test_a_folder_without_a_verdict_is_no_finished_run(tmp_path: Path) -> None:
    folder = run_folder(tmp_path)
    (folder / "verdict.json").unlink()
    with pytest.raises(UsageError, match="no finished run"):
        await minimize(folder, Options(), execute=Runner(lambda *_: []), say=lambda _: None)
