"""Rows of one seat and episode as typed columns, and the comparison of two seats' columns. Pure.

Columns: schema_version, experiment_id, scene_id, session_id, episode, frame; then by seat actions.N, rewards.N, terminateds.N, truncateds.N,
infos.N.KEY, isFocused.N, inputAuto.N, obs_hash.N; then terminateds.__all__, truncateds.__all__ and state_hash. `actions.N` is the
index of the action.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

SCHEMA_VERSION = 1
JSON_TEXT = {b"content": b"json"}
"""Metadata of a column whose values are JSON texts, because they were nested, of more than one type, or too large an integer."""
INT64 = range(-(2**63), 2**63)


def table(texts: Sequence[str], identity: Mapping[str, Any]) -> pa.Table:
    """`texts` are rows as the host wrote them; `identity` holds experiment_id, scene_id, session_id, episode, seats."""
    rows = [json.loads(text) for text in texts]
    count, seats = len(rows), range(identity["seats"])
    columns: dict[str, pa.Array[Any]] = {"schema_version": pa.array([SCHEMA_VERSION] * count, pa.int16())}
    metadata: dict[str, dict[Any, Any] | None] = {}
    for name in ("experiment_id", "scene_id", "session_id"):
        columns[name] = pa.array([identity[name]] * count, pa.string())
    columns["episode"] = pa.array([identity["episode"]] * count, pa.int32())
    columns["frame"] = pa.array([row["frame"] for row in rows], pa.int32())
    for seat in seats:
        columns[f"actions.{seat}"] = pa.array([row["actions"][seat] for row in rows], pa.int32())
        columns[f"rewards.{seat}"] = pa.array([float(row["rewards"][seat]) for row in rows], pa.float64())
        columns[f"terminateds.{seat}"] = pa.array([row["terminateds"][seat] for row in rows], pa.bool_())
        columns[f"truncateds.{seat}"] = pa.array([row["truncateds"][seat] for row in rows], pa.bool_())
        for name, values in _infos(seat, [row["infos"][seat] for row in rows]).items():
            columns[name], metadata[name] = _info(values)
        columns[f"isFocused.{seat}"] = pa.array([row["focused"][seat] for row in rows], pa.bool_())
        columns[f"inputAuto.{seat}"] = pa.array([row["auto"][seat] for row in rows], pa.bool_())
        columns[f"obs_hash.{seat}"] = pa.array([row["obs_hashes"][seat] for row in rows], pa.string())
    for name in ("terminateds", "truncateds"):
        columns[f"{name}.__all__"] = pa.array([all(row[name]) for row in rows], pa.bool_())
    columns["state_hash"] = pa.array([row["state_hash"] for row in rows], pa.string())
    fields = [
        pa.field(name, column.type, metadata=dict(metadata.get(name) or {}) or None) for name, column in columns.items()
    ]
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields))


def local_table(texts: Sequence[str], seal: Mapping[str, Any] | None) -> pa.Table:
    """How each frame became final at one seat; it differs between the seats by nature. `seal` says how far hashes were compared."""
    rows = [json.loads(text) for text in texts]
    stats = (seal or {}).get("stats", {})
    verified, first_desync = stats.get("verifiedFrame", -1), stats.get("firstDesync")
    columns: dict[str, pa.Array[Any]] = {"frame": pa.array([row["frame"] for row in rows], pa.int32())}
    for seat in range(len(rows[0]["was_speculative"])):
        columns[f"wasSpeculative.{seat}"] = pa.array([row["was_speculative"][seat] for row in rows], pa.bool_())
        columns[f"corrected.{seat}"] = pa.array([row["corrected"][seat] for row in rows], pa.bool_())
    for name in ("n_resim", "input_delay_frames", "confirm_lag_frames"):
        columns[name] = pa.array(
            [row[name] for row in rows], pa.int32()
        )  # a page may be frozen for longer than 32,767 frames
    columns["confirm_lag_ms"] = pa.array([float(row["confirm_lag_ms"]) for row in rows], pa.float64())
    columns["hash_status"] = pa.array([_hash_status(row["frame"], verified, first_desync) for row in rows], pa.string())
    return pa.table(columns)


def _hash_status(frame: int, verified: int, first_desync: int | None) -> str:
    if frame <= verified:
        return "matched"
    return "mismatched" if frame == first_desync else "unchecked"


ROLLBACK_COLUMNS = {
    "rollback_id": pa.int32(),
    "at_frame": pa.int32(),
    "to_frame": pa.int32(),
    "depth": pa.int32(),
    "cause_seat": pa.int32(),
    "predicted": pa.int32(),
    "actual": pa.int32(),
    "mono_ms": pa.float64(),
    "cost_ms": pa.float64(),
}


def rollbacks_table(texts: Sequence[str]) -> pa.Table:
    """Every rollback of one seat; an empty table if there was none."""
    rows = [json.loads(text) for text in texts]
    return pa.table({name: pa.array([row[name] for row in rows], kind) for name, kind in ROLLBACK_COLUMNS.items()})


def inputs_table(texts: Sequence[str]) -> pa.Table:
    """The confirmed inputs, one line for each frame and seat. `texts` are final rows."""
    rows = [json.loads(text) for text in texts]
    flat = [(row, seat) for row in rows for seat in range(len(row["actions"]))]
    return pa.table(
        {
            "frame": pa.array([row["frame"] for row, _ in flat], pa.int32()),
            "seat": pa.array([seat for _, seat in flat], pa.int8()),
            "action": pa.array([row["actions"][seat] for row, seat in flat], pa.int32()),
            "focused": pa.array([row["focused"][seat] for row, seat in flat], pa.bool_()),
            "auto": pa.array([row["auto"][seat] for row, seat in flat], pa.bool_()),
        }
    )


def observations_table(texts: Sequence[str]) -> pa.Table:
    """The full observations, one line for each frame and seat, as JSON text. `texts` are lists by seat, by frame."""
    flat = [(frame, seat, one) for frame, text in enumerate(texts) for seat, one in enumerate(json.loads(text))]
    return pa.table(
        {
            "frame": pa.array([frame for frame, _, _ in flat], pa.int32()),
            "seat": pa.array([seat for _, seat, _ in flat], pa.int8()),
            "observation": pa.array([json.dumps(one) for _, _, one in flat], pa.string()),
        }
    )


def first_difference(tables: Mapping[int, pa.Table]) -> dict[str, Any] | None:
    """The first cell, by frame and column, in which two seats' tables differ in value or type; None: all equal."""
    (first, reference), *others = tables.items()
    for seat, other in others:
        if difference := _first_cell(reference, other):
            return {"seats": [first, seat], **difference}
    return None


def _first_cell(a: pa.Table, b: pa.Table) -> dict[str, Any] | None:
    names = [*a.column_names, *(name for name in b.column_names if name not in a.column_names)]
    columns = {name: (cells(a, name), cells(b, name)) for name in names}
    for frame in range(min(a.num_rows, b.num_rows)):
        for name, (left, right) in columns.items():
            (value, written), (other, also) = left[frame], right[frame]
            if written != also:
                return {"frame": frame, "column": name, "values": [value, other]}
    if a.num_rows != b.num_rows:
        shorter = min(a.num_rows, b.num_rows)
        return {"frame": shorter, "column": "", "values": [f"{a.num_rows} rows", f"{b.num_rows} rows"]}
    if a.schema != b.schema:  # every cell is the same, yet only one of them has a certain column, all of nulls
        strange = sorted(set(a.column_names) ^ set(b.column_names))
        return {"frame": 0, "column": [*strange, ""][0], "values": ["another schema", "another schema"]}
    return None


def cells(table: pa.Table, name: str) -> list[tuple[Any, str | None]]:
    """A column's values, each with its JSON text: 1 is not 1.0, 0.0 is not -0.0, NaN is NaN. No such column is nulls.

    What an altered file may hold and JSON has no form for (bytes, times) is written as Python does.
    """
    if name not in table.column_names:
        return [(None, None)] * table.num_rows
    values = table.column(name).to_pylist()
    if table.field(name).metadata == JSON_TEXT:
        return [(value, value) for value in values]
    return [(value, None if value is None else json.dumps(value, default=repr)) for value in values]


def _infos(seat: int, infos: Sequence[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    """The values of each key that ever occurs; a missing key is null."""
    keys = sorted({key for info in infos for key in info})
    return {f"infos.{seat}.{key}": [info.get(key) for info in infos] for key in keys}


def _info(values: Sequence[Any]) -> tuple[pa.Array[Any], dict[Any, Any] | None]:
    """A column, and its metadata."""
    kinds = {type(value) for value in values if value is not None}
    plain = {
        frozenset({int}): pa.int64(),
        frozenset({float}): pa.float64(),
        frozenset({bool}): pa.bool_(),
        frozenset({str}): pa.string(),
    }
    kind = plain.get(frozenset(kinds))
    if kind is not None and (kinds != {int} or all(value is None or value in INT64 for value in values)):
        return pa.array(values, kind), None
    # Mixed or nested values stay what they were, as JSON text.
    texts = [None if value is None else json.dumps(value, sort_keys=True) for value in values]
    return pa.array(texts, pa.string()), JSON_TEXT
