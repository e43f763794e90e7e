"""Reads the data tree that the server wrote for one session into typed tables.

{data}/{experiment_id}/{scene_id}/{session_id}/session.json
                                              ep{N}/seat{S}.parquet  seat{S}.csv  seal.json
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pyarrow.parquet as parquet

from igym_harness.evidence import CsvTable, Key, Table, normal_seal

T = TypeVar("T")

SEAT_FILE = re.compile(r"seat(\d+)\.parquet")
EPISODE_FOLDER = re.compile(r"ep(\d+)")


class ExportError(Exception):
    """The data tree cannot be read: what is missing or unreadable, and where."""


@dataclass(frozen=True)
class SessionExports:
    """One session's files. `unreadable` maps a file to the reason; those files are in no other field."""

    folder: Path
    session: dict[str, Any]
    tables: dict[Key, Table] = field(default_factory=dict)
    csv: dict[Key, CsvTable] = field(default_factory=dict)
    seals: dict[Key, dict[str, Any]] = field(default_factory=dict)
    digests: dict[str, dict[str, str]] = field(default_factory=dict)
    certificates: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Episode folder -> what the server's own re-simulation said."""
    manifests: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Episode folder -> seal.json: flags, seals, digests."""
    unreadable: dict[str, str] = field(default_factory=dict)


def session_folders(data_dir: Path) -> list[Path]:
    """Every session below a data folder, oldest name first."""
    return sorted(
        {path.parent.parent for path in data_dir.glob("*/*/*/ep*/seat*")}
        | {path.parent for path in data_dir.glob("*/*/*/session.json")}
    )


def read_session(folder: Path, participant_at: Mapping[int, str]) -> SessionExports:
    """All tables, CSV twins and seals of a session. `participant_at`: seat -> participant of the harness.

    Raises ExportError if the folder does not exist; an unreadable file inside is reported in `unreadable`.
    """
    if not folder.is_dir():
        raise ExportError(f"no session folder {folder}: nothing was exported")
    exports = SessionExports(folder, session={})
    exports.session.update(_attempt(exports, folder / "session.json", _json) or {})
    for episode_folder in sorted(folder.iterdir()):
        if match := EPISODE_FOLDER.fullmatch(episode_folder.name):
            _read_episode(exports, episode_folder, episode=int(match[1]), participant_at=participant_at)
    return exports


def read_table(path: Path) -> Table:
    """A Parquet file as Python values; type names are Arrow's. Raises OSError or ValueError for any other file."""
    table = parquet.read_table(path)
    return Table(
        columns={name: table.column(name).to_pylist() for name in table.column_names},
        types={entry.name: str(entry.type) for entry in table.schema},
        rows=table.num_rows,
        path=str(path),
    )


def read_csv(path: Path) -> CsvTable:
    """A CSV file as text cells. Raises ValueError if it has no header."""
    with path.open(newline="", encoding="utf-8") as stream:
        lines = list(csv.reader(stream))
    if not lines:
        raise ValueError("empty file")
    return CsvTable(header=lines[0], records=lines[1:], path=str(path))


def _read_episode(exports: SessionExports, folder: Path, *, episode: int, participant_at: Mapping[int, str]) -> None:
    manifest = _attempt(exports, folder / "seal.json", _json) or {}
    certificate = folder / "certificate.json"
    exports.manifests[folder.name] = manifest
    exports.certificates[folder.name] = (_attempt(exports, certificate, _json) if certificate.is_file() else None) or {}
    for path in sorted(folder.iterdir()):
        match = SEAT_FILE.fullmatch(path.name)
        participant = participant_at.get(int(match[1])) if match else None
        if participant is None:
            continue
        if table := _attempt(exports, path, read_table):
            exports.tables[(episode, participant)] = table
        if twin := _attempt(exports, path.with_suffix(".csv"), read_csv):
            exports.csv[(episode, participant)] = twin
    for seat, participant in participant_at.items():
        if seal := seat_seal(manifest, seat):
            exports.seals[(episode, participant)] = seal
    for name, claimed in claimed_digests(manifest).items():
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest() if (folder / name).is_file() else "missing"
        exports.digests[f"{folder.name}/{name}"] = {"claimed": claimed, "found": found}


def _attempt(exports: SessionExports, path: Path, read: Callable[[Path], T]) -> T | None:
    """What `read` makes of the file; None and an entry in `unreadable` if it cannot."""
    try:
        return read(path)
    except (OSError, ValueError) as error:
        exports.unreadable[f"{path.parent.name}/{path.name}"] = str(error)
        return None


def seat_seal(manifest: Mapping[str, Any], seat: int) -> dict[str, Any] | None:
    """A seat's own seal inside seal.json, whose `seats` is a list of seals or a table by seat; None if absent."""
    seats = manifest.get("seats")
    if isinstance(seats, list):
        found = next((seal for seal in seats if isinstance(seal, Mapping) and seal.get("seat") == seat), None)
    elif isinstance(seats, Mapping):
        found = seats.get(str(seat))
    else:
        found = None
    return normal_seal(found) if isinstance(found, Mapping) else None


def claimed_digests(manifest: Mapping[str, Any]) -> dict[str, str]:
    """File name -> SHA-256 that seal.json claims under `files` or `digests`."""
    claimed = manifest.get("files") or manifest.get("digests") or {}
    if not isinstance(claimed, Mapping):
        return {}
    return {
        name: value.get("sha256", "") if isinstance(value, Mapping) else str(value) for name, value in claimed.items()
    }


def _json(path: Path) -> dict[str, Any]:
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 - a fault of the file, not of the caller's types
    return value
