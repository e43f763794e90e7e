"""What a row of a chunk must be before it is stored: one seat's nonsense must not spoil the export of all. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

HASH = re.compile(r"[0-9a-f]{16}")


# Lists by seat, and what each entry is (igym_env.host writes them).
LISTS: Mapping[str, Callable[[Any], bool]] = {
    "actions": lambda value: type(value) is int and 0 <= value < 2**32,
    "rewards": lambda value: type(value) in (int, float),
    "terminateds": lambda value: isinstance(value, bool),
    "truncateds": lambda value: isinstance(value, bool),
    "infos": lambda value: isinstance(value, dict),
    "focused": lambda value: isinstance(value, bool),
    "auto": lambda value: isinstance(value, bool),
    "obs_hashes": lambda value: isinstance(value, str) and HASH.fullmatch(value) is not None,
}
NAMES = frozenset({*LISTS, "frame", "state_hash"})


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**31


def _duration(value: Any) -> bool:
    return type(value) in (int, float) and value >= 0


def _bools(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, bool) for one in value)


# How a frame became final, and a rollback: the fields of the other kinds of rows (client/src/game/recorder.js writes them).
FIELDS: Mapping[str, Mapping[str, Callable[[Any], bool]]] = {
    "local": {
        "frame": _count,
        "was_speculative": _bools,
        "corrected": _bools,
        "n_resim": _count,
        "input_delay_frames": _count,
        "confirm_lag_frames": _count,
        "confirm_lag_ms": _duration,
    },
    "rollbacks": {
        "rollback_id": _count,
        "at_frame": _count,
        "to_frame": _count,
        "depth": _count,
        "cause_seat": _count,
        "predicted": _count,
        "actual": _count,
        "mono_ms": _duration,
        "cost_ms": _duration,
    },
}


def problem(chunk: Mapping[str, Any], *, seats: int, episodes: int) -> str | None:
    """The first thing that is wrong with a data_chunk whose payload has the registered types; None if nothing is."""
    if not 0 <= chunk["episode"] < episodes:
        return f"episode is {chunk['episode']}; the session has {episodes}"
    if chunk["seq"] < 0 or chunk["first_frame"] < 0:
        return f"seq {chunk['seq']} and first_frame {chunk['first_frame']} must not be negative"
    kind = chunk["kind"]
    if kind != "rows" and kind not in FIELDS:
        return f"kind is {kind!r}; known: rows, {', '.join(FIELDS)}"
    for index, text in enumerate(chunk["rows"]):
        frame = chunk["first_frame"] + index
        wrong = (
            row_problem(text, frame=frame, seats=seats)
            if kind == "rows"
            else other_problem(text, kind, index=frame, seats=seats)
        )
        if wrong:
            return f"row {frame} of kind {kind}: {wrong}" if kind != "rows" else f"row of frame {frame}: {wrong}"
    return None


def other_problem(text: str, kind: str, *, index: int, seats: int) -> str | None:
    """What is wrong with one row of kind local or rollbacks, the `index`-th of its episode."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return "is not JSON"
    fields = FIELDS[kind]
    if not isinstance(row, dict) or set(row) != set(fields):
        return f"must be an object with {', '.join(sorted(fields))}"
    if wrong := [name for name, fits in fields.items() if not fits(row[name])]:
        return f"{wrong[0]} is {row[wrong[0]]!r}"
    if row["frame" if kind == "local" else "rollback_id"] != index:
        return "is not the next one"
    if kind == "local" and (len(row["was_speculative"]) != seats or len(row["corrected"]) != seats):
        return f"does not hold one flag for each of {seats} seats"
    return None


def row_problem(text: str, *, frame: int, seats: int) -> str | None:
    """What is wrong with one row."""
    try:
        row = json.loads(text)
    except (ValueError, RecursionError):
        return "is not JSON"
    if not isinstance(row, dict) or set(row) != NAMES:
        return f"must be an object with {', '.join(sorted(NAMES))}"
    if type(row["frame"]) is not int or row["frame"] != frame:
        return f"says frame {row['frame']!r}"
    if not isinstance(row["state_hash"], str) or not HASH.fullmatch(row["state_hash"]):
        return "state_hash is not 16 hex characters"
    for name, fits in LISTS.items():
        values = row[name]
        if not isinstance(values, list) or len(values) != seats or not all(map(fits, values)):
            return f"{name} does not hold one right value for each of {seats} seats"
    return None
