"""The rooms of the repository: who may import whom, what may not lie where."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

ROOMS = {
    "igym_env": ROOT / "client" / "pyodide" / "src" / "igym_env",
    "igym": ROOT / "platform" / "src" / "igym",
    "igym_chaos": ROOT / "chaos" / "src" / "igym_chaos",
    "igym_harness": ROOT / "harness" / "src" / "igym_harness",
    "tests/e2e": ROOT / "tests" / "e2e",
}
# DESIGN: from -> may import (itself always).
MAY_IMPORT = {
    "igym_env": set(),
    "igym": {"igym_env"},
    "igym_chaos": set(),
    "igym_harness": {"igym_env", "igym_chaos"},
    "tests/e2e": {"igym_chaos", "igym_harness"},
}
PACKAGES = {name for name in ROOMS if name.startswith("igym")}
FOLDERS_NEVER_PACKAGES = ("platform", "client", "harness", "chaos", "tests")


def imported_roots(source: str) -> set[str]:
    """Top-level names of everything that a module imports absolutely."""
    roots: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            roots.add(node.module.split(".")[0])
    return roots


def forbidden_imports(room: str, source: str) -> set[str]:
    """Packages of ours that a module of this room imports although the table does not allow it."""
    return (imported_roots(source) & PACKAGES) - MAY_IMPORT[room] - {room}


def modules() -> Iterator[tuple[str, Path]]:
    for room, folder in ROOMS.items():
        for path in sorted(folder.rglob("*.py")):
            yield room, path


@pytest.mark.parametrize(
    ("room", "path"), [pytest.param(room, path, id=f"{room}:{path.name}") for room, path in modules()]
)
def test_a_module_imports_only_what_its_room_may(room: str, path: Path) -> None:
    assert not forbidden_imports(room, path.read_text(encoding="utf-8")), f"{path} crosses a wall of DESIGN section 2"


@pytest.mark.parametrize(
    ("room", "source", "expected"),
    [
        ("igym_chaos", "from igym_harness import run", {"igym_harness"}),
        ("igym", "import igym_chaos.cdp", {"igym_chaos"}),
        ("igym_env", "def f():\n    import igym\n", {"igym"}),
        ("igym_harness", "import igym_chaos, igym_env", set()),
    ],
)
def test_the_wall_test_sees_a_crossing(room: str, source: str, expected: set[str]) -> None:
    assert forbidden_imports(room, source) == expected


def test_igym_env_uses_the_standard_library_only() -> None:
    allowed = sys.stdlib_module_names | {"igym_env"}
    strange = {
        path.name: roots
        for path in ROOMS["igym_env"].rglob("*.py")
        if (roots := imported_roots(path.read_text(encoding="utf-8")) - allowed)
    }
    assert not strange


@pytest.mark.parametrize("folder", FOLDERS_NEVER_PACKAGES)
def test_product_folders_are_never_packages(folder: str) -> None:
    inside_packages = set(ROOMS.values())
    stray = [
        path
        for path in (ROOT / folder).rglob("__init__.py")
        if not any(path.is_relative_to(package) for package in inside_packages if package.name.startswith("igym"))
    ]
    assert not stray, f"{folder}/ is a folder, not a package: delete {stray}"


def test_top_level_folders_are_the_fixed_ones() -> None:
    fixed = {"platform", "client", "harness", "chaos", "tests"}
    found = {path.name for path in ROOT.iterdir() if path.is_dir() and any(path.rglob("*.py")) and path.name[0] != "."}
    assert found - {"node_modules", "dist", "build"} <= fixed


def test_nothing_is_loaded_from_another_host() -> None:
    pages = [*ROOT.glob("client/src/**/*.html"), *ROOT.glob("client/src/**/*.js"), *ROOT.glob("client/src/**/*.css")]
    assert pages
    strange = [path for path in pages if "https://" in (text := path.read_text(encoding="utf-8")) or "http://" in text]
    assert not strange, f"absolute addresses in the client: {strange}"
