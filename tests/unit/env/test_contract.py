"""An environment that is none is refused with everything that is missing, and how to add it."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from igym_env.contract import METHODS, ContractError, check
from igym_env.loader import load


class Whole:
    """The least that is an environment."""

    seats = 2
    actions = ("stay", "go")
    noop = 0
    fps = 30
    max_steps = 10
    view = (100, 100)

    def reset(self, seed: int) -> Any: ...
    def step(self, actions: dict[int, int]) -> Any: ...
    def get_state(self) -> Any: ...
    def set_state(self, state: Any) -> None: ...
    def render(self) -> Any: ...


def without(name: str) -> Any:
    members = {key: value for key, value in vars(Whole).items() if key != name}
    return type("Partial", (), members)()


def with_value(name: str, value: Any) -> Any:
    return type("Changed", (Whole,), {name: value})()


def test_the_least_is_enough() -> None:
    check(Whole())


@pytest.mark.parametrize("name", METHODS)
def test_a_missing_method_is_named_with_its_fix(name: str) -> None:
    with pytest.raises(ContractError) as caught:
        check(without(name))
    assert f"{name} is missing: add `{METHODS[name]}`" in str(caught.value)


def test_everything_missing_is_named_at_once() -> None:
    with pytest.raises(ContractError) as caught:
        check(object())
    assert all(name in str(caught.value) for name in (*METHODS, "seats", "actions", "noop", "fps", "max_steps", "view"))


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("seats", 0, "seats is 0"),
        ("seats", 9, "1 to 8"),
        ("seats", True, "seats is True"),
        ("fps", 61, "fps is 61"),
        ("max_steps", 1.5, "max_steps is 1.5"),
        ("actions", (), "actions is ()"),
        ("actions", (1, 2), "actions is (1, 2)"),
        ("noop", 2, "noop is 2"),
        ("view", (100, 0), "view is (100, 0)"),
        ("keys", {"Space": "fly"}, "['fly']"),
        ("one_shot", ("fly",), "one_shot names the actions ['fly']"),
        ("seat_names", ("the red one",), "one text for each of the 2 seats"),
    ],
)
def test_a_wrong_declaration_is_named(name: str, value: Any, said: str) -> None:
    with pytest.raises(ContractError) as caught:
        check(with_value(name, value))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        ("kitchen", 'write "module:Class"'),
        ("nowhere.py:Kitchen", "there is no file nowhere.py"),
        ("no_such_module:Kitchen", "no module no_such_module"),
        ("json:Kitchen", "json has no Kitchen"),
    ],
)
def test_an_entry_that_leads_nowhere_says_why(entry: str, said: str) -> None:
    with pytest.raises(ContractError, match="environment") as caught:
        load(entry)
    assert said in str(caught.value)


def test_wrong_arguments_are_named(tmp_path: Path) -> None:
    (tmp_path / "narrow_world.py").write_text("class World:\n    def __init__(self, size): ...\n", encoding="utf-8")
    with pytest.raises(ContractError, match="cannot be made with"):
        load(f"{tmp_path / 'narrow_world.py'}:World", {"colour": "red"})


def test_the_neighbours_of_an_environment_come_before_a_namesake_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `kitchen.py`, an experiment, beside `environments/kitchen.py`, a world."""
    (tmp_path / "worlds").mkdir()
    (tmp_path / "namesake_of_a_part.py").write_text("SEATS = 3\n", encoding="utf-8")
    (tmp_path / "worlds" / "namesake_of_a_part.py").write_text("SEATS = 4\n", encoding="utf-8")
    source = "from tests_whole import Whole\nfrom namesake_of_a_part import SEATS\n\nclass World(Whole):\n    seats = SEATS\n"
    (tmp_path / "worlds" / "neighbour_world.py").write_text(source, encoding="utf-8")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.setitem(sys.modules, "tests_whole", cast("Any", SimpleNamespace(Whole=Whole)))
    assert load(f"{tmp_path / 'worlds' / 'neighbour_world.py'}:World").seats == 4
