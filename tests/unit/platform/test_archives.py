"""The same content gives the same bytes; what is not meant for participants stays on the server."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from igym import archives


def names(archive: archives.Archive) -> list[str]:
    return zipfile.ZipFile(io.BytesIO(archive.data)).namelist()


def test_the_digest_names_the_content(tmp_path: Path) -> None:
    for place in ("one", "two"):
        (tmp_path / place).mkdir()
        (tmp_path / place / "game.py").write_text("x = 1\n", encoding="utf-8")
    os.utime(tmp_path / "two" / "game.py", (1, 1))
    one, two = (archives.modules(tmp_path / place) for place in ("one", "two"))
    assert (one.data, one.url) == (two.data, two.url)
    (tmp_path / "two" / "game.py").write_text("x = 2\n", encoding="utf-8")
    assert archives.modules(tmp_path / "two").sha256 != one.sha256


def test_modules_and_packages_go_along_and_nothing_private(tmp_path: Path) -> None:
    for name in (
        "game.py",
        "map.json",
        ".env",
        "pkg/__init__.py",
        "pkg/a.py",
        "pkg/__pycache__/a.pyc",
        "data/x.csv",
        ".git/config",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    assert names(archives.modules(tmp_path)) == ["game.py", "map.json", "pkg/__init__.py", "pkg/a.py"]


def test_a_package_keeps_its_name(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg" / "__init__.py").write_text("", encoding="utf-8")
    assert names(archives.package(tmp_path / "pkg")) == ["pkg/__init__.py"]
