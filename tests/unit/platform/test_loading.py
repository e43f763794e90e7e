"""An experiment's file is found and run, or the error names the file and the fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from igym import assets, loading
from igym.errors import ConfigError

GOOD = """
import igym
experiment = igym.Experiment(id="mine", scenes=[igym.Game(id="play", environment="play.py:Play", seats=1)])
"""
EXAMPLES = assets.find().examples


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("def (:\n", r"^mine\.py cannot be run: SyntaxError: .*line 1"),
        ("import igym\n", r"^mine\.py defines no experiment: assign `experiment = igym\.Experiment"),
        ("experiment = 'mine'\n", r"^mine\.py defines no experiment"),
        ("1 / 0\n", r"^mine\.py cannot be run: ZeroDivisionError"),
        ("import no_such_module\n", r"^mine\.py cannot be run: ModuleNotFoundError: .*no_such_module"),
        (GOOD.replace("seats", "saets"), r"^mine\.py: Game: unknown option 'saets'; did you mean 'seats'\?"),
    ],
    ids=["syntax", "no experiment", "another experiment", "raises", "import", "typo"],
)
def test_a_mistake_in_the_file_names_file_and_fix(tmp_path: Path, source: str, message: str) -> None:
    file = tmp_path / "mine.py"
    file.write_text(source, encoding="utf-8")
    with pytest.raises(ConfigError, match=message):
        loading.load(str(file), EXAMPLES)


def test_a_file_gives_its_experiment_and_folder(tmp_path: Path) -> None:
    file = tmp_path / "mine.py"
    file.write_text(GOOD, encoding="utf-8")
    loaded = loading.load(str(file), EXAMPLES)
    assert (loaded.experiment.id, loaded.file, loaded.folder) == ("mine", file.resolve(), tmp_path.resolve())


@pytest.mark.parametrize("name", ["kitchen", "volley", "forage"])
def test_shipped_examples_are_known_by_name(name: str) -> None:
    loaded = loading.load(name, EXAMPLES)
    assert (loaded.experiment.id, loaded.file) == (name, EXAMPLES / f"{name}.py")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("missing.py", r"there is no file missing\.py"),
        ("kitchn", r"no experiment 'kitchn': give a Python file or one of the examples; did you mean 'kitchen'\?"),
        ("qqq", "known: forage, kitchen, volley"),
    ],
)
def test_a_name_that_leads_nowhere(name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        loading.load(name, EXAMPLES)
