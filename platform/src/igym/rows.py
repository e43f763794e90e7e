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


def problem(chunk: Mapping[str, Any], *, seats: int, episodes: int) -> str | None:
    """The first thing that is wrong with a data_chunk whose payload has the registered types; None if nothing is."""
    if not 0 <= chunk["episode"] < episodes:
        return f"episode is {chunk['episode']}; the session has {episodes}"
    if chunk["seq"] < 0 or chunk["first_frame"] < 0:
        return f"seq {chunk['seq']} and first_frame {chunk['first_frame']} must not be negative"
    for index, text in enumerate(chunk["rows"]):
        frame = chunk["first_frame"] + index
        if wrong := row_problem(text, frame=frame, seats=seats):
            return f"row of frame {frame}: {wrong}"
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
