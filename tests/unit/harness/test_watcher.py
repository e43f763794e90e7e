"""Trouble of a page that ends a run at once, and silence that does not."""

from __future__ import annotations

import pytest

from igym_harness.probe import Answer
from igym_harness.watcher import NO_ANSWER_MS, NO_FRAME_MS, Watcher


def seen(frame: int, *, state: str = "playing", worker: str = "playing") -> Answer:
    status = {"worker": {"state": worker, "episode": 0, "frame": frame}, "errors": [{"text": "it broke"}]}
    return Answer(origin=1.0, clock_ms=0.0, state=state, status=status)


def test_a_game_that_stands_still_for_five_seconds_is_trouble() -> None:
    watcher = Watcher()
    assert watcher.answer("a", 0.0, seen(30), disturbed=False) is None
    assert watcher.answer("a", NO_FRAME_MS - 1, seen(30), disturbed=False) is None
    trouble = watcher.answer("a", NO_FRAME_MS, seen(30), disturbed=False)
    assert trouble is not None
    assert (trouble.participant, trouble.check) == ("a", "LIV-2")
    assert "frame 30" in trouble.reason


def test_a_fault_excuses_standing_still_and_the_time_starts_again() -> None:
    watcher = Watcher()
    watcher.answer("a", 0.0, seen(30), disturbed=False)
    assert watcher.answer("a", NO_FRAME_MS, seen(30), disturbed=True) is None
    assert watcher.answer("a", NO_FRAME_MS + 1, seen(30), disturbed=False) is None
    assert watcher.answer("a", 2 * NO_FRAME_MS, seen(30), disturbed=False) is None


def test_frames_and_other_states_are_no_trouble() -> None:
    watcher = Watcher()
    for step in range(10):
        assert watcher.answer("a", step * 4_000.0, seen(step), disturbed=False) is None
    assert watcher.answer("a", 100_000.0, seen(9, worker="confirming"), disturbed=False) is None


def test_the_error_screen_is_trouble_with_its_text() -> None:
    trouble = Watcher().answer("a", 0.0, seen(0, state="error"), disturbed=True)
    assert trouble is not None
    assert "it broke" in trouble.reason


def test_page_errors_and_crashes_are_trouble_always() -> None:
    for kind in ("pageerror", "crash"):
        entries = [{"type": "log", "text": "fine"}, {"type": kind, "text": "net::ERR_X"}]
        trouble = Watcher().console("a", entries, in_force=["signal.down"])
        assert trouble is not None
        assert trouble.check == "CLI-1"


@pytest.mark.parametrize(
    "text", ["WebSocket connection to 'ws://x' failed", "WebSocket is already in CLOSING or CLOSED state."]
)
def test_a_console_error_is_trouble_unless_the_fault_explains_it(text: str) -> None:
    network = [{"type": "error", "text": text}]
    assert Watcher().console("a", network, in_force=["signal.latency"]) is None
    assert Watcher().console("a", network, in_force=["p2p.loss"]) is not None
    assert Watcher().console("a", [{"type": "error", "text": "oops"}], in_force=["signal.latency"]) is not None


def test_an_entry_is_looked_at_once() -> None:
    watcher = Watcher()
    entries = [{"type": "error", "text": "oops"}]
    assert watcher.console("a", entries, in_force=[]) is not None
    assert watcher.console("a", entries, in_force=[]) is None


def test_a_page_may_be_silent_for_a_while() -> None:
    watcher = Watcher()
    assert watcher.silence("a", 0.0, disturbed=False) is None
    assert watcher.silence("a", NO_ANSWER_MS - 1, disturbed=False) is None
    assert watcher.silence("a", NO_ANSWER_MS, disturbed=False) is not None
    assert watcher.silence("a", 3 * NO_ANSWER_MS, disturbed=True) is None
    assert watcher.silence("a", 3 * NO_ANSWER_MS + 10, disturbed=False) is None


def test_a_crash_that_was_planned_is_no_trouble_and_an_error_beside_it_is() -> None:
    crash, error = {"type": "crash", "text": "the page crashed"}, {"type": "pageerror", "text": "oops"}
    assert Watcher().console("a", [crash], in_force=["proc.crash"], removed=True) is None
    assert Watcher().console("b", [crash], in_force=["proc.crash"]) is not None
    assert Watcher().console("a", [crash, error], in_force=["proc.crash"], removed=True) is not None
