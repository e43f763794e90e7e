"""Whether the files of an episode still say what the store says: the same files are made again, and compared one by one. Pure but for reading.

Bytes would be too strict for Parquet, which another version of its library writes otherwise, and digests too weak: whoever alters a file
can alter the digest beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from igym import tables
from igym.reading import UnreadableError, read

SEAL = "seal.json"
CERTIFICATES = "certificate"
OBSERVATIONS = "observations"


def first_problem(folder: Path, again: Path) -> str | None:
    """What is wrong first with the files in `folder`, where `again` holds them as the store gives them now; None: nothing.

    Certificates are not exported and not looked at; observations come from the re-simulation (`observations_problem`).
    """
    wanted = {str(path.relative_to(again)) for path in again.rglob("*") if path.is_file()}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    for name in sorted(wanted):
        if name not in found:
            return f"{folder.name}/{name} is missing"
        if problem := _file_problem(folder / name, again / name):
            return f"{folder.name}/{name} {problem}"
    strange = sorted(name for name in found - wanted if not name.lstrip(".").startswith((CERTIFICATES, OBSERVATIONS)))
    return f"{folder.name}/{strange[0]} was never exported" if strange else None


def observations_problem(folder: Path, again: Path) -> str | None:
    """The same of the full observations, which are written with the first certificate."""
    for name in (f"{OBSERVATIONS}.csv", f"{OBSERVATIONS}.parquet"):
        if not (folder / name).is_file():
            return f"{folder.name}/{name} is missing"
        if problem := _file_problem(folder / name, again / name):
            return f"{folder.name}/{name} {problem}"
    return None


def metrics_problem(path: Path, wanted: Mapping[str, Any]) -> str | None:
    """What a seat saw of its links and its netcode: the session may have been told more since, and nothing else."""
    try:
        said: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        changes = {peer: link["changes"] for peer, link in said["links"].items()}
        ids = {name: value for name, value in said.items() if name not in ("links", "netcode")}
        netcode = dict(said["netcode"])
    except FileNotFoundError:
        return f"{path.name} is missing"
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        return f"{path.name} cannot be read ({type(error).__name__})"
    told = {peer: link["changes"][: len(changes.get(peer, ()))] for peer, link in wanted["links"].items()}
    if changes != {peer: some for peer, some in told.items() if peer in changes}:
        return f"{path.name} says of the links what the session was not told"
    if any(wanted["netcode"].get(episode) != stats for episode, stats in netcode.items()):
        return f"{path.name} says of the netcode what no seal says"
    if ids != {name: value for name, value in wanted.items() if name not in ("links", "netcode")}:
        return f"{path.name} is of another seat or session"
    return None


def _file_problem(path: Path, again: Path) -> str | None:
    if path.suffix == ".parquet":
        return _table_problem(path, pq.read_table(again))
    if path.name == SEAL:
        return _seal_problem(path, json.loads(again.read_text(encoding="utf-8")))
    if path.read_bytes() == again.read_bytes():
        return None
    return _csv_problem(path, again) if path.suffix == ".csv" else "is not what the session's record gives"


def _csv_problem(path: Path, again: Path) -> str:
    wanted = read(again)
    try:
        found = read(path)
    except UnreadableError as error:
        return f"cannot be read ({error})"
    if found.column_names != wanted.column_names:
        return "has another header than the session's table"
    rows = (zip(*(column.to_pylist() for column in table.columns), strict=True) for table in (found, wanted))
    for row, (cells, stored) in enumerate(zip(*rows, strict=False)):
        for column, value, other in zip(wanted.column_names, cells, stored, strict=True):
            if value != other:
                return f"row {row}, column {column}: the file says {value!r}, the session {other!r}"
    return f"has {found.num_rows} rows, or is written otherwise; the session has {wanted.num_rows} rows"


def _table_problem(path: Path, wanted: pa.Table) -> str | None:
    try:
        table = read(path)
    except UnreadableError as error:
        return f"cannot be read ({error})"
    difference = tables.first_difference({0: table, 1: wanted})
    if difference is None:
        return None
    value, stored = difference["values"]
    return f"row {difference['frame']}, column {difference['column']}: the file says {value!r}, the session {stored!r}"


def _seal_problem(path: Path, wanted: Mapping[str, Any]) -> str | None:
    """Seals may have come in after the export; those that the file has are the stored ones. Digests of files that are equal say nothing more."""
    try:
        said: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        seals = {seal["seat"]: seal for seal in said["seats"]}
        later = len(wanted["seats"]) - len(seals)
    except (OSError, ValueError, KeyError, TypeError) as error:
        return f"cannot be read ({type(error).__name__})"
    stored = {seal["seat"]: seal for seal in wanted["seats"]}
    of_all_seals = () if later else ("partial", "partial_reason")
    for name in ("session_id", "episode", "participants", "rows_equal", "partial_frame", *of_all_seals):
        if said.get(name) != wanted[name]:
            return f"says {name} {said.get(name)!r}, the session {wanted[name]!r}"
    wrong = [seat for seat, seal in seals.items() if stored.get(seat) != seal]
    return f"has another seal of seat {wrong[0]} than the session" if wrong else None
