"""The Allure content of a run: what a viewer will find."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from igym_harness.allure_report import CATEGORIES, log_excerpt, summary_page, write_surroundings
from igym_harness.run_sheet import load

pytest_plugins = "pytester"

PUBLISHING = """
from pathlib import Path
from igym_harness.allure_report import publish
from igym_harness.run_sheet import load

def test_run():
    publish(load(Path({folder!r})), stability_run=2)
"""


def published(pytester: pytest.Pytester, folder: Path) -> tuple[dict[str, Any], Path]:
    """The one Allure result of a test that publishes this folder, and where its attachments lie."""
    pytester.makepyfile(PUBLISHING.format(folder=str(folder)))
    results = pytester.path / "results"
    pytester.runpytest_subprocess("-p", "no:cacheprovider", f"--alluredir={results}").assert_outcomes(passed=1)
    (result,) = results.glob("*-result.json")
    return json.loads(result.read_text(encoding="utf-8")), results


def labels(result: dict[str, Any], name: str) -> list[str]:
    return [label["value"] for label in result["labels"] if label["name"] == name]


def test_a_run_is_found_by_suite_fault_scenario_and_requirement(pytester: pytest.Pytester, run_folder: Path) -> None:
    result, _ = published(pytester, run_folder)
    found = {
        name: labels(result, name) for name in ("epic", "feature", "story", "layer", "verdict", "injector", "class")
    }
    assert found == {
        "epic": ["parity"],
        "feature": ["p2p.latency"],
        "story": ["p2p-latency-100"],
        "layer": ["browser"],
        "verdict": ["pass"],
        "injector": ["C"],
        "class": ["D0"],
    }
    assert {"NET-01", "P2P-07"} <= set(labels(result, "tag"))
    parameters = {entry["name"]: (entry["value"], entry.get("excluded")) for entry in result["parameters"]}
    assert parameters["stability_run"] == ("2", None)
    assert parameters["participants"] == ("2", None)
    assert (parameters["seed"], parameters["commit"]) == (("41", True), ("'0123abcd'", True))


def test_phases_are_steps_and_a_fault_is_a_step_with_its_effect_row(
    pytester: pytest.Pytester, failed_folder: Path
) -> None:
    result, _ = published(pytester, failed_folder)
    steps = {step["name"].split(" (")[0]: step for step in result["steps"]}
    assert list(steps) == ["boot", "gate", "faults", "heal", "drain", "check"]
    (fault,) = steps["faults"]["steps"]
    assert (fault["name"], fault["status"]) == ("f1: p2p.latency on a", "broken")
    row = {entry["name"]: entry["value"].strip("'") for entry in fault["parameters"]}
    assert (row["asked"], row["measured"], row["band"], row["n"], row["in_band"]) == (
        "page 100 ms",
        "rtt 1.9 ms",
        "180 to 225",
        "40",
        "False",
    )
    outcomes = {step["name"].split(":")[0]: step["status"] for step in steps["check"]["steps"]}
    assert (outcomes["PAR-1 violated"], outcomes["EFF-1 violated"], outcomes["PAR-2 holds"]) == (
        "failed",
        "broken",
        "passed",
    )


def test_everything_that_explains_a_run_is_attached(pytester: pytest.Pytester, run_folder: Path) -> None:
    result, results = published(pytester, run_folder)
    attached = {entry["name"]: entry for entry in result["attachments"]}
    assert set(attached) == {
        "what was done to whom and what followed",
        "report.html",
        "effects: asked, measured, band, n",
        "verdict.json",
        "checks.json",
        "schedule.lock.json",
        "env.json",
        "ledger.jsonl",
        "trace of a",
        "trace of b",
        "server log excerpt",
    }
    summary = (results / attached["what was done to whom and what followed"]["source"]).read_text(encoding="utf-8")
    assert "everything between a and the other players was delayed" in summary


def test_the_log_excerpt_lies_around_the_named_line_or_at_the_end(run_folder: Path) -> None:
    sheet = load(run_folder)
    assert log_excerpt(sheet).splitlines()[-1].endswith("line 300")
    sheet.facts["first_bad"] = {"line": 100}
    lines = log_excerpt(sheet).splitlines()
    assert (lines[0].split()[-1], lines[-1].split()[-1]) == ("60", "140")
    (run_folder / "server" / "stdout.log").unlink()
    assert log_excerpt(sheet) == "no server log was kept"


def test_the_summary_says_how_to_see_the_traces(run_folder: Path) -> None:
    assert "show-trace participants/a/trace.zip" in summary_page(load(run_folder))
    for name in ("a", "b"):
        (run_folder / "participants" / name / "trace.zip").unlink()
    assert "are dropped" in summary_page(load(run_folder))


def test_surroundings_are_written_beside_the_results(tmp_path: Path) -> None:
    write_surroundings(
        tmp_path / "results", {"browser": "156.0", "cores": 2, "versions": {"python": "3.11.7", "note": "a\nb"}}
    )
    lines = (tmp_path / "results" / "environment.properties").read_text(encoding="utf-8").splitlines()
    assert lines == ["browser=156.0", "cores=2", "python=3.11.7", "note=a b"]
    for name in ("categories.json", "allurerc.json"):
        assert "Product: parity" in (tmp_path / "results" / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("status", "message", "category"),
    [
        ("failed", "igym_harness.errors.InvariantViolated: PAR-1: episode 0, frame 3 differs", "Product: parity"),
        (
            "failed",
            "igym_harness.errors.InvariantViolated: LIV-2: b ended on the screen 'playing'",
            "Product: liveness",
        ),
        ("broken", "igym_harness.errors.FaultNotInEffect: unknown: EFF-1: f1 not in effect", "Fault not in effect"),
        ("broken", "igym_harness.errors.FaultNotInEffect: unknown: LIV-2: b ended", "Fault not in effect"),
        ("broken", "igym_harness.errors.MissingPart: broken: a Chromium browser is missing: install", "Surroundings"),
        ("broken", "igym_harness.errors.HarnessError: broken: phase gate: no frames", "Harness"),
    ],
)
def test_the_first_category_that_matches_is_the_right_one(status: str, message: str, category: str) -> None:
    matching = [
        one["name"]
        for one in CATEGORIES
        if status in one["matchedStatuses"] and re.search(one["messageRegex"], message)
    ]
    assert matching[0] == category
