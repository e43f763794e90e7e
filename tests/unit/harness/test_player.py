"""A player rests and goes on, whether it has a keyboard or speaks by script."""

from __future__ import annotations

from igym_harness.bots import KeyEvent, play_keys
from igym_harness.player import Player


class Keyboard:
    def __init__(self) -> None:
        self.log: list[str] = []

    async def down(self, key: str) -> None:
        self.log.append(f"+{key}")

    async def up(self, key: str) -> None:
        self.log.append(f"-{key}")


async def test_a_resting_player_lets_go_and_presses_nothing() -> None:
    keyboard, player = Keyboard(), Player()
    keys = player.at(keyboard)
    await keys.down("x")
    await player.rest()
    await keys.up("x")
    await keys.down("y")
    await keys.up("y")
    assert keyboard.log == ["+x", "-x"]
    for _ in range(2):
        await player.play_on()
    await keys.down("z")
    assert keyboard.log == ["+x", "-x", "+z"]


async def test_a_plan_of_keys_goes_on_after_the_rest_where_the_time_is() -> None:
    keyboard, player, now = Keyboard(), Player(), [0.0]
    plan = [KeyEvent(0, "down", "x"), KeyEvent(100, "up", "x"), KeyEvent(100, "down", "y"), KeyEvent(200, "up", "y")]
    plan += [KeyEvent(200, "down", "x"), KeyEvent(300, "up", "x")]

    async def sleep(s: float) -> None:
        now[0] += 1000 * s
        if now[0] == 100:
            await player.rest()
        if now[0] == 200:
            await player.play_on()

    await play_keys(plan, player.at(keyboard), start_ms=0.0, now_ms=lambda: now[0], sleep=sleep)
    assert keyboard.log == ["+x", "-x", "+x", "-x"]


async def test_a_script_is_replaced_by_an_empty_one_and_given_back() -> None:
    said: list[list[int]] = []

    async def say(actions: list[int]) -> None:
        said.append(actions)

    player = Player()
    await player.script([1, 2, 3], say)
    await player.rest()
    await player.play_on()
    assert said == [[1, 2, 3], [], [1, 2, 3]]


async def test_who_never_plays_can_rest() -> None:
    player = Player()
    await player.rest()
    await player.play_on()
