"""Real browsers under real faults: one test is one run of one scenario, its outcome is the run's verdict.

fail -> InvariantViolated (failed) · unknown -> FaultNotInEffect (broken) · broken -> HarnessError (broken, rerun once)
"""

# mypy: allow-untyped-calls
# allure-pytest has no annotations on its dynamic half.

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import allure
import pytest

from igym_chaos import scenario as scenarios
from igym_chaos import schedule
from igym_harness import run_sheet
from igym_harness.allure_report import publish, write_surroundings
from igym_harness.errors import HarnessError
from igym_harness.options import Options
from igym_harness.run import RunResult, execute

HERE = Path(__file__).parent
FORBIDDEN_MARKS = ("skip", "skipif", "xfail")
RERUNS_PER_SUITE = 3
SEEDS = 2**31

Play = Callable[..., RunResult]
"""play(scenario or file, env=NAME, sabotage=TEXT|None, source=FOLDER|None, title=TEXT|None) -> RunResult"""

reruns_key = pytest.StashKey[int]()
first_error_key = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("chaos", "runs of scenarios in real browsers")
    group.addoption(
        "--stability-run",
        type=int,
        default=1,
        metavar="N",
        help="which of the consecutive runs this is; part of a result's identity",
    )
    group.addoption(
        "--chaos-seed", default=None, metavar="SEED", help="a number, or `random`; default: each scenario's own seed"
    )
    group.addoption("--chaos-runs", type=Path, default=Path("runs"), metavar="DIR", help="where run folders go")
    group.addoption(
        "--chaos-browser", default=None, metavar="PATH|CHANNEL", help="default: IGYM_BROWSER, then what is installed"
    )
    group.addoption("--chaos-headed", action="store_true", help="show the browser (needs a display)")


# --- No skip, no expected failure, reruns only of the harness's own errors ------------------------------------------


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A skipped or expectedly failing test proves nothing: the suite does not start with one."""
    marked = [
        f"{item.nodeid} ({mark.name})"
        for item in items
        for mark in item.iter_markers()
        if mark.name in FORBIDDEN_MARKS and ours(item)
    ]
    if marked:
        raise pytest.UsageError("no skip and no expected failure in the browser suites: " + ", ".join(marked))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> None:
    """One rerun for `broken`, never for `fail` or `unknown`; after a few of them the suite itself is in question."""
    if ours(item) and item.session.stash.get(reruns_key, 0) < RERUNS_PER_SUITE:
        item.add_marker(pytest.mark.flaky(reruns=1, only_rerun=["^HarnessError: broken:"]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[Any]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that skips itself has failed; the error of a first attempt is kept for the second."""
    report = yield
    if report.skipped and ours(item):
        report.outcome, report.longrepr = "failed", f"skipped at run time: {report.longrepr}"
    if call.excinfo is not None and call.excinfo.errisinstance(HarnessError) and first_error_key not in item.stash:
        item.stash[first_error_key] = report.longreprtext
        item.session.stash[reruns_key] = item.session.stash.get(reruns_key, 0) + 1
    return report


def ours(item: pytest.Item) -> bool:
    return item.path.is_relative_to(HERE)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`suite_scenario`: every shipped scenario of the suite that the test's folder is named after.

    A module may name some that have tests of their own (TESTED_ELSEWHERE), and those that every change passes (SMOKE).
    """
    if "suite_scenario" not in metafunc.fixturenames:
        return
    suite, module = metafunc.definition.path.parent.name, metafunc.module
    elsewhere, smoke = getattr(module, "TESTED_ELSEWHERE", ()), getattr(module, "SMOKE", ())
    ours = [one for one in scenarios.all_scenarios() if one.suite == suite and one.name not in elsewhere]
    metafunc.parametrize(
        "suite_scenario",
        [pytest.param(one, id=one.name, marks=[pytest.mark.smoke] if one.name in smoke else []) for one in ours],
    )


# --- Playing --------------------------------------------------------------------------------------------------------


@pytest.fixture
def play(request: pytest.FixtureRequest) -> Play:
    """Runs a scenario, shows it in Allure, and returns what it said; the test decides what it should have said."""
    config = request.config

    def run(
        name: str | Path,
        *,
        env: str,
        sabotage: str | None = None,
        source: Path | None = None,
        title: str | None = None,
    ) -> RunResult:
        show_first_error(request.node)
        scenario = scenarios.load(name) if isinstance(name, Path) else scenarios.find(name)
        lock = schedule.plan(scenario, seed=seed_of(config, scenario.seed), env=env)
        options = Options(
            runs=config.getoption("--chaos-runs"),
            browser=config.getoption("--chaos-browser"),
            headed=config.getoption("--chaos-headed"),
            sabotage=sabotage,
            source=source,
        )
        allure.dynamic.title(title or f"{scenario.name} · {env}" + (f" · {sabotage}" if sabotage else ""))
        result = asyncio.run(execute(scenario, lock, options))
        sheet = run_sheet.load(result.folder)
        print(f"{result.verdict.headline}\n{sheet.facts.get('replay')}")  # noqa: T201 - the captured output of a failed test
        publish(sheet, stability_run=config.getoption("--stability-run"))
        if results := config.getoption("allure_report_dir"):
            write_surroundings(Path(results), sheet.environment)
        return result

    return run


@pytest.fixture(autouse=True)
def in_its_suite(request: pytest.FixtureRequest) -> None:
    """A test that plays no scenario stands in Allure where its folder's scenarios do, once for each stability run."""
    if "play" not in request.fixturenames:
        allure.dynamic.epic(request.path.parent.name)
        allure.dynamic.story(request.path.stem.removeprefix("test_"))
        allure.dynamic.parameter("stability_run", request.config.getoption("--stability-run"))


def seed_of(config: pytest.Config, own: int) -> int:
    """The scenario's own seed unless another is asked for. Raises pytest.UsageError for what is no seed."""
    chosen = config.getoption("--chaos-seed")
    if chosen is None:
        return own
    if chosen == "random":
        return secrets.randbelow(SEEDS)
    if not str(chosen).isdecimal():
        raise pytest.UsageError(f"--chaos-seed takes a number from 0 on or `random`, not {chosen!r}")
    return int(chosen)


def show_first_error(item: pytest.Item) -> None:
    """A second attempt is a result of its own that shows why there is one."""
    if error := item.stash.get(first_error_key, None):
        allure.dynamic.label("rerun", "1")
        allure.dynamic.parameter("attempt", 2)
        allure.attach(error, "error of the first attempt", allure.attachment_type.TEXT)
