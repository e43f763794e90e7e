"""The built wheel in an empty virtual environment: `pytest tests/wheel --wheel=FILE` (`nox -s wheel` builds it first)."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

# In the server's process: a connection to anywhere but this machine is an error, not a slow success.
NO_NETWORK = """
import ipaddress
import sys

def guard(event, arguments):
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        if not ipaddress.ip_address(arguments[1][0]).is_loopback:
            raise RuntimeError(f"no network at run time, but {arguments[1]} was wanted")
    if event == "socket.getaddrinfo" and arguments[0] not in ("127.0.0.1", "::1", "localhost", None):
        raise RuntimeError(f"no network at run time, but {arguments[0]} was looked up")

sys.addaudithook(guard)
"""


@dataclass(frozen=True)
class Installed:
    """The environment, and a folder outside the repository to work in."""

    python: Path
    folder: Path
    guard: Path

    def environ(self, *, network: bool) -> dict[str, str]:
        """PATH without Node and Go; without network, the guard is loaded into every Python."""
        environ = {"PATH": str(self.python.parent), "IGYM_CACHE": str(self.folder / "cache")}
        return environ if network else {**environ, "PYTHONPATH": str(self.guard), "PIP_NO_INDEX": "1"}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--wheel", type=Path, default=None, metavar="FILE", help="the wheel to try; nox -s wheel builds one"
    )


@pytest.fixture(scope="session")
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """pip install WHEEL into a new environment; dependencies come from the package index."""
    wheel = request.config.getoption("--wheel")
    if wheel is None:
        raise pytest.UsageError("tests/wheel needs --wheel=FILE: run `nox -s wheel`")
    folder = tmp_path_factory.mktemp("elsewhere")
    guard = folder / "guard"
    guard.mkdir()
    (guard / "sitecustomize.py").write_text(NO_NETWORK, encoding="utf-8")
    run = _runner(folder)
    run([sys.executable, "-m", "venv", str(folder / "venv")])
    python = folder / "venv" / "bin" / "python"
    run([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel.resolve())])
    return Installed(python, folder, guard)


def _runner(folder: Path) -> Callable[[list[str]], None]:
    def run(command: list[str]) -> None:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"

    return run
