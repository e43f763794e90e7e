"""Plans of bots: seeded, different per seat, and pressed in order."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from igym_harness.bots import MOVES, KeyEvent, Share, frame_plan, key_plan, play_keys


def stream(seed: int) -> Share:
    return lambda index: random.Random(f"{seed}/{index}").random()  # noqa: S311 - a stand-in for the scenario's draws


def keys(seed: int) -> list[KeyEvent]:
    return key_plan(stream(seed), codes=MOVES, changes_per_s=4, duration_ms=10_000)


def test_the_same_draws_give_the_same_plan_and_others_another() -> None:
    assert keys(1) == keys(1)
    assert keys(1) != keys(2)


def test_a_plan_changes_as_often_as_asked() -> None:
    presses = [event for event in keys(3) if event.kind == "down"]
    assert 30 <= len(presses) <= 52
    assert all(one.code != next_one.code for one, next_one in pairwise(presses))


def test_every_key_is_released_before_the_next_and_at_the_end() -> None:
    held: set[str] = set()
    for event in keys(4):
        if event.kind == "down":
            assert not held
            held.add(event.code)
        else:
            held.remove(event.code)
    assert not held


def test_a_frame_plan_has_an_action_for_each_frame_and_never_rests() -> None:
    plan = frame_plan(stream(5), actions=5, frames=300, fps=30, changes_per_s=4)
    assert len(plan) == 300
    assert set(plan) <= set(range(5))
    changes = sum(one != other for one, other in pairwise(plan))
    assert 28 <= changes <= 60


def test_one_key_or_one_action_is_no_game() -> None:
    with pytest.raises(ValueError, match="two keys"):
        key_plan(stream(1), codes=["Space"], changes_per_s=4, duration_ms=1_000)
    with pytest.raises(ValueError, match="two actions"):
        frame_plan(stream(1), actions=1, frames=3, fps=30, changes_per_s=4)


class FakeKeyboard:
    def __init__(self) -> None:
        self.pressed: list[str] = []

    async def down(self, key: str) -> None:
        self.pressed.append(f"+{key}")

    async def up(self, key: str) -> None:
        self.pressed.append(f"-{key}")


class Clock:
    def __init__(self) -> None:
        self.now_ms = 1_000.0

    async def sleep(self, seconds: float) -> None:
        self.now_ms += seconds * 1_000.0


PLAN = [
    KeyEvent(0, "down", "KeyA"),
    KeyEvent(250, "up", "KeyA"),
    KeyEvent(250, "down", "KeyB"),
    KeyEvent(500, "up", "KeyB"),
]


async def test_keys_are_pressed_at_their_time() -> None:
    keyboard, clock = FakeKeyboard(), Clock()
    count = await play_keys(PLAN, keyboard, start_ms=1_000.0, now_ms=lambda: clock.now_ms, sleep=clock.sleep)
    assert keyboard.pressed == ["+KeyA", "-KeyA", "+KeyB", "-KeyB"]
    assert (count, clock.now_ms) == (2, 1_500.0)


async def test_keys_are_let_go_when_play_is_over() -> None:
    keyboard, clock = FakeKeyboard(), Clock()
    await play_keys(
        PLAN,
        keyboard,
        start_ms=1_000.0,
        now_ms=lambda: clock.now_ms,
        sleep=clock.sleep,
        playing=lambda: clock.now_ms < 1_100.0,
    )
    assert keyboard.pressed == ["+KeyA", "-KeyA"]
