"""Where the parts that go to the browser lie: inside the installed wheel, or in a checkout of the repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import igym_env
from igym.errors import PartsError

PACKAGED = Path(__file__).parent / "_assets"
CHECKOUT = Path(__file__).parents[3]
SOCKET_IO = "socket.io.esm.min.js"


@dataclass(frozen=True)
class Assets:
    client: Path
    socket_io: Path
    pyodide: Path
    examples: Path

    @property
    def igym_env(self) -> Path:
        """The package that runs in the worker too."""
        return Path(igym_env.__file__).parent


def find(pyodide: Path | None = None) -> Assets:
    """`pyodide`: another distribution than the shipped one. Raises PartsError with the remedy."""
    if PACKAGED.is_dir():
        found = Assets(
            PACKAGED / "client", PACKAGED / "vendor" / SOCKET_IO, pyodide or PACKAGED / "pyodide", PACKAGED / "examples"
        )
    else:
        modules = CHECKOUT / "node_modules"
        socket_io = modules / "socket.io-client" / "dist" / SOCKET_IO
        found = Assets(
            CHECKOUT / "client" / "src", socket_io, pyodide or modules / "pyodide", CHECKOUT / "platform" / "examples"
        )
    for path in (found.client / "main.js", found.socket_io):
        if not path.is_file():
            raise PartsError(
                f"{path} is missing: in a checkout run `nox -s demo` once, which fetches it; else install the wheel again"
            )
    for name in ("pyodide.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"):
        if not (found.pyodide / name).is_file():
            raise PartsError(
                f"{found.pyodide} is no Pyodide distribution: {name} is missing; give --pyodide an unpacked release"
            )
    return found
