"""The registry of planted bugs fits the source, names checks that exist, and is no part of what is shipped."""

from __future__ import annotations

import builtins
import symtable
import tomllib
from pathlib import Path

import pytest

import planting
from igym_chaos import scenario
from igym_harness.checkers import CORE, FURTHER

ROOT = Path(__file__).resolve().parents[2]
E2E = ROOT / "tests" / "e2e" / "self"
BUGS = planting.registry()
NEEDED = 8
"""In real browsers; chaos handbook 11.2."""


def test_there_are_enough() -> None:
    assert len(BUGS) >= NEEDED


@pytest.mark.parametrize("bug", BUGS.values(), ids=lambda bug: bug.id)
def test_every_edit_fits_the_source_as_it_is(bug: planting.Bug) -> None:
    texts = planting.edited(bug)
    assert texts
    for file, text in texts.items():
        assert text != (ROOT / file).read_text(encoding="utf-8")
        if Path(file).suffix == ".py":
            assert unknown_names(text) == set(), f"{bug.id} names in {file} what is not there"


def unknown_names(source: str) -> set[str]:
    """What the functions of a module ask for, and neither the module nor Python has: a bug that ends in a NameError is another bug."""
    module = symtable.symtable(source, "planted", "exec")
    known = {one.get_name() for one in module.get_symbols() if one.is_assigned() or one.is_imported()}
    known |= {*dir(builtins), "__file__", "__name__"}
    tables = [module]
    unknown: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        unknown |= {one.get_name() for one in table.get_symbols() if one.is_global() and one.is_referenced()} - known
    return unknown


def test_a_name_that_is_gone_is_noticed() -> None:
    assert unknown_names("import os\ndef f(a):\n    b = a\n    return [len(b), os, f, env.x]\n") == {"env"}


@pytest.mark.parametrize("bug", BUGS.values(), ids=lambda bug: bug.id)
def test_a_bug_names_checks_and_a_match_that_exist(bug: planting.Bug) -> None:
    assert bug.checks
    assert set(bug.checks) <= {*CORE, *FURTHER}
    assert scenario.load(E2E / f"{bug.scenario}.toml").suite == "self"


def test_a_bug_is_planted_into_the_copy_only(tmp_path: Path) -> None:
    bug = BUGS["BUG-01"]
    file = bug.edits[0].file
    before = (ROOT / file).read_text(encoding="utf-8")
    planting.plant(bug, tmp_path / "source")
    assert bug.edits[0].after in (tmp_path / "source" / file).read_text(encoding="utf-8")
    assert (ROOT / file).read_text(encoding="utf-8") == before
    assert (tmp_path / "source" / "node_modules").resolve() == (ROOT / "node_modules").resolve()
    copied = (tmp_path / "source" / "platform" / "src" / "igym" / "app.py").read_bytes()
    assert copied == (ROOT / "platform" / "src" / "igym" / "app.py").read_bytes()


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (planting.Edit("client/src/main.js", "no such text", ""), "0 times, not once"),
        (planting.Edit("client/src/nowhere.js", "x", "y"), "is no file"),
        (planting.Edit("harness/src/igym_harness/run.py", "async", ""), "is no file below platform or client"),
    ],
)
def test_an_edit_that_does_not_fit_is_an_error(edit: planting.Edit, said: str) -> None:
    bug = planting.Bug("BUG-X", "", ("PAR-1",), "trigger-clean", "kitchen", (edit,))
    with pytest.raises(planting.PlantingError, match="BUG-X") as caught:
        planting.edited(bug)
    assert said in str(caught.value)


def test_nothing_of_it_is_shipped() -> None:
    """What the wheel is made of (pyproject.toml, hatch_build.py) does not hold the registry, and knows nothing of it."""
    build = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["hatch"]["build"]["targets"]
    shipped = [ROOT / package for package in build["wheel"]["packages"]]
    shipped += [ROOT / folder for folder in ("client/src", "platform/examples", "chaos/scenarios")]
    files = [
        path for folder in shipped for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    assert len(files) > 200
    planted = Path(planting.__file__).parent
    assert not [path for path in files if path.is_relative_to(planted) or path.name in ("bugs.toml", "planting.py")]
    assert not [
        path for path in files if path.suffix in (".py", ".js", ".toml") and "planting" in path.read_text("utf-8")
    ]
    assert not any(folder.strip("/").startswith("tests") for folder in build["sdist"]["include"])
