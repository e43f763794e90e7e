"""The harness can be wrong out loud: broken on purpose, it must not say `pass` (chaos handbook 11.1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from igym_harness.run import RunResult
from igym_harness.sabotage import ALTER_UPLOAD, ARM_LATE
from igym_harness.verdict import Verdicts, raise_unless_pass

ENVIRONMENTS = ["kitchen", "volley"]


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_a_rule_that_came_too_late_is_unknown(play: Callable[..., RunResult], env: str) -> None:
    """SAB-01, SAB-02: the network rule reaches a page whose connection already stands, and does nothing."""
    result = play("p2p-latency-100", env=env, sabotage=ARM_LATE)
    expect(result, "unknown")
    assert "EFF-1" in result.verdict.violated


@pytest.mark.parametrize("env", ENVIRONMENTS)
def test_one_altered_cell_fails_and_is_named(play: Callable[..., RunResult], env: str) -> None:
    """A single reward changed on its way to the server: PAR-1 names its frame, seat and column."""
    result = play("p2p-clean-active", env=env, sabotage=ALTER_UPLOAD)
    expect(result, "fail")
    altered = alteration(result.folder)
    (finding,) = (one for one in result.findings if one.check == "PAR-1")
    assert finding.outcome == "violated"
    assert finding.first_bad is not None
    named = {key: finding.first_bad[key] for key in ("episode", "frame", "seat", "column", "count")}
    assert named == {**{key: altered[key] for key in ("episode", "frame", "seat", "column")}, "count": 1}


def expect(result: RunResult, outcome: Verdicts) -> None:
    """A run that is broken says nothing about the sabotage: it is the harness's own error."""
    if result.verdict.outcome == "broken":
        raise_unless_pass(result.verdict)
    assert result.verdict.outcome == outcome, result.verdict.headline


def alteration(folder: Path) -> dict[str, Any]:
    """What the sabotage says it changed."""
    lines = (folder / "history.jsonl").read_text(encoding="utf-8").splitlines()
    events = [event for event in map(json.loads, lines) if event["kind"] == "upload-altered"]
    assert len(events) == 1, f"one upload was to be altered, the history tells of {events}"
    what: dict[str, Any] = events[0]["what"]
    return what
