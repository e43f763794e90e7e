"""When something of a participant was away: a peer link, the socket to the server, the page behind another. From a lane's events. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from igym_harness.run_sheet import Lane

What = Literal["link", "socket", "page"]
WHATS: tuple[What, ...] = ("link", "socket", "page")


@dataclass(frozen=True)
class Absence:
    """Harness clock. `state`: the word of whoever was away (`disconnected`, `down`, `hidden`)."""

    what: What
    state: str
    start_ms: float
    end_ms: float


def absences(lane: Lane, end_ms: float) -> list[Absence]:
    """Of links and socket only after they stood once; what did not come back lasts until `end_ms`."""
    changes: dict[tuple[What, Any], list[tuple[float, str | None]]] = {}
    for event in lane.events:
        told = _told(event)
        if told is not None and event.get("t_ms") is not None:
            key, state = told
            changes.setdefault(key, []).append((float(event["t_ms"]), state))
    found = [one for (what, _), told in changes.items() for one in _spans(what, told, end_ms)]
    return sorted(found, key=lambda one: (one.start_ms, WHATS.index(one.what)))


def _told(event: Mapping[str, Any]) -> tuple[tuple[What, Any], str | None] | None:
    """Whose state an event tells, and the state; None: all is well."""
    match event.get("kind"):
        case "link":
            state = str(event.get("state"))
            return ("link", event.get("peerSeat")), None if state == "connected" else state
        case "connection":
            phase = str(event.get("phase"))
            return ("socket", None), None if phase == "up" else phase
        case "visibility":
            away = "hidden" if event.get("hidden") else None if event.get("focused") else "without focus"
            return ("page", None), away
        case _:
            return None


def _spans(what: What, told: Iterable[tuple[float, str | None]], end_ms: float) -> list[Absence]:
    """A link that is closed is over, not away."""
    spans: list[Absence] = []
    away: tuple[float, str] | None = None
    stood = what == "page"
    for t_ms, state in told:
        if away is not None and state != away[1]:
            spans.append(Absence(what, away[1], away[0], t_ms))
            away = None
        if state is None:
            stood = True
        elif away is None and stood and state != "closed":
            away = (t_ms, state)
    return [*spans, Absence(what, away[1], away[0], end_ms)] if away is not None else spans
