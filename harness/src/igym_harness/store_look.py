"""What the server's database holds while no server runs: read from a copy, so that the next server finds it untouched."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from igym_harness.evidence import StoreRecord

DATABASE = "igym.sqlite3"
QUERY = "SELECT session_id, episode, seat, seq, sha256 FROM chunks"


def read(data: Path, *, t_ms: float) -> list[StoreRecord]:
    """One record for all databases below a data folder; none if there is no database."""
    found = sorted(data.glob(f"*/{DATABASE}"))
    chunks = frozenset(chunk for database in found for chunk in _chunks(database))
    return [StoreRecord(t_ms, chunks)] if found else []


def _chunks(database: Path) -> list[tuple[str, int, int, int, str]]:
    with tempfile.TemporaryDirectory(prefix="igym-store-") as scratch:
        for file in database.parent.glob(f"{DATABASE}*"):  # with its write-ahead log
            shutil.copy2(file, scratch)
        with closing(sqlite3.connect(Path(scratch) / DATABASE)) as db:
            return [tuple(row) for row in db.execute(QUERY)]
