"""The command line: what it refuses, what it answers, and its exit codes."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from igym_chaos import scenario as scenarios
from igym_chaos import schedule
from igym_harness import cli, run
from igym_harness.errors import HarnessError, MissingPart
from igym_harness.options import Options
from igym_harness.verdict import EXIT_CODES


def scenario(name: str, suite: str = "parity") -> Any:
    budget, fault = SimpleNamespace(wall_s=60.0), SimpleNamespace(do="p2p.loss")
    participants: dict[str, Any] = {"a": {}, "b": {}}
    return SimpleNamespace(
        name=name,
        suite=suite,
        seed=41,
        doc=f"About {name}.",
        tier="browser",
        participants=participants,
        faults=[fault],
        budget=budget,
    )


class Runs:
    """Stands in for `run.execute`: answers with the given verdicts, remembers what was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[tuple[str, int]] = []
        self.options: list[Options] = []
        self.verdicts: Iterator[str] = iter(())
        self.error: HarnessError | None = None

    async def execute(self, scenario: Any, lock: Any, options: Options) -> Any:
        if self.error is not None:
            raise self.error
        self.asked.append((scenario.name, lock.seed))
        self.options.append(options)
        outcome = next(self.verdicts, "pass")
        (self.folder / "verdict.json").write_text(json.dumps({"verdict": outcome}) + "\n", encoding="utf-8")
        verdict = SimpleNamespace(outcome=outcome, headline=f"{outcome}: because")
        return SimpleNamespace(verdict=verdict, folder=self.folder, evidence=SimpleNamespace(leftovers=()), findings=[])


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Runs:
    known = {name: scenario(name) for name in ("p2p-clean", "p2p-loss-15")} | {
        "signal-x": scenario("signal-x", "recovery"),
        "planted-x": scenario("planted-x", "self"),
    }
    fake = Runs(tmp_path)

    def find(name: str) -> Any:
        if name not in known:
            raise scenarios.ScenarioError(f"no scenario {name!r}")
        return known[name]

    monkeypatch.setattr(scenarios, "find", find)
    monkeypatch.setattr(scenarios, "all_scenarios", lambda: list(known.values()))
    monkeypatch.setattr(schedule, "plan", lambda scenario, *, seed, env: SimpleNamespace(seed=seed, env=env))
    monkeypatch.setattr(run, "execute", fake.execute)
    monkeypatch.chdir(tmp_path)
    return fake


def call(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    return cli.main(arguments, out, err), out.getvalue(), err.getvalue()


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--nonsense"], "--nonsense"),
        ([], "--list"),
        (["run"], "--list"),
        (["no-such"], "no-such"),
        (["nowhere/*"], "parity, recovery"),
        (["nowhere.toml"], "nowhere.toml"),
        (["p2p-clean", "--seed", "-1"], "--seed"),
        (["p2p-clean", "--seed", "x"], "'x'"),
        (["p2p-clean", "--repeat", "0"], "--repeat"),
        (["p2p-clean", "--repeat", "many"], "--repeat"),
        (["p2p-clean", "--sabotage", "none"], "none"),
        (["p2p-clean", "--replay", "nowhere"], "--replay"),
        (["--replay", "nowhere"], "nowhere"),
    ],
)
def test_a_wrong_command_line_is_exit_4_with_one_line(runs: Runs, arguments: list[str], word: str) -> None:
    code, _, err = call(*arguments)
    assert code == 4
    assert word in err
    assert err.count("\n") == 1
    assert runs.asked == []


def test_the_first_line_is_the_replay_line_the_second_the_verdict(runs: Runs) -> None:
    code, out, _ = call("p2p-clean")
    assert code == 0
    assert out == f"replay: python -m igym_chaos --replay {runs.folder}\npass: because\n"
    assert runs.asked == [("p2p-clean", 41)]


@pytest.mark.parametrize("outcome", ["pass", "fail", "unknown", "broken"])
def test_the_verdict_is_the_exit_code(runs: Runs, outcome: str) -> None:
    runs.verdicts = iter([outcome])
    assert call("run", "p2p-clean")[0] == {"pass": 0, "fail": 1, "unknown": 2, "broken": 3}[outcome]


def test_repeats_take_the_following_seeds_and_the_worst_verdict(runs: Runs) -> None:
    runs.verdicts = iter(["unknown", "fail", "broken"])
    code, _, _ = call("p2p-clean", "--seed", "7", "--repeat", "3")
    assert runs.asked == [("p2p-clean", 7), ("p2p-clean", 8), ("p2p-clean", 9)]
    assert code == 1


def test_several_runs_are_told_together(runs: Runs) -> None:
    _, out, _ = call("p2p-clean", "--repeat", "2", "--runs", "kept")
    assert "round: 2 pass" in out
    assert len(list(Path("kept/rounds").glob("*/round.json"))) == 1


def test_one_run_is_no_round(runs: Runs) -> None:
    _, out, _ = call("p2p-clean", "--runs", "kept")
    assert "round:" not in out
    assert not Path("kept").exists()


def test_all_is_every_scenario_that_plants_no_error(runs: Runs) -> None:
    call("all")
    assert [name for name, _ in runs.asked] == ["p2p-clean", "p2p-loss-15", "signal-x"]


def test_until_fail_stops_at_the_first_verdict_that_is_not_pass(runs: Runs) -> None:
    runs.verdicts = iter(["pass", "pass", "unknown"])
    assert call("p2p-clean", "--until-fail")[0] == 2
    assert len(runs.asked) == 3


def test_a_suite_is_all_its_scenarios(runs: Runs) -> None:
    assert call("parity/*")[0] == 0
    assert [name for name, _ in runs.asked] == ["p2p-clean", "p2p-loss-15"]


def test_a_random_seed_is_shown(runs: Runs) -> None:
    _, _, err = call("p2p-clean", "--seed", "random")
    assert f"p2p-clean seed {runs.asked[0][1]}\n" in err


def test_options_reach_the_run(runs: Runs) -> None:
    arguments = ["--headed", "--browser", "chrome", "--slow-mo", "50", "--sabotage", "arm-late", "--runs", "elsewhere"]
    call("p2p-clean", *arguments)
    options = runs.options[0]
    assert (options.headed, options.browser, options.slow_mo_ms, options.sabotage) == (True, "chrome", 50.0, "arm-late")
    assert options.runs == Path("elsewhere")


def test_a_missing_part_is_exit_3_with_one_line(runs: Runs) -> None:
    runs.error = MissingPart("a Chromium browser", "install the package chromium")
    code, _, err = call("p2p-clean")
    assert code == EXIT_CODES["broken"]
    assert err.endswith("\nbroken: a Chromium browser is missing: install the package chromium\n")


def test_json_answers_for_machines(runs: Runs) -> None:
    _, out, _ = call("p2p-clean", "--json")
    assert json.loads(out) == {"verdict": "pass"}


def test_the_list_shows_suites_and_what_the_runs_so_far_prove(runs: Runs, tmp_path: Path) -> None:
    lines = [
        {"scenario": "p2p-clean", "verdict": "pass"},
        {"scenario": "p2p-clean", "verdict": "pass"},
        {"scenario": "p2p-clean", "verdict": "unknown", "sabotage": "arm-late"},
        {"scenario": "signal-x", "verdict": "fail"},
        {"scenario": "planted-x", "verdict": "fail"},
    ]
    (tmp_path / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    code, out, _ = call("--list", "--runs", str(tmp_path))
    assert code == 0
    assert out.startswith("parity\n")
    assert "0 failures in 2 runs, < 77.6 % at 95 %" in out
    assert "1 of 1 runs did not end as they should" in out
    assert "never run" in out
    listed = json.loads(call("--list", "--json", "--runs", str(tmp_path))[1])
    assert [row["name"] for row in listed] == ["p2p-clean", "p2p-loss-15", "signal-x", "planted-x"]
    assert [row["failures"] for row in listed] == [0, 0, 1, 0], "an error that was planted and found is none"
    assert listed[0]["faults"] == ["p2p.loss"]


def test_an_unforeseen_error_accuses_the_harness_not_the_product(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    def plan(*_: Any, **__: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(schedule, "plan", plan)
    code, _, err = call("p2p-clean")
    assert code == 3
    assert "ZeroDivisionError" in err


def test_the_report_of_an_old_run_is_made_again(run_folder: Path) -> None:
    (run_folder / "report.html").unlink(missing_ok=True)
    code, said, _ = call("--report", str(run_folder))
    assert (code, said) == (0, f"{run_folder / 'report.html'}\n")
    assert (run_folder / "report.html").stat().st_size > 1_000


def test_a_folder_without_a_run_is_named(tmp_path: Path) -> None:
    code, _, complaint = call("--report", str(tmp_path))
    assert code == 4
    assert f"{tmp_path} has no verdict.json" in complaint
