"""A researcher's mistake is told with the option's name and the fix."""

from __future__ import annotations

from typing import Any

import pytest

from igym import ConfigError, Experiment, Game, Page, ThankYou

ENTRY = "environments/kitchen.py:Kitchen"


# What is wrong on purpose is not for the type checker.
AnyPage: Any = Page
AnyGame: Any = Game


def game(**options: Any) -> Game:
    return Game(**{"id": "game", "environment": ENTRY, **options})


def experiment(**options: Any) -> Experiment:
    return Experiment(**{"id": "study", "scenes": [game(), ThankYou()], **options})


MISTAKES: list[tuple[Any, str]] = [
    (lambda: game(epsiodes=2), "Game: unknown option 'epsiodes'; did you mean 'episodes'?"),
    (lambda: game(input_delay=2), "did you mean 'input_delay_frames'?"),
    (lambda: AnyPage(id="a", title="A", text="b"), "Page: unknown option 'text'"),
    (lambda: AnyGame(id="game"), "Game: the option 'environment' is missing"),
    (lambda: AnyPage("a", "A"), "give its options by name"),
    (lambda: game(seats=9), "seats is 9; give an integer from 1 to 8"),
    (lambda: game(seats="2"), "seats is '2'"),
    (lambda: game(episodes=0), "episodes is 0"),
    (lambda: game(environment="kitchen"), 'write "path/to/file.py:Class"'),
    (lambda: game(environment_kwargs={"f": print}), "cannot be sent to a browser"),
    (lambda: AnyPage(id="A page", title="A"), "id is 'A page'"),
    (lambda: AnyPage(id="a", title=3), "3 is not a text"),
    (lambda: AnyPage(id="a", title="A", paragraphs="one"), "give a list: paragraphs=['one']"),
    (lambda: experiment(scenes=[ThankYou()]), "exactly one Game"),
    (lambda: experiment(scenes=[game(), game(id="other")]), "exactly one Game"),
    (lambda: experiment(scenes=[ThankYou(), game()]), "ThankYou must be the last scene"),
    (lambda: experiment(scenes=[game(), Page(id="game", title="A")]), "two scenes have the id 'game'"),
    (lambda: experiment(scenes=["game"]), "scenes holds 'game'"),
    (lambda: experiment(packages="numpy"), "packages=['numpy']"),
    (lambda: experiment().with_option("game.max_step=5"), "did you mean 'max_steps'?"),
    (lambda: experiment().with_option("gaem.max_steps=5"), "did you mean 'game'?"),
    (lambda: experiment().with_option("max_steps"), "write SCENE.OPTION=VALUE"),
    (lambda: experiment().with_option("game.max_steps=many"), "max_steps is 'many'"),
    (lambda: experiment().with_option("game.max_steps=0"), "max_steps is 0"),
    (lambda: experiment().with_option("game.id=other"), "Game has no option 'id'"),
    (lambda: experiment().with_option("game.keys=wasd"), "keys is 'wasd'; give a dict"),
    (lambda: game(seats=True), "seats is True"),
    (lambda: game(episodes=2.0), "episodes is 2.0"),
    (lambda: game(environment=None), "environment is None"),
    (lambda: game(environment_kwargs=[1]), "environment_kwargs is [1]; give a dict"),
    (lambda: game(environment_kwargs={"x": float("nan")}), "environment_kwargs cannot be sent to a browser"),
    (lambda: ThankYou(completion_code="no"), "completion_code is 'no'; give True or False"),  # type: ignore[arg-type]
    (lambda: ThankYou(paragraphs="Bye"), "give a list: paragraphs=['Bye']"),
    (lambda: experiment(packages=[3]), "3 is not a text"),
    (lambda: experiment(title=5), "5 is not a text"),
    (lambda: experiment(id="x" * 65), "at most 64"),
]


@pytest.mark.parametrize(("make", "said"), MISTAKES)
def test_a_mistake_names_the_option_and_the_fix(make: Any, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        make()
    assert said in str(caught.value)


def test_an_option_of_a_scene_is_changed_and_nothing_else() -> None:
    before = experiment()
    after = before.with_option("game.max_steps=600")
    assert (before.game.max_steps, after.game.max_steps) == (None, 600)
    assert after.game.seats == before.game.seats


@pytest.mark.parametrize(("option", "bounds"), Game.RANGES.items())
def test_a_range_includes_its_ends_and_nothing_beyond(option: str, bounds: tuple[int, int]) -> None:
    low, high = bounds
    assert [getattr(game(**{option: value}), option) for value in bounds] == [low, high]
    for value in (low - 1, high + 1):
        with pytest.raises(ConfigError, match=f"{option} is {value}; give an integer from {low} to {high}"):
            game(**{option: value})


@pytest.mark.parametrize(
    ("setting", "value"),
    [("thanks.completion_code=false", False), ("thanks.completion_code=True", True), ("thanks.title=A = B", "A = B")],
)
def test_the_command_line_knows_true_false_and_texts(setting: str, value: object) -> None:
    option = setting.partition("=")[0].partition(".")[2]
    assert getattr(experiment().with_option(setting).scenes[-1], option) == value
