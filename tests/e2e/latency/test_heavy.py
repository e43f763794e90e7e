"""A world as slow as this field's, at a round trip of 200 ms with jitter and loss: it keeps its pace, and nothing piles up."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

from igym_harness import jsonl
from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass

FPS = 29.0
EDGE_S = 10.0
"""The confirmation lag of the last seconds under fault is compared with that of the first ones."""
LAG_GROWTH_FRAMES = 2


def test_a_heavy_world_keeps_its_pace_at_200_ms(play: Callable[..., RunResult]) -> None:
    result = play("heavy-rtt-200", env="heavy")
    raise_unless_pass(result.verdict)
    faults = result.evidence.faults
    start_ms = max(fault.window.start_ms for fault in faults if fault.window is not None)
    end_ms = min(fault.window.end_ms for fault in faults if fault.window is not None)
    assert end_ms - start_ms >= 50_000.0
    for name in result.evidence.participants:
        looks = [look for look in stats(result, name) if start_ms <= look["t_ms"] <= end_ms]
        first, last = looks[0], looks[-1]
        frames = last["worker"]["frame"] - first["worker"]["frame"]
        fps = 1000.0 * frames / (last["t_ms"] - first["t_ms"])
        assert fps >= FPS, f"{name} played {fps:.2f} frames a second"
        lags = [(look["t_ms"], look["worker"]["frame"] - look["worker"]["confirmedFrame"]) for look in looks]
        early = median(lag for t_ms, lag in lags if t_ms <= start_ms + 1000.0 * EDGE_S)
        late = median(lag for t_ms, lag in lags if t_ms >= end_ms - 1000.0 * EDGE_S)
        assert late <= early + LAG_GROWTH_FRAMES, f"{name} was {early} frames ahead of what is confirmed, then {late}"
        assert last["worker"]["stalls"] - first["worker"]["stalls"] <= 1


def stats(result: RunResult, name: str) -> list[dict[str, Any]]:
    """What the harness saw of a page while it played, four times a second."""
    lines = jsonl.read(result.folder / "participants" / name / "stats.jsonl")
    return [line for line in lines if line["state"] == "playing" and "frame" in line["worker"]]
