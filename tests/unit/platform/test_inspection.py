"""An environment that is none stops the server before the first participant arrives."""

from __future__ import annotations

from pathlib import Path

import pytest

from igym import ConfigError, Game, inspection

WORLD = """
class World:
    seats = 2
    actions = ("stay", "go")
    noop = 0
    fps = 30
    max_steps = 10
    view = (10, 10)
    def reset(self, seed): return {0: 0, 1: 0}, {0: {}, 1: {}}
    def step(self, actions): return tuple({0: 0, 1: 0} for _ in range(4)) + ({},)
    def get_state(self): return {}
    def set_state(self, state): pass
    def render(self): return []
"""


def inspect(folder: Path, text: str, **options: object) -> dict[str, object] | None:
    (folder / "world.py").write_text(text, encoding="utf-8")
    game = Game(id="game", environment="world.py:World", **options)  # type: ignore[arg-type]
    return inspection.inspect(game, entry="world:World", paths=[folder])


def test_an_environment_tells_what_it_declares(tmp_path: Path) -> None:
    spec = inspect(tmp_path, WORLD)
    assert spec is not None
    assert (spec["seats"], spec["actions"]) == (2, ["stay", "go"])


WRONG = [
    (WORLD.replace("def set_state", "def put_state"), {}, "set_state is missing: add `def set_state(self, state)"),
    (WORLD.replace("class World", "class Word"), {}, "world has no World"),
    (WORLD.replace("noop = 0", "noop = 7"), {}, "noop is 7"),
    (WORLD.replace("return {0: 0, 1: 0}, {0: {}, 1: {}}", "return 1 / 0"), {}, "ZeroDivisionError"),
    ("class World(", {}, "SyntaxError"),
    (WORLD.replace("for _ in range(4)", "for _ in range(3)"), {}, "step() must return a tuple of five dicts by seat"),
    (WORLD.replace("tuple({0: 0, 1: 0}", "tuple({0: 0}"), {}, "step() returned no observations for seats [1]"),
    (WORLD.replace("return {}\n", "return __import__('time').time_ns()\n"), {}, "env_contract_failed"),
    (WORLD, {"seats": 3}, "seats is 3, but world.py:World has 2"),
    (WORLD, {"keys": {"Space": "goo"}}, "keys maps Space to 'goo', which is no action; did you mean 'go'?"),
    (WORLD, {"environment_kwargs": {"size": 3}}, "cannot be made with {'size': 3}"),
]


@pytest.mark.parametrize(("text", "options", "said"), WRONG)
def test_a_wrong_environment_is_told_by_scene_and_member(
    tmp_path: Path, text: str, options: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        inspect(tmp_path, text, **options)
    assert "Game 'game'" in str(caught.value)
    assert said in str(caught.value)


def test_an_environment_that_needs_a_package_of_the_browser_is_left_to_it(tmp_path: Path) -> None:
    assert inspect(tmp_path, "import a_package_with_machine_code\n" + WORLD) is None


def test_an_environment_that_never_starts_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspection, "INSPECT_S", 0.2)
    with pytest.raises(ConfigError, match=r"did not start within 0\.2 s; look for a loop in __init__ or reset"):
        inspect(tmp_path, "while True: pass")
