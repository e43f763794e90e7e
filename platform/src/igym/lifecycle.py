"""The lives of a participant and of a session as tables: (state, event) -> state. A missing key is the error."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

ParticipantState = Literal["reading", "queued", "playing", "done"]
ParticipantEvent = Literal["advance", "join", "unqueue", "match", "release", "finish"]
SessionState = Literal["connecting", "running", "completed", "cut"]
SessionEvent = Literal["run", "complete", "cut"]


class TransitionError(RuntimeError):
    """The table does not list this pair."""


# reading: at a page, or at a game that still loads · release: the session is over, on to the next scene
PARTICIPANT: Mapping[tuple[ParticipantState, ParticipantEvent], ParticipantState] = MappingProxyType(
    {
        ("reading", "advance"): "reading",
        ("reading", "join"): "queued",
        ("reading", "finish"): "done",
        ("queued", "unqueue"): "reading",
        ("queued", "match"): "playing",
        ("playing", "release"): "reading",
        ("playing", "finish"): "done",
    }
)
SESSION: Mapping[tuple[SessionState, SessionEvent], SessionState] = MappingProxyType(
    {
        ("connecting", "run"): "running",
        ("connecting", "cut"): "cut",
        ("running", "complete"): "completed",
        ("running", "cut"): "cut",
    }
)


def after(state: ParticipantState, event: ParticipantEvent) -> ParticipantState:
    try:
        return PARTICIPANT[state, event]
    except KeyError as error:
        raise TransitionError(f"participant: no {event!r} in {state!r}") from error


def session_after(state: SessionState, event: SessionEvent) -> SessionState:
    try:
        return SESSION[state, event]
    except KeyError as error:
        raise TransitionError(f"session: no {event!r} in {state!r}") from error
