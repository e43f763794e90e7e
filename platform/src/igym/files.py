"""Files for the browser, read once and kept: what a server serves does not change while it runs.

Bound: the files of the client, of one Pyodide distribution and of the wheels.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

TYPES: Mapping[str, str] = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".zip": "application/zip",
    ".whl": "application/zip",
    ".svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Content:
    data: bytes
    kind: str
    etag: str


class Files:
    """Owner of what was read."""

    def __init__(self) -> None:
        self._kept: dict[Path, Content] = {}

    async def get(self, folder: Path, name: str) -> Content | None:
        """The file of that name below the folder; None for anything outside it, or of a kind that is not served."""
        path = _inside(folder, name)
        if path is None:
            return None
        if path not in self._kept:
            data = await asyncio.to_thread(path.read_bytes)
            self._kept[path] = Content(data, TYPES[path.suffix], hashlib.sha256(data).hexdigest()[:32])
        return self._kept[path]


def _inside(folder: Path, name: str) -> Path | None:
    try:
        path = (folder / name).resolve()
        allowed = path.is_relative_to(folder.resolve()) and path.is_file() and path.suffix in TYPES
    except (OSError, ValueError):  # a name that no file can have: too long, or with a null character
        return None
    return path if allowed else None
