"""LIV checkers: everybody arrives."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest

from igym_harness.checkers.liveness import liv_1, liv_2, liv_3
from igym_harness.evidence import Evidence


@pytest.mark.parametrize("page", ["playing", "waiting", "connecting", "partner-left", "error"])
def test_liv_2_wants_the_terminal_screen(good: Evidence, page: str) -> None:
    good.statuses["b"]["page"] = page
    finding = liv_2(good)
    assert finding.outcome == "violated"
    assert f"b ended on the screen {page!r} at frame 90 of episode 0" in finding.message


def test_liv_2_leaves_nobody_in_a_waiting_room_whatever_was_expected(good: Evidence) -> None:
    good.statuses["b"]["page"] = "waiting"
    assert "left in the waiting room" in liv_2(dataclasses.replace(good, expected_outcomes={"b": "left"})).message


def test_liv_2_wants_the_expected_outcome(good: Evidence) -> None:
    good.outcomes["a"] = "disconnected"
    assert "a: outcome 'disconnected', expected 'completed'" in liv_2(good).message
    assert liv_2(dataclasses.replace(good, expected_outcomes={"a": "disconnected"})).outcome == "holds"


def test_liv_2_without_a_page_state_or_an_outcome_has_no_data(good: Evidence) -> None:
    del good.outcomes["b"]
    assert liv_2(good).outcome == "no-data"
    good.statuses.clear()
    assert liv_2(good).outcome == "no-data"
    assert liv_2(dataclasses.replace(good, participants=())).outcome == "no-data"


HEALED_MS = 10_000.0


def stopped(good: Evidence, frame_of_a: Callable[[float], float], *, do: str = "tab.frozen") -> Evidence:
    """b plays at 30 frames a second; a was stopped, and is looked at 100 ms after b."""
    times = [8_000.0 + 250.0 * look for look in range(20)]
    played = {
        "a": tuple((t_ms + 100.0, int(frame_of_a(t_ms + 100.0))) for t_ms in times),
        "b": tuple((t_ms, int(0.03 * t_ms)) for t_ms in times),
    }
    fault = dataclasses.replace(good.faults[0], do=do, on=("a",), healed_ms=HEALED_MS)
    return dataclasses.replace(good, faults=(fault,), played=played)


def test_liv_3_says_how_long_the_catch_up_took(good: Evidence) -> None:
    run = stopped(good, lambda t_ms: 0.03 * t_ms if t_ms > HEALED_MS + 300.0 else 180)
    assert (liv_3(run).outcome, liv_3(run).message) == ("holds", "caught up: a after 350 ms")


@pytest.mark.parametrize("do", ["tab.frozen", "tab.worker-stall", "proc.stop"])
def test_liv_3_wants_the_catch_up_within_a_second(good: Evidence, do: str) -> None:
    run = stopped(good, lambda t_ms: 0.03 * t_ms if t_ms > HEALED_MS + 1_200.0 else 180, do=do)
    assert (liv_3(run).outcome, "1350 ms after f1 was healed" in liv_3(run).message) == ("violated", True)


def test_liv_3_who_never_catches_up_is_not_overlooked(good: Evidence) -> None:
    assert liv_3(stopped(good, lambda t_ms: 0.03 * t_ms - 10)).outcome == "violated"


def test_liv_3_without_such_a_fault_or_a_look_has_no_data(good: Evidence) -> None:
    assert liv_3(good).outcome == "no-data"
    run = stopped(good, lambda t_ms: 0.03 * t_ms)
    assert liv_3(dataclasses.replace(run, played={**run.played, "b": run.played["b"][:5]})).outcome == "no-data"


def settled(good: Evidence, *, rate_of_b: float, seconds: float = 5.0) -> Evidence:
    times = [1_000.0 + 250.0 * look for look in range(int(4 * seconds) + 5)]
    played = {
        name: tuple((t_ms, int(rate * t_ms / 1_000.0)) for t_ms in times)
        for name, rate in (("a", 30.0), ("b", rate_of_b))
    }
    return dataclasses.replace(good, played=played, fps=30, settled_ms=2_000.0)


def test_liv_1_wants_nine_tenths_of_the_frame_rate(good: Evidence) -> None:
    assert liv_1(settled(good, rate_of_b=29.0)).outcome == "holds"
    slow = liv_1(settled(good, rate_of_b=20.0))
    assert (slow.outcome, "b ran 20." in slow.message) == ("violated", True)


def test_liv_1_without_seconds_after_the_settle_time_has_no_data(good: Evidence) -> None:
    assert liv_1(settled(good, rate_of_b=30.0, seconds=1.0)).outcome == "no-data"
    assert liv_1(dataclasses.replace(settled(good, rate_of_b=30.0), settled_ms=None)).outcome == "no-data"
    assert liv_1(good).outcome == "no-data"


def test_who_was_to_be_gone_and_is_not_is_named(killed: Evidence) -> None:
    assert liv_2(killed).message == "2 participants reached their end, 1 of them gone as planned"
    still = dataclasses.replace(killed, gone=())
    still.statuses["a"]["page"] = "finished"
    finding = liv_2(still)
    assert finding.outcome == "violated"
    assert finding.message == "a was to be gone, but its page is on the screen 'finished'"


def test_a_removal_that_never_came_accuses_nobody(killed: Evidence) -> None:
    """As when the run ended before it was due: the product did nothing wrong."""
    assert liv_2(dataclasses.replace(killed, faults=(), gone=())).outcome == "no-data"


def test_who_was_left_must_get_its_end(killed: Evidence) -> None:
    killed.outcomes["b"] = "completed"
    assert "b: outcome 'completed', expected 'partial'" in liv_2(killed).message
    del killed.outcomes["b"]
    assert liv_2(killed).outcome == "no-data"
