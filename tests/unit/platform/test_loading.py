"""An experiment file that cannot be served says why, by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

from igym import ConfigError, assets, loading

EXAMPLES = assets.find().examples

WRONG = [
    (
        "import igym\nexperiment = igym.Experiment(id='x', scens=[])\n",
        "study.py: Experiment: unknown option 'scens'; did you mean 'scenes'?",
    ),
    ("experiment = (", "study.py cannot be run: SyntaxError"),
    ("import no_such_module", "study.py cannot be run: ModuleNotFoundError: No module named 'no_such_module'"),
    ("x = 1", "study.py defines no experiment: assign `experiment = igym.Experiment(...)`"),
    ("experiment = 5", "study.py defines no experiment"),
]


@pytest.mark.parametrize(("text", "said"), WRONG)
def test_a_wrong_file_is_named_with_the_fix(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "study.py"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        loading.load(str(file), EXAMPLES)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("name", "said"), [("no/such.py", "there is no file no/such.py"), ("kitchn", "did you mean 'kitchen'?")]
)
def test_a_name_that_leads_nowhere_is_told(name: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        loading.load(name, EXAMPLES)
    assert said in str(caught.value)


@pytest.mark.parametrize("name", ["kitchen", "volley", "forage"])
def test_the_shipped_examples_load(name: str) -> None:
    assert loading.load(name, EXAMPLES).experiment.id == name


def test_paths_are_relative_to_the_folder_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "study.py"
    file.write_text(
        'import igym\nexperiment = igym.Experiment(id="x", scenes=[igym.Game(id="g", environment="w.py:W")])\n'
    )
    loaded = loading.load(str(file), EXAMPLES)
    assert (loaded.file, loaded.folder) == (file.resolve(), tmp_path.resolve())
