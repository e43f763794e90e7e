"""What a researcher writes is checked when it is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import igym
from igym import ConfigError, Experiment, Game, Page, ThankYou


def game(**options: Any) -> Game:
    return Game(**{"id": "kitchen", "environment": "kitchen.py:Kitchen", **options})


def study(**options: Any) -> Experiment:
    scenes = [Page(id="hello", title="Hello"), game(), ThankYou()]
    return Experiment(**{"id": "study", "scenes": scenes, **options})


def scenes(*made: Any) -> Callable[[], Experiment]:
    return lambda: study(scenes=list(made))


PAGE = Page(id="hello", title="Hello")
WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "typo": (lambda: game(epsiodes=3), r"Game: unknown option 'epsiodes'; did you mean 'episodes'\?"),
    "nonsense": (lambda: ThankYou(qqq=1), "ThankYou: unknown option 'qqq'; known: id, title, paragraphs, completion_"),
    "missing": (lambda: Game(id="kitchen"), "Game: the option 'environment' is missing"),  # type: ignore[call-arg]
    "by position": (lambda: Page("hello", "Hello"), "Page: give its options by name: id, title"),
    "id": (lambda: game(id="Two Cooks"), "Game: id is 'Two Cooks'; use lower-case letters"),
    "id too long": (lambda: study(id="x" * 65), "at most 64"),
    "environment": (lambda: game(environment="kitchen.py"), "Game 'kitchen': environment is .*\"module:Class\""),
    "environment no text": (lambda: game(environment=None), "Game 'kitchen': environment is None"),
    "kwargs no dict": (
        lambda: game(environment_kwargs=[1]),
        r"Game 'kitchen': environment_kwargs is \[1\]; give a dict",
    ),
    "kwargs no JSON": (
        lambda: game(environment_kwargs={"a": {1}}),
        "environment_kwargs cannot be sent .* plain values",
    ),
    "kwargs NaN": (lambda: game(environment_kwargs={"a": float("nan")}), "environment_kwargs cannot be sent"),
    "keys no dict": (lambda: game(keys="wasd"), "Game 'kitchen': keys is 'wasd'; give a dict"),
    "seats": (lambda: game(seats=9), "Game 'kitchen': seats is 9; give an integer from 1 to 8"),
    "a float": (lambda: game(episodes=2.0), "episodes is 2.0; give an integer from 1 to 100"),
    "a boolean": (lambda: game(seats=True), "seats is True"),
    "max_steps": (lambda: game(max_steps=0), "max_steps is 0; give an integer from 1 to 4194303"),
    "delay": (lambda: game(input_delay_frames=-1), "input_delay_frames is -1"),
    "limit": (lambda: game(prediction_limit_frames=0), "prediction_limit_frames is 0"),
    "upload": (lambda: game(upload_interval_ms=49), "upload_interval_ms is 49"),
    "countdown": (lambda: game(countdown_ms=60_001), "countdown_ms is 60001"),
    "timeout": (lambda: game(reconnection_timeout_ms=999), "reconnection_timeout_ms is 999"),
    "page text": (lambda: Page(id="p", title="", paragraphs=[1]), "Page 'p': 1 is not a text"),  # type: ignore[list-item]
    "paragraphs as text": (
        lambda: Page(id="p", title="", paragraphs="Hi"),
        r"a text; give a list: paragraphs=\['Hi'\]",
    ),
    "thanks as text": (lambda: ThankYou(paragraphs="Bye"), r"ThankYou 'thanks': paragraphs is a text"),
    "code": (lambda: ThankYou(completion_code="no"), "completion_code is 'no'; give True or False"),  # type: ignore[arg-type]
    "title": (lambda: study(title=5), "Experiment 'study': 5 is not a text"),
    "packages as text": (lambda: study(packages="numpy"), r"packages is a text; give a list: packages=\['numpy'\]"),
    "packages no texts": (lambda: study(packages=[3]), "Experiment 'study': 3 is not a text"),
    "no scene": (scenes(PAGE, "kitchen"), "scenes holds 'kitchen'; put Page, Game and ThankYou there"),
    "no game": (scenes(PAGE), "scenes must hold exactly one Game"),
    "two games": (scenes(game(), game(id="more")), "scenes must hold exactly one Game"),
    "thanks not last": (scenes(ThankYou(), game()), "ThankYou must be the last scene"),
    "two of an id": (scenes(PAGE, game(id="hello")), "two scenes have the id 'hello'; give each its own"),
}


@pytest.mark.parametrize(("make", "message"), WRONG.values(), ids=WRONG)
def test_a_mistake_names_the_option_and_the_fix(make: Callable[[], object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        make()


@pytest.mark.parametrize(("option", "bounds"), Game.RANGES.items())
def test_both_ends_of_a_range_are_allowed(option: str, bounds: tuple[int, int]) -> None:
    assert [getattr(game(**{option: value}), option) for value in bounds] == list(bounds)


def test_the_environments_own_number_of_steps_is_the_default() -> None:
    assert study().game.max_steps is None


@pytest.mark.parametrize(
    ("setting", "option", "value"),
    [
        ("kitchen.max_steps=600", "max_steps", 600),
        ("kitchen.countdown_ms=0", "countdown_ms", 0),
        ("kitchen.title=A = B", "title", "A = B"),
    ],
)
def test_a_setting_changes_one_option_of_a_copy(setting: str, option: str, value: object) -> None:
    before = study()
    changed = before.with_option(setting)
    assert getattr(changed.game, option) == value
    assert before == study()
    assert [scene.id for scene in changed.scenes] == ["hello", "kitchen", "thanks"]


def test_a_setting_knows_true_and_false() -> None:
    last = study().with_option("thanks.completion_code=false").scenes[-1]
    assert isinstance(last, ThankYou)
    assert last.completion_code is False


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("kitchen.max_steps", "write SCENE.OPTION=VALUE, for example kitchen.max_steps=600"),
        ("max_steps=600", "write SCENE.OPTION=VALUE"),
        ("kitchn.max_steps=600", r"no scene 'kitchn'; did you mean 'kitchen'\?"),
        ("kitchen.max_step=600", r"Game has no option 'max_step'; did you mean 'max_steps'\?"),
        ("kitchen.id=other", "Game has no option 'id'"),
        ("kitchen.max_steps=many", "max_steps is 'many'; give an integer from 1 to"),
        ("kitchen.max_steps=0", "max_steps is 0"),
        ("kitchen.keys=wasd", "keys is 'wasd'; give a dict"),
        ("hello.paragraphs=Hi", "paragraphs is a text; give a list"),
    ],
)
def test_a_wrong_setting_names_the_fix(setting: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        study().with_option(setting)


def test_everything_a_researcher_needs_is_at_the_top() -> None:
    assert all(hasattr(igym, name) for name in igym.__all__)
