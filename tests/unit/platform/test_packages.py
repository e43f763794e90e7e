"""Wheels come from the distribution or the cache, by digest; what is not what was pinned is refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from igym import assets, packages
from igym.errors import PackagesError

DATA = b"a wheel"
DIGEST = hashlib.sha256(DATA).hexdigest()


def distribution(folder: Path, wheels: dict[str, list[str]], *, files: bool = True) -> Path:
    """A Pyodide folder whose lock file knows these packages and what they need."""
    entries: dict[str, Any] = {}
    for name, depends in wheels.items():
        file = f"{name}-2.0-py3-none-any.whl"
        entries[name] = {"name": name, "version": "2.0", "file_name": file, "sha256": DIGEST, "depends": depends}
        if files:
            (folder / file).write_bytes(DATA)
    lock = {"info": {"python": "3.14.2"}, "packages": entries}
    (folder / "pyodide-lock.json").write_text(json.dumps(lock), encoding="utf-8")
    return folder


def resolve(folder: Path, *requirements: str) -> list[str]:
    found = packages.resolve(requirements, pyodide=folder, pins=folder / "study.packages.json", cache=folder / "cache")
    assert all(wheel.sha256 == DIGEST for wheel in found)
    return [wheel.name for wheel in found]


def test_nothing_wanted_nothing_done(tmp_path: Path) -> None:
    assert resolve(tmp_path) == []


def test_the_distribution_comes_first_with_everything_that_is_needed(tmp_path: Path) -> None:
    folder = distribution(tmp_path, {"top": ["middle", "base"], "middle": ["base"], "base": []})
    assert resolve(folder, "Top>=1") == ["base", "middle", "top"]


def test_a_file_that_is_not_the_locked_one_is_refused(tmp_path: Path) -> None:
    folder = distribution(tmp_path, {"top": []})
    (folder / "top-2.0-py3-none-any.whl").write_bytes(b"another wheel")
    with pytest.raises(PackagesError, match="pinned is"):
        resolve(folder, "top")


def pinned(folder: Path, file: str = "top-2.0-py3-none-any.whl") -> None:
    (folder / "cache" / DIGEST).mkdir(parents=True)
    (folder / "cache" / DIGEST / file).write_bytes(DATA)
    pins = {"packages": ["top>=1"], "python": "3.14", "wheels": [{"name": "top", "file": file, "sha256": DIGEST}]}
    (folder / "study.packages.json").write_text(json.dumps(pins), encoding="utf-8")


def test_pins_and_the_cache_need_no_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", forbidden)
    folder = distribution(tmp_path, {})
    pinned(folder)
    assert resolve(folder, "top>=1") == ["top"]


def test_a_cached_wheel_that_was_changed_is_refused(tmp_path: Path) -> None:
    folder = distribution(tmp_path, {})
    pinned(folder)
    (folder / "cache" / DIGEST / "top-2.0-py3-none-any.whl").write_bytes(b"changed")
    with pytest.raises(PackagesError, match="delete it"):
        resolve(folder, "top>=1")


def test_a_requirement_that_is_none_is_told(tmp_path: Path) -> None:
    with pytest.raises(PackagesError, match='"top==" is no requirement'):
        resolve(distribution(tmp_path, {}), "top==")


def test_what_pip_cannot_find_is_told_with_the_way_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(PackagesError) as caught:
        resolve(distribution(tmp_path, {}), "top>=1")
    assert "no wheels without machine code for Python 3.14" in str(caught.value)
    assert "--pyodide" in str(caught.value)


def test_the_shipped_pins_name_their_package() -> None:
    pins = json.loads((assets.find().examples / "forage.packages.json").read_text(encoding="utf-8"))
    assert pins["packages"] == ["sortedcontainers>=2.4"]
    assert len(pins["wheels"][0]["sha256"]) == 64


def forbidden(*_: object, **__: object) -> None:
    raise AssertionError("nothing is to be fetched here")
