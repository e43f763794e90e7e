"""The browser suites' own rules (tests/e2e/conftest.py): verdicts become outcomes, no skip, reruns only of `broken`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

pytest_plugins = "pytester"

CONFTEST = Path(__file__).parents[2] / "e2e" / "conftest.py"

# Stands in for the real run: answers with the verdicts of a list, one after the other.
FAKE = """
import types
from pathlib import Path

import igym_chaos.scenario, igym_chaos.schedule, igym_harness.run
from igym_harness.evidence import violated
from igym_harness.verdict import judge

CHECKS = {"fail": "PAR-1", "unknown": "EFF-1", "broken": "HAR-1"}
outcomes = OUTCOMES

async def execute(scenario, lock, options):
    assert (scenario.name, lock) == ("p2p-x", ("p2p-x", SEED, "volley"))
    verdict = judge([violated(CHECKS[outcomes.pop(0)], "something is wrong")])
    return types.SimpleNamespace(verdict=verdict, folder=Path(FOLDER), findings=[], evidence=None)

igym_chaos.scenario.find = lambda name: types.SimpleNamespace(name=name, seed=7)
igym_chaos.schedule.plan = lambda scenario, *, seed, env: (scenario.name, seed, env)
igym_harness.run.execute = execute
"""

TEST = """
from igym_harness.verdict import raise_unless_pass

def test_scenario(play):
    raise_unless_pass(play("p2p-x", env="volley").verdict)
"""


def suite(
    pytester: pytest.Pytester, folder: Path, outcomes: list[str], *options: str, test: str = TEST, seed: int = 7
) -> pytest.RunResult:
    """Runs one test under the suites' conftest, the run itself being played by FAKE."""
    shutil.copy(CONFTEST, pytester.path / "conftest.py")
    fake = FAKE.replace("OUTCOMES", repr(outcomes)).replace("SEED", str(seed)).replace("FOLDER", repr(str(folder)))
    (pytester.path / "fake.py").write_text(fake, encoding="utf-8")
    pytester.makepyfile(test)
    pytester.syspathinsert()
    return pytester.runpytest_subprocess("-p", "fake", "-p", "no:cacheprovider", "--alluredir=results", *options)


def results(pytester: pytest.Pytester) -> list[dict[str, object]]:
    files = sorted((pytester.path / "results").glob("*-result.json"), key=lambda path: path.stat().st_mtime_ns)
    return [json.loads(path.read_text(encoding="utf-8")) for path in files]


@pytest.mark.parametrize(
    ("outcome", "status", "words"),
    [("fail", "failed", "InvariantViolated: PAR-1"), ("unknown", "broken", "FaultNotInEffect: unknown: EFF-1")],
)
def test_fail_and_unknown_are_told_apart_and_never_run_again(
    pytester: pytest.Pytester, run_folder: Path, outcome: str, status: str, words: str
) -> None:
    suite(pytester, run_folder, [outcome]).assert_outcomes(failed=1)
    (result,) = results(pytester)
    assert result["status"] == status
    assert words in json.dumps(result["statusDetails"])
    assert (pytester.path / "results" / "environment.properties").is_file()


def test_broken_is_run_again_once_as_a_result_of_its_own(pytester: pytest.Pytester, run_folder: Path) -> None:
    suite(pytester, run_folder, ["broken", "fail"]).assert_outcomes(failed=1)
    first, second = results(pytester)
    assert (first["status"], second["status"]) == ("broken", "failed")
    assert "error of the first attempt" in json.dumps(second)
    assert '{"name": "rerun", "value": "1"}' in json.dumps(second)
    assert first["historyId"] != second["historyId"]


def test_reruns_end_with_the_second_attempt(pytester: pytest.Pytester, run_folder: Path) -> None:
    suite(pytester, run_folder, ["broken", "broken"]).assert_outcomes(failed=1)
    assert len(results(pytester)) == 2


def test_the_suite_has_three_reruns_and_no_more(pytester: pytest.Pytester, run_folder: Path) -> None:
    many = TEST + "".join(f"\ntest_{number} = test_scenario\n" for number in range(4))
    suite(pytester, run_folder, ["broken"] * 8, test=many).assert_outcomes(failed=5)
    assert len(results(pytester)) == 8


def test_seed_and_stability_run_are_options(pytester: pytest.Pytester, run_folder: Path) -> None:
    suite(pytester, run_folder, ["fail"], "--chaos-seed=41", "--stability-run=3", seed=41).assert_outcomes(failed=1)
    assert '{"name": "stability_run", "value": "3"}' in json.dumps(results(pytester))


def test_three_stability_runs_keep_three_verdicts(pytester: pytest.Pytester, run_folder: Path) -> None:
    for run in (1, 2, 3):
        suite(pytester, run_folder, ["fail"], f"--stability-run={run}")
    found = results(pytester)
    assert len({one["historyId"] for one in found}) == len(found) == 3, (
        "Allure shows the last of those with one identity"
    )
    assert len({one["testCaseId"] for one in found}) == 1


@pytest.mark.parametrize("mark", ["skip", "skipif(False, reason='x')", "xfail"])
def test_a_mark_that_forgives_stops_the_suite(pytester: pytest.Pytester, run_folder: Path, mark: str) -> None:
    forgiven = f"import pytest\n\n@pytest.mark.{mark}\ndef test_x():\n    pass\n"
    done = suite(pytester, run_folder, [], test=forgiven)
    assert done.ret == pytest.ExitCode.USAGE_ERROR
    done.stderr.fnmatch_lines(["*no skip and no expected failure*test_x*"])


def test_a_test_that_skips_itself_has_failed(pytester: pytest.Pytester, run_folder: Path) -> None:
    skipping = "import pytest\n\ndef test_x():\n    pytest.skip('later')\n"
    suite(pytester, run_folder, [], test=skipping).assert_outcomes(failed=1)
