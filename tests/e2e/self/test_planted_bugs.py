"""Bugs of the product, planted one at a time into what one server serves: each is caught by the checks that its entry names (chaos handbook 11.2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import planting
from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass

pytestmark = pytest.mark.judges

HERE = Path(__file__).parent
BUGS = planting.registry()
SMOKE = frozenset({"BUG-11"})
TRIGGERS = sorted({(bug.scenario, bug.env) for bug in BUGS.values()})


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.smoke] * (name in SMOKE)) for name in BUGS])
def test_a_planted_bug_is_caught_by_name(play: Callable[..., RunResult], name: str, tmp_path: Path) -> None:
    bug = BUGS[name]
    source = planting.plant(bug, tmp_path / "source")
    result = play(HERE / f"{bug.scenario}.toml", env=bug.env, source=source, title=f"{bug.id}: {bug.doc}")
    if result.verdict.outcome == "broken":
        raise_unless_pass(result.verdict)
    assert result.verdict.outcome == "fail", result.verdict.headline
    assert set(bug.checks) <= set(result.verdict.violated), result.verdict.reasons


@pytest.mark.parametrize(("name", "env"), TRIGGERS)
def test_the_same_match_without_a_bug_passes(play: Callable[..., RunResult], name: str, env: str) -> None:
    """What the bugs are caught in is no match that always fails."""
    raise_unless_pass(play(HERE / f"{name}.toml", env=env).verdict)
