"""Zip archives of Python modules for the worker: the same content gives the same bytes, so the digest names it."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Archive:
    data: bytes
    sha256: str

    @property
    def url(self) -> str:
        return f"/static/archives/{self.sha256}.zip"


def pack(files: Iterable[tuple[str, Path]]) -> Archive:
    """An archive of (name inside, file)."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, path in sorted(files):
            target.writestr(zipfile.ZipInfo(name, EPOCH), path.read_bytes(), zipfile.ZIP_DEFLATED)
    data = stream.getvalue()
    return Archive(data, hashlib.sha256(data).hexdigest())


def package(folder: Path) -> Archive:
    """A package folder, importable by its name."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix in (".py", ".typed"))
    return pack((path.relative_to(folder.parent).as_posix(), path) for path in files)


def modules(folder: Path) -> Archive:
    """The modules and packages of a folder, importable from its top, with the data files beside and inside them.

    Whoever opens the study can fetch it: folders that are no packages (collected data, .git, .venv) stay here.
    """
    tops = [path for path in folder.iterdir() if path.is_file() or (path / "__init__.py").is_file()]
    files = (path for top in tops for path in ([top] if top.is_file() else top.rglob("*")) if path.is_file())
    names = ((path.relative_to(folder), path) for path in files)
    return pack((name.as_posix(), path) for name, path in names if not any(map(_private, name.parts)))


def _private(part: str) -> bool:
    return part.startswith(".") or part == "__pycache__"
