"""Every frame rolled back and simulated again comes out the same; an environment that forgets something is caught."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from igym_env import sync_test

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "sync-test.json").read_text(encoding="utf-8"))
EXAMPLES = Path(__file__).parents[3] / "platform" / "examples" / "environments"
FRAMES = 2000

FORGETFUL = """
from igym_env import Generator

class Forgetful:
    seats = 2
    actions = ("stay", "go")
    noop = 0
    fps = 30
    max_steps = 200
    view = (10, 10)

    def reset(self, seed):
        self.total, self.secret = 0, 0
        return {0: 0, 1: 0}, {0: {}, 1: {}}

    def step(self, actions):
        self.secret += sum(actions.values())
        self.total += self.secret
        over = {0: False, 1: False}
        return {0: self.total, 1: self.total}, {0: 0.0, 1: 0.0}, over, dict(over), {0: {}, 1: {}}

    def get_state(self):
        return {"total": self.total}

    def set_state(self, state):
        self.total = state["total"]

    def render(self):
        return []
"""


@pytest.mark.parametrize(("module", "name"), [("kitchen", "Kitchen"), ("volley", "Volley"), ("forage", "Forage")])
def test_every_example_survives_a_rollback_at_every_frame(module: str, name: str) -> None:
    result = json.loads(sync_test.run(f"{EXAMPLES / module}.py:{name}", FRAMES, 1))
    assert result["ok"], result
    assert result["frames"] == FRAMES


@pytest.mark.parametrize(("module", "name"), [("kitchen", "Kitchen"), ("volley", "Volley")])
def test_the_chain_of_hashes_is_the_one_that_the_browsers_python_gives(module: str, name: str) -> None:
    """client/test/game/pyodide.test.js compares with the same vectors."""
    result = json.loads(sync_test.run(f"{EXAMPLES / module}.py:{name}", FRAMES, 1))
    assert result["chain"] == VECTORS[f"{module}:{name}"]


def test_an_environment_that_forgets_is_caught_at_its_first_frame(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "forgetful.py"
    file.write_text(FORGETFUL, encoding="utf-8")
    assert sync_test.main([f"{file}:Forgetful", "--frames", "100"]) == 1
    assert "episode 0, frame" in capsys.readouterr().out
