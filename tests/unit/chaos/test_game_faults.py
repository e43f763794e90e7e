"""Faults of the player: nothing is pressed, or far more than there are frames; the page's own counts say so."""

from __future__ import annotations

from typing import Any

import pytest

from igym_chaos.errors import InjectorError
from igym_chaos.faults.game_corrupt import GameCorrupt
from igym_chaos.faults.game_idle import GameIdle
from igym_chaos.faults.game_storm import GameStorm
from igym_chaos.played import changes
from igym_chaos.samples import InputSample, MeterSample, Window

BEFORE, DURING, AFTER = Window(0, 5_000), Window(5_500, 9_500), Window(10_500, 13_000)


class Played:
    """Changes a second by participant and window, looked at every 250 ms. `blind`: windows in which nobody looked."""

    def __init__(self, *, blind: tuple[Window, ...] = (), **rates: tuple[float, float, float]) -> None:
        self._rates = rates
        self._blind = blind

    def inputs(self, participant: str, window: Window) -> list[InputSample]:
        found, count = [], 0.0
        for t_ms in range(0, 13_250, 250):
            part = 0 if t_ms < 5_250 else 1 if t_ms < 10_250 else 2
            count += self._rates[participant][part] / 4
            if window.holds(t_ms) and not any(one.holds(t_ms) for one in self._blind):
                found.append(InputSample(t_ms, t_ms * 3 // 100, int(count)))
        return found


CASES: list[tuple[Played, bool, float | None]] = [
    (Played(a=(5, 0, 5)), True, 0.0),
    (Played(a=(5, 5, 5)), False, 20.0),
    (Played(a=(5, 0.3, 5)), False, 1.0),
    (Played(a=(0, 0, 0)), False, 0.0),
    (Played(a=(5, 0, 5), blind=(DURING,)), False, None),
    (Played(a=(5, 0, 5), blind=(BEFORE,)), False, None),
]


@pytest.mark.parametrize(("played", "in_band", "measured"), CASES)
def test_idle_is_who_played_and_changes_nothing(played: Any, in_band: bool, measured: float | None) -> None:
    effect = GameIdle().effect(played, ["a"], DURING, BEFORE)
    assert effect.in_band is in_band, effect
    assert effect.measured.get("changes") == measured


def test_all_targets_must_be_idle() -> None:
    played: Any = Played(a=(5, 0, 5), b=(5, 5, 5))
    assert not GameIdle().effect(played, ["a", "b"], DURING, BEFORE).in_band


@pytest.mark.parametrize(("after", "back"), [(5, True), (0, False)])
def test_it_is_over_when_they_play_again(after: float, back: bool) -> None:
    played: Any = Played(a=(5, 0, after))
    assert GameIdle().recovered(played, ["a"], AFTER, BEFORE).in_band is back


def test_after_a_heal_that_nobody_saw_nothing_is_known() -> None:
    played: Any = Played(a=(5, 0, 5), blind=(AFTER,))
    effect = GameIdle().recovered(played, ["a"], AFTER, BEFORE)
    assert (effect.in_band, effect.measured) == (False, {})


def test_who_falls_idle_beside_the_target_was_touched() -> None:
    played: Any = Played(a=(5, 0, 5), b=(5, 0, 5), c=(5, 5, 5), d=(0, 0, 0))
    assert GameIdle().untouched(played, ["b", "c", "d"], DURING, BEFORE) == ["b"]


def test_counts_that_begin_again_with_a_session_are_added_up() -> None:
    class Twice:
        def inputs(self, participant: str, window: Window) -> list[InputSample]:
            return [InputSample(t_ms, 0, count) for t_ms, count in enumerate((3, 9, 2, 4))]

    assert changes(Twice(), "a", DURING) == 10  # type: ignore[arg-type]  # as much telemetry as it needs


class Subject:
    network = server_path = turn_path = relay = frame_route = control = server = None

    def __init__(self, player: Any) -> None:
        self.name = "a"
        self.player = player


async def test_the_player_is_told_to_rest_and_to_go_on() -> None:
    told: list[str] = []

    class Player:
        async def rest(self) -> None:
            told.append("rest")

        async def play_on(self) -> None:
            told.append("play on")

    await GameIdle().inject([Subject(Player())])
    await GameIdle().heal([Subject(Player())])
    assert told == ["rest", "play on"]
    with pytest.raises(InjectorError, match="participant a"):
        await GameIdle().inject([Subject(None)])


class Struck(Played):
    """The same with keys a second, which the page counts, and frames a second."""

    def __init__(self, keys: dict[str, tuple[float, float, float]], *, pace: float = 30.0, **rates: Any) -> None:
        super().__init__(**rates)
        self._keys = keys
        self._pace = pace

    def _at(self, t_ms: float) -> float:
        """Frames by then: slower in the window."""
        inside = max(0.0, min(t_ms, 10_250) - 5_250)
        return 0.03 * (t_ms - inside) + self._pace / 1000 * inside

    def inputs(self, participant: str, window: Window) -> list[InputSample]:
        return [
            InputSample(one.t_ms, int(self._at(one.t_ms)), one.changes) for one in super().inputs(participant, window)
        ]

    def frames(self, participant: str, window: Window) -> list[tuple[float, int]]:
        return [(one.t_ms, one.frame) for one in self.inputs(participant, window)]

    def meters(self, participant: str, window: Window) -> list[MeterSample]:
        found, count = [], 0.0
        for t_ms in range(0, 13_250, 250):
            count += self._keys[participant][0 if t_ms < 5_250 else 1 if t_ms < 10_250 else 2] / 4
            sample = MeterSample(t_ms, 1.0, 0, 0, 0, False, True, 0, 0, 0, 0, keys=int(count))
            if window.holds(t_ms):
                found.append(sample)
        return found


QUIET, STORM = (6.0, 6.0, 6.0), (6.0, 300.0, 6.0)
STORMS: list[tuple[Struck, bool]] = [
    (Struck({"a": STORM}, a=(5, 28, 5)), True),
    (Struck({"a": (6, 281, 6)}, a=(5, 28, 5)), True),
    (Struck({"a": (6, 260, 6)}, a=(5, 28, 5)), False),
    (Struck({"a": (6, 340, 6)}, a=(5, 28, 5)), False),
    (Struck({"a": QUIET}, a=(5, 5, 5)), False),
    (Struck({"a": STORM}, a=(5, 20, 5), pace=24.0), False),
    (Struck({"a": STORM}, a=(5, 40, 5)), False),
]


@pytest.mark.parametrize(("struck", "in_band"), STORMS)
def test_a_storm_is_as_many_keys_as_asked_and_one_action_a_frame(struck: Any, in_band: bool) -> None:
    effect = GameStorm(300).effect(struck, ["a"], DURING, BEFORE)
    assert effect.in_band is in_band, effect


@pytest.mark.parametrize(
    ("struck", "back"),
    [
        (Struck({"a": STORM}, a=(5, 28, 5)), True),
        (Struck({"a": (6, 300, 300)}, a=(5, 28, 28)), False),
        (Struck({"a": STORM}, a=(5, 28, 28)), False),
    ],
)
def test_after_a_storm_nothing_of_it_is_left(struck: Any, back: bool) -> None:
    """Neither keys, nor actions that still come from somewhere."""
    assert GameStorm(300).recovered(struck, ["a"], AFTER, BEFORE).in_band is back


def test_only_who_is_struck_too_was_touched() -> None:
    struck: Any = Struck({"a": STORM, "b": STORM, "c": QUIET}, a=(5, 28, 5), b=(5, 28, 5), c=(5, 5, 5))
    assert GameStorm(300).untouched(struck, ["b", "c"], DURING, BEFORE) == ["b"]


@pytest.mark.parametrize("changes_s", [30, 3_000, True])
def test_a_storm_that_is_none_or_too_wild_is_refused(changes_s: float) -> None:
    with pytest.raises(ValueError, match=r"game\.storm: changes_s"):
        GameStorm(changes_s)


async def test_a_game_without_keys_cannot_be_stormed() -> None:
    class Control:
        async def run(self, expression: str) -> Any:
            assert "300.0" in expression
            return 0

    subject = Subject(None)
    subject.control = Control()  # type: ignore[assignment]  # as much of a page as it needs
    with pytest.raises(InjectorError, match="0 keys"):
        await GameStorm(300).inject([subject])


class Told:
    """Frames at which the pages told a difference."""

    def __init__(self, **told: list[int]) -> None:
        self._told = told

    def participants(self) -> tuple[str, ...]:
        return tuple(self._told)

    def differences(self, participant: str, window: Window) -> list[tuple[float, int]]:
        return [(100.0, frame) for frame in self._told[participant]]

    def frames(self, participant: str, window: Window) -> list[tuple[float, int]]:
        return [(100.0, 140), (200.0, 160), (300.0, 170)]


@pytest.mark.parametrize(
    ("told", "in_band", "frame"),
    [
        (Told(a=[150], b=[150]), True, 150.0),
        (Told(a=[150, 150], b=[150], c=[150]), True, 150.0),
        (Told(a=[150], b=[]), False, 150.0),
        (Told(a=[151], b=[151]), False, 151.0),
        (Told(a=[150, 90], b=[150]), False, 90.0),
        (Told(a=[], b=[]), False, -1.0),
    ],
)
def test_a_wrong_state_is_told_by_everybody_at_its_frame(told: Any, in_band: bool, frame: float) -> None:
    effect = GameCorrupt(150).effect(told, ["b"], DURING, BEFORE)
    assert (effect.in_band, effect.measured["frame"]) == (in_band, frame)
    assert effect.n > 0


async def test_the_bit_is_flipped_by_the_page_s_own_hook() -> None:
    asked: list[str] = []

    class Control:
        async def run(self, expression: str) -> Any:
            asked.append(expression)

    subject = Subject(None)
    subject.control = Control()  # type: ignore[assignment]  # as much of a page as it needs
    await GameCorrupt(150).inject([subject])
    assert asked == ["globalThis.igym.flip(150)"]
