"""Rows of one seat and episode as typed columns, and the comparison of two seats' columns. Pure.

Columns: schema_version, experiment_id, scene_id, session_id, episode, frame; then by seat actions.N, rewards.N, terminateds.N, truncateds.N,
infos.N.KEY, isFocused.N, inputAuto.N, obs_hash.N; then terminateds.__all__ and state_hash. `actions.N` is the index of the action.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

SCHEMA_VERSION = 1


def table(texts: Sequence[str], identity: Mapping[str, Any]) -> pa.Table:
    """`texts` are rows as the host wrote them; `identity` holds experiment_id, scene_id, session_id, episode, seats."""
    rows = [json.loads(text) for text in texts]
    count, seats = len(rows), range(identity["seats"])
    columns: dict[str, pa.Array[Any]] = {"schema_version": pa.array([SCHEMA_VERSION] * count, pa.int64())}
    for name in ("experiment_id", "scene_id", "session_id"):
        columns[name] = pa.array([identity[name]] * count, pa.string())
    columns["episode"] = pa.array([identity["episode"]] * count, pa.int64())
    columns["frame"] = pa.array([row["frame"] for row in rows], pa.int64())
    for seat in seats:
        columns[f"actions.{seat}"] = pa.array([row["actions"][seat] for row in rows], pa.int64())
        columns[f"rewards.{seat}"] = pa.array([float(row["rewards"][seat]) for row in rows], pa.float64())
        columns[f"terminateds.{seat}"] = pa.array([row["terminateds"][seat] for row in rows], pa.bool_())
        columns[f"truncateds.{seat}"] = pa.array([row["truncateds"][seat] for row in rows], pa.bool_())
        columns |= _infos(seat, [row["infos"][seat] for row in rows])
        columns[f"isFocused.{seat}"] = pa.array([row["focused"][seat] for row in rows], pa.bool_())
        columns[f"inputAuto.{seat}"] = pa.array([row["auto"][seat] for row in rows], pa.bool_())
        columns[f"obs_hash.{seat}"] = pa.array([row["obs_hashes"][seat] for row in rows], pa.string())
    columns["terminateds.__all__"] = pa.array([all(row["terminateds"]) for row in rows], pa.bool_())
    columns["state_hash"] = pa.array([row["state_hash"] for row in rows], pa.string())
    return pa.table(columns)


def first_difference(tables: Mapping[int, pa.Table]) -> dict[str, Any] | None:
    """The first cell, by frame and column, in which two seats' tables differ in value or type; None: all equal."""
    (first, reference), *others = tables.items()
    for seat, other in others:
        if reference.schema != other.schema:
            strange = sorted(set(reference.schema) ^ set(other.schema), key=str)
            return {
                "seats": [first, seat],
                "frame": 0,
                "column": strange[0].name if strange else "",
                "values": ["another schema", "another schema"],
            }
        if difference := _first_cell(reference, other):
            return {"seats": [first, seat], **difference}
    return None


def _first_cell(a: pa.Table, b: pa.Table) -> dict[str, Any] | None:
    columns = {name: (a.column(name).to_pylist(), b.column(name).to_pylist()) for name in a.column_names}
    for frame in range(max(a.num_rows, b.num_rows)):
        if frame >= min(a.num_rows, b.num_rows):
            return {"frame": frame, "column": "", "values": [f"{a.num_rows} rows", f"{b.num_rows} rows"]}
        for name, (left, right) in columns.items():
            if _bits(left[frame]) != _bits(right[frame]):
                return {"frame": frame, "column": name, "values": [left[frame], right[frame]]}
    return None


def _bits(value: Any) -> Any:
    """Floats by their bits: 0.0 is not -0.0, NaN is NaN."""
    return struct.pack("<d", value) if isinstance(value, float) else value


def _infos(seat: int, infos: Sequence[Mapping[str, Any]]) -> dict[str, pa.Array[Any]]:
    """One column for each key that ever occurs; a missing key is null."""
    keys = sorted({key for info in infos for key in info})
    return {f"infos.{seat}.{key}": _info([info.get(key) for info in infos]) for key in keys}


def _info(values: Sequence[Any]) -> pa.Array[Any]:
    kinds = {type(value) for value in values if value is not None}
    plain = {
        frozenset({int}): pa.int64(),
        frozenset({float}): pa.float64(),
        frozenset({bool}): pa.bool_(),
        frozenset({str}): pa.string(),
    }
    kind = plain.get(frozenset(kinds))
    if kind is not None:
        return pa.array(values, kind)
    # Mixed or nested values stay what they were, as JSON text.
    return pa.array([None if value is None else json.dumps(value, sort_keys=True) for value in values], pa.string())
