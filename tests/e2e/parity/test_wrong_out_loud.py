"""The harness can be wrong out loud: broken on purpose, it must not say `pass` (chaos handbook 11.1)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from igym_harness.run import RunResult
from igym_harness.sabotage import ALTER_UPLOAD, ARM_LATE, FLIP_STATE, FLIPPED_FRAME
from igym_harness.verdict import Verdicts, raise_unless_pass

ENVIRONMENTS = [pytest.param("kitchen", marks=pytest.mark.smoke), "volley"]
TOLD_MS = 2000.0


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


@pytest.mark.smoke
def test_one_flipped_bit_is_told_with_its_frame_and_field(play: Callable[..., RunResult]) -> None:
    """One bit of one peer's state is wrong after frame 123: frame and field path are at the server within 2 s (DETECT-01..05)."""
    result = play("p2p-clean-active", env="kitchen", sabotage=FLIP_STATE)
    expect(result, "fail")
    assert {"PAR-1", "CERT-1"} <= set(result.verdict.violated)
    told = lines(result.folder / "server" / "events.jsonl")
    diff, *_ = (event for event in told if event["kind"] == "desync_diff")
    field = {"path": "value['frame']", "a": f"i{FLIPPED_FRAME + 1};", "b": f"i{(FLIPPED_FRAME + 1) ^ 1};"}
    assert (diff["frame"], diff["seats"]) == (FLIPPED_FRAME, [0, 1])
    shown = [
        {"path": one["path"], **dict(zip("ab", sorted((one["a"], one["b"])), strict=True))} for one in diff["fields"]
    ]
    assert shown == [field]
    at_the_server = [event for event in lines(result.folder / "history.jsonl") if event["source"] == "server"]
    reports = [event for event in at_the_server if event["kind"] == "desync"]
    assert [event["frame"] for event in reports] == [FLIPPED_FRAME] * 2
    named_ms = next(event["t_ms"] for event in at_the_server if event["kind"] == "desync_diff")
    lag_ms = max(named_ms, *(event["t_ms"] for event in reports)) - surely_before_the_flip(result)
    assert 0 < lag_ms < TOLD_MS, f"the field was named at the server {lag_ms:.0f} ms after no bit was flipped yet"


def surely_before_the_flip(result: RunResult) -> float:
    """A time at which the page whose state is wrong had not simulated the frame yet, ms of the harness clock.

    A look sees a status that may be some time old, but one that the look before it did not see is younger than that look.
    """
    looks = result.evidence.played[result.evidence.participants[-1]]
    last = max(frame for _, frame in looks if frame <= FLIPPED_FRAME)
    first_seen = next(number for number, (_, frame) in enumerate(looks) if frame == last)
    return looks[max(0, first_seen - 1)][0]


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


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
