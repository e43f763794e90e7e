"""Makes a Playwright trace small: the programs that a page loads are 98 % of it, and no viewer shows them."""

from __future__ import annotations

import zipfile
from pathlib import Path, PurePosixPath

PROGRAMS = frozenset({".wasm", ".zip", ".whl"})
"""Pyodide, its standard library, wheels and archives of environments; which they were stays in the trace's network log."""


def slim(trace: Path) -> None:
    """Writes the trace again without the bodies of programs. Raises BadZipFile for what is no trace."""
    smaller = trace.with_suffix(".slim")
    with zipfile.ZipFile(trace) as source, zipfile.ZipFile(smaller, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            if PurePosixPath(entry.filename).suffix not in PROGRAMS:
                target.writestr(entry, source.read(entry), compress_type=zipfile.ZIP_DEFLATED)
    smaller.replace(trace)
