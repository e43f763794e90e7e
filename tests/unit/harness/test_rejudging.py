"""A run is judged again from what it recorded: the same answers from the same checkers, and what changed is named."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path

import pytest

from igym_chaos import scenario as scenarios
from igym_chaos import schedule
from igym_harness import collect, jsonl
from igym_harness.checkers import run_all
from igym_harness.cli import main
from igym_harness.collect import Recorded
from igym_harness.errors import UsageError
from igym_harness.evidence import Evidence, StoreRecord, artefacts_of
from igym_harness.plan import plan_of
from igym_harness.rejudging import Kept, check, keep
from igym_harness.run_folder import RunFolder
from igym_harness.verdict import PhaseFailure, findings_document


def recorded_of(good: Evidence) -> Recorded:
    return Recorded(
        participants=good.participants,
        statuses=good.statuses,
        page_events=good.page_events,
        console=good.console,
        server_events=good.server_events,
        server_log=good.server_log,
        faults=good.faults,
        stores=(StoreRecord(5.0, frozenset({("s", 0, 1, 2, "ab")})),),
        leftovers=(),
        loop_lag_p99_ms=math.nan,
        played={"a": ((1.0, 2), (3.0, 4))},
        clock_drift_ms={"a": 0.25, "b": math.nan},
    )


@pytest.fixture
def judged(tmp_path: Path, good: Evidence) -> Path:
    """A folder as a run leaves it, but without data files: checks that need them had no data, and have none now."""
    scenario = scenarios.find("p2p-latency-100")
    lock = schedule.plan(scenario, seed=7)
    (tmp_path / "scenario.toml").write_bytes(scenario.source)
    (tmp_path / "schedule.lock.json").write_text(lock.to_json(), encoding="utf-8")
    recorded = recorded_of(good)
    keep(RunFolder(tmp_path), Kept(recorded, None))
    expected = plan_of(scenario, lock).expected
    evidence = collect.evidence(expected, recorded, data=tmp_path / "data", artefacts=artefacts_of(tmp_path))
    jsonl.write_json(tmp_path / "checks.json", findings_document(run_all(evidence, scenario.expect.checks)))
    return tmp_path


def test_the_same_record_gets_the_same_answers(judged: Path) -> None:
    before = {path.name: path.read_bytes() for path in judged.iterdir()}
    found = check(judged)
    assert found.changed == []
    assert {one.check for one in found.findings if one.outcome == "holds"} >= {"CLI-1", "EFF-1", "SRV-4", "HAR-1"}
    assert {path.name: path.read_bytes() for path in judged.iterdir()} == before


def test_what_a_record_holds_comes_back_as_it_was(judged: Path, good: Evidence) -> None:
    """NaN, infinity, tuples and sets included: a checker sees no difference."""
    again = check(judged)
    scenario, lock = scenarios.find("p2p-latency-100"), schedule.plan(scenarios.find("p2p-latency-100"), seed=7)
    direct = collect.evidence(
        plan_of(scenario, lock).expected, recorded_of(good), data=judged / "data", artefacts=artefacts_of(judged)
    )
    assert [vars(one) for one in again.findings] == [vars(one) for one in run_all(direct, scenario.expect.checks)]


def test_another_answer_than_then_is_named(judged: Path) -> None:
    checks = json.loads((judged / "checks.json").read_text())
    checks = [{**one, "outcome": "violated" if one["check"] == "CLI-1" else one["outcome"]} for one in checks]
    jsonl.write_json(judged / "checks.json", [*checks, {"check": "OLD-1", "outcome": "holds"}])
    assert check(judged).changed == [
        "CLI-1: violated then, holds now: 2 consoles without an error",
        "OLD-1: holds then, was not asked now",
    ]


def test_a_phase_that_was_missed_still_counts(judged: Path, good: Evidence) -> None:
    keep(RunFolder(judged), Kept(recorded_of(good), PhaseFailure("boot", "no server", blame="harness")))
    assert "phase boot: no server" in check(judged).verdict.reasons


def test_the_command_answers_with_the_verdict(judged: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check", str(judged)]) == 1
    assert capsys.readouterr().out == "fail: SEQ-5: episode 0, seat 0 (a): no seal at the server\n"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "recorded.json").unlink(), "recorded.json is not there"),
        (lambda folder: (folder / "checks.json").unlink(), "checks.json is not there"),
        (lambda folder: (folder / "recorded.json").write_text("{"), "recorded.json cannot be read"),
        (lambda folder: (folder / "recorded.json").write_text("{}"), "recorded.json cannot be read"),
        (lambda folder: (folder / "scenario.toml").unlink(), "is no run folder"),
    ],
)
def test_what_cannot_be_judged_again_is_a_usage_error(judged: Path, spoil: Callable[[Path], object], said: str) -> None:
    spoil(judged)
    with pytest.raises(UsageError, match=said):
        check(judged)
