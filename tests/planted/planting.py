"""Plants a bug into a copy of the source tree, which one server then runs from and serves; the tree itself stays as it is.

    bugs.toml ─▶ Bug(edits, checks, scenario) ─▶ plant(bug, folder) ─▶ `igym serve` with that folder on PYTHONPATH

`python tests/planted/planting.py BUG-01 FOLDER` makes such a copy, to look at it or to run `nox -s chaos -- NAME --source FOLDER`.
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REGISTRY = Path(__file__).with_name("bugs.toml")
COPIED = ("platform", "client")
LINKED = ("node_modules",)
LEFT_OUT = shutil.ignore_patterns("__pycache__", "test")


class PlantingError(Exception):
    """A bug that does not fit the source any more; says which edit."""


@dataclass(frozen=True)
class Edit:
    """`before` stands exactly once in the file, and becomes `after`."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Bug:
    """A defect that products of this kind have had, who must notice it, and where it shows."""

    id: str
    doc: str
    checks: tuple[str, ...]
    """Checks of the handbook's table that must name it, all of them."""
    scenario: str
    """A file below tests/e2e/self."""
    env: str
    edits: tuple[Edit, ...]


def registry(path: Path = REGISTRY) -> dict[str, Bug]:
    """Every bug by its id. Raises PlantingError for two of one id."""
    bugs: dict[str, Bug] = {}
    for one in tomllib.loads(path.read_text(encoding="utf-8"))["bug"]:
        if one["id"] in bugs:
            raise PlantingError(f"{path.name}: {one['id']} stands there twice")
        bugs[one["id"]] = _bug(one)
    return bugs


def plant(bug: Bug, folder: Path, *, root: Path = ROOT) -> Path:
    """The source tree in `folder`, with the bug in it. Raises PlantingError."""
    for name in COPIED:
        shutil.copytree(root / name, folder / name, ignore=LEFT_OUT)
    for name in LINKED:
        (folder / name).symlink_to(root / name, target_is_directory=True)
    for file, text in edited(bug, root).items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder


def edited(bug: Bug, root: Path = ROOT) -> Mapping[str, str]:
    """File -> its text with the bug. Raises PlantingError for an edit whose text does not stand there exactly once."""
    texts: dict[str, str] = {}
    for edit in bug.edits:
        path = root / edit.file
        if edit.file.split("/")[0] not in COPIED or not path.is_file():
            raise PlantingError(f"{bug.id}: {edit.file} is no file below {' or '.join(COPIED)}")
        text = texts.get(edit.file) or path.read_text(encoding="utf-8")
        if (times := text.count(edit.before)) != 1:
            raise PlantingError(f"{bug.id}: {edit.file} has {times} times, not once: {edit.before!r}")
        texts[edit.file] = text.replace(edit.before, edit.after)
    return texts


def _bug(one: Mapping[str, object]) -> Bug:
    edits = one["edits"]
    checks = one["checks"]
    assert isinstance(edits, list)
    assert isinstance(checks, list)
    return Bug(
        id=str(one["id"]),
        doc=str(one["doc"]),
        checks=tuple(map(str, checks)),
        scenario=str(one["scenario"]),
        env=str(one["env"]),
        edits=tuple(Edit(edit["file"], edit["from"], edit["to"]) for edit in edits),
    )


def main(arguments: Sequence[str]) -> int:
    """Usage: BUG FOLDER."""
    bugs = registry()
    if len(arguments) != 2 or arguments[0] not in bugs:
        sys.stderr.write(f"usage: planting.py BUG FOLDER; bugs: {', '.join(bugs)}\n")
        return 2
    folder = Path(arguments[1])
    folder.mkdir(parents=True)
    plant(bugs[arguments[0]], folder)
    sys.stdout.write(f"{folder}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
