"""The one registry of Socket.IO events, for both languages: `python -m igym.events` writes the JavaScript half.

Types: s text, i integer, f finite number, b boolean, j any JSON value; [x] a list of x; a trailing ? may be absent or null.
A payload is an object with exactly these fields.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

VERSION = 3
MAX_SAFE = 2**53 - 1
TEXT_LIMIT = 1_000_000

Direction = Literal["C->S", "S->C", "both"]


@dataclass(frozen=True)
class Event:
    direction: Direction
    fields: Mapping[str, str]


def _event(direction: Direction, **fields: str) -> Event:
    return Event(direction, MappingProxyType(fields))


_SIGNAL = {"session_id": "s", "seat": "i", "generation": "i", "kind": "s", "payload": "j"}

EVENTS: Mapping[str, Event] = MappingProxyType(
    {
        # The page says who it is, and moves on.
        "page_hello": _event("C->S", participant_id="s", page_id="s", tab_id="s?", registry_version="i"),
        "scene_advance": _event("C->S", scene_id="s", values="j"),
        "lobby_join": _event("C->S", scene_id="s"),
        "page_ping": _event("C->S", seq="i"),
        # A game in progress.
        "link_signal": _event("both", **_SIGNAL),
        "link_report": _event(
            "C->S", session_id="s", peer_seat="i", state="s", route="s", candidates="j?", frame="i", t_ms="f"
        ),
        "episode_report": _event("C->S", session_id="s", episode="i", phase="s", frame="i"),
        "session_leave": _event("C->S", session_id="s", reason="s"),
        # Data, durable before it is acknowledged.
        "data_chunk": _event(
            "C->S",
            session_id="s",
            episode="i",
            seat="i",
            kind="s",
            seq="i",
            first_frame="i",
            last_frame="i",
            rows="[s]",
            sha256="s",
        ),
        "episode_seal": _event(
            "C->S",
            session_id="s",
            episode="i",
            seat="i",
            end_frame="i",
            rows="i",
            chunks="i",
            input_hash="s",
            state_hash="s",
            verified="b",
            reason="s",
            stats="j",
        ),
        "desync_report": _event(
            "C->S",
            session_id="s",
            episode="i",
            seat="i",
            frame="i",
            own_hash="s",
            peer_seat="i",
            peer_hash="s",
            verified_frame="i",
            t_ms="f",
            dump="s",
        ),
        "client_log": _event("C->S", level="s", text="s", t_ms="f"),
        # The server's word.
        "page_rejected": _event("S->C", code="s", message="s"),
        "scene_activate": _event("S->C", scene_id="s", kind="s", index="i", total="i", config="j"),
        "lobby_state": _event("S->C", phase="s", waiting_count="i?", group_size="i", message="s?"),
        "session_assigned": _event(
            "S->C",
            session_id="s",
            scene_id="s",
            registry_version="i",
            seat="i",
            seats="i",
            seed="i",
            episodes="i",
            max_steps="i?",
            input_delay_frames="i",
            input_delay_changes="j",
            prediction_limit_frames="i?",
            upload_interval_ms="i",
            countdown_ms="i",
            keys="j",
            ice="j",
            profile="s",
        ),
        "session_end": _event(
            "S->C", session_id="s", reason="s", outcome="s", message="s", next="s", completion_code="s?"
        ),
        "event_error": _event("S->C", event="s", code="s", detail="s"),
    }
)


def problem(name: str, payload: object, way: Literal["C->S", "S->C"]) -> str | None:
    """What is wrong with an event; None if it is as registered."""
    event = EVENTS.get(name)
    if event is None:
        return f"unknown event {name!r}"
    if event.direction not in (way, "both"):
        return f"{name} does not travel {way}"
    if not isinstance(payload, Mapping):
        return f"{name}: the payload is not an object"
    wrong = [f"{field} is not {kind}" for field, kind in event.fields.items() if not fits(kind, payload.get(field))]
    strange = [f"{field} is unknown" for field in payload if field not in event.fields]
    return f"{name}: {', '.join([*wrong, *strange])}" if wrong or strange else None


def fits(kind: str, value: Any) -> bool:
    """Whether a value is of a registered type."""
    if kind.endswith("?"):
        return value is None or fits(kind[:-1], value)
    if kind.startswith("["):
        return isinstance(value, list) and all(fits(kind[1:-1], item) for item in value)
    if kind == "s":
        return isinstance(value, str) and len(value) <= TEXT_LIMIT
    if kind == "i":
        return type(value) is int and abs(value) <= MAX_SAFE
    if kind == "f":
        return fits("i", value) or (isinstance(value, float) and math.isfinite(value))
    if kind == "b":
        return isinstance(value, bool)
    if kind == "j":
        return value is not None and plain(value)
    raise ValueError(f"no field type {kind!r}")


def plain(value: Any) -> bool:
    """Whether browsers can read it: Python's JSON knows NaN and infinities, theirs ends the connection at the sight of one."""
    try:
        json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        return False
    return True


def javascript() -> str:
    """client/src/app/registry.js."""
    events = {name: {"direction": event.direction, "fields": dict(event.fields)} for name, event in EVENTS.items()}
    lines = [f"  {name}: {json.dumps(spec)}," for name, spec in events.items()]
    return "\n".join(
        [
            "/** The registry of Socket.IO events. Written by `python -m igym.events`; a test compares. */",
            "",
            f"export const VERSION = {VERSION};",
            "",
            '/** @type {import("./payloads.js").Registry} */',
            "export const EVENTS = {",
            *lines,
            "};",
            "",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(javascript())
