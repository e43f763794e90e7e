"""Puts the browser's parts into the wheel: client, Socket.IO, the Pyodide core, the examples. An editable install needs none of it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ASSETS = Path("igym/_assets")
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json")
SOCKET_IO = Path("socket.io-client/dist/socket.io.esm.min.js")


class BrowserParts(BuildHookInterface[Any]):
    """Takes node_modules as `nox` made it; without one, npm makes one in a scratch folder."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        modules = root / "node_modules"
        if not all((modules / "pyodide" / name).is_file() for name in PYODIDE):
            modules = _fetched(root)
        for source, target in _parts(root, modules):
            build_data["force_include"][str(source)] = str(ASSETS / target)
        for scenario in sorted((root / "chaos" / "scenarios").glob("*.toml")):
            build_data["force_include"][str(scenario)] = f"igym_chaos/_scenarios/{scenario.name}"


def _parts(root: Path, modules: Path) -> Iterator[tuple[Path, Path]]:
    for name in PYODIDE:
        yield modules / "pyodide" / name, Path("pyodide") / name
    yield modules / SOCKET_IO, Path("vendor") / SOCKET_IO.name
    for folder, target in ((root / "client" / "src", "client"), (root / "platform" / "examples", "examples")):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                yield path, Path(target) / path.relative_to(folder)


def _fetched(root: Path) -> Path:
    """The locked packages of package-lock.json, fetched by npm."""
    npm = shutil.which("npm")
    if npm is None:
        raise RuntimeError(
            "building the wheel needs node_modules: run `nox -s wheel`, which fetches it, or put npm on PATH"
        )
    scratch = Path(tempfile.mkdtemp(prefix="igym-build-"))
    for name in ("package.json", "package-lock.json"):
        shutil.copy(root / name, scratch / name)
    subprocess.run([npm, "ci", "--omit=dev", "--no-audit", "--no-fund"], cwd=scratch, check=True)  # noqa: S603
    return scratch / "node_modules"
