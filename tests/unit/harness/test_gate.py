"""The steady state before the first fault."""

from __future__ import annotations

from typing import Any

import pytest

from igym_chaos.samples import Window
from igym_harness.gate import gate_problem, standing
from igym_harness.probe import Answer
from igym_harness.telemetry import Recorder

WINDOW = Window(0.0, 2_000.0)


def status(rtt_ms: float, *, received: int = 60, opened: bool = True) -> dict[str, Any]:
    pings = [[t_ms, rtt_ms] for t_ms in range(0, 2_000, 200)]
    link = {"seat": 1, "open": opened, "receivedInputs": received, "pings": pings}
    return {"serverPings": [], "worker": {"state": "playing", "episode": 0, "frame": 0, "links": [link]}}


def telemetry_of(statuses: dict[str, dict[str, Any]], *, frames_per_s: float = 30.0) -> Recorder:
    recorder = Recorder(statuses, lambda _, t_ms: t_ms)
    for name, one in statuses.items():
        for t_ms in range(0, 2_001, 250):
            worker = {**one["worker"], "frame": int(t_ms * frames_per_s / 1_000)}
            answer = Answer(origin=1.0, clock_ms=float(t_ms), state="playing", status={**one, "worker": worker})
            recorder.record(name, answer)
    return recorder


def test_a_steady_game_passes() -> None:
    statuses = {"a": status(2.0), "b": status(2.0)}
    assert gate_problem(telemetry_of(statuses), statuses, WINDOW, fps=30) is None


@pytest.mark.parametrize(
    ("spoiled", "frames_per_s", "problem"),
    [
        (status(2.0), 10.0, "frames per second"),
        (status(400.0), 30.0, "round trip p50 400 ms"),
        (status(2.0, received=0), 30.0, "no inputs over the peer link"),
        (status(2.0, opened=False), 30.0, "no inputs over the peer link"),
    ],
)
def test_an_unsteady_one_says_why(spoiled: dict[str, Any], frames_per_s: float, problem: str) -> None:
    statuses = {"a": spoiled, "b": status(2.0)}
    text = gate_problem(telemetry_of(statuses, frames_per_s=frames_per_s), statuses, WINDOW, fps=30)
    assert text is not None
    assert text.startswith("a: ")
    assert problem in text


def test_slow_links_are_allowed_when_a_fault_was_there_before() -> None:
    statuses = {"a": status(400.0), "b": status(400.0)}
    telemetry = telemetry_of(statuses)
    assert gate_problem(telemetry, statuses, WINDOW, fps=30, disturbed=frozenset({"a"})) is None


def test_no_look_at_all_is_not_steady() -> None:
    assert "0 looks" in str(gate_problem(Recorder(["a"], lambda _, t: t), {}, WINDOW, fps=30))


def test_a_slow_round_trip_is_no_standing_game() -> None:
    statuses = {"a": status(90.0), "b": status(90.0)}
    assert not standing(telemetry_of(statuses), WINDOW, fps=30)
    assert standing(telemetry_of(statuses, frames_per_s=3.0), WINDOW, fps=30)
