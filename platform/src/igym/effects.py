"""What the coordinator decides, as values: the desk carries them out in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from igym.state import Participant, Session


@dataclass(frozen=True)
class Emit:
    """Send an event to the page of a participant."""

    participant_id: str
    event: str
    payload: Mapping[str, Any]


@dataclass(frozen=True)
class Dismiss:
    """A page that another one replaced: tell it, and let it go."""

    participant_id: str
    page_id: str
    code: str
    message: str


@dataclass(frozen=True)
class StartTimer:
    """Call `timer(name)` after so long; a timer of the same name is replaced."""

    name: str
    after_ms: int


@dataclass(frozen=True)
class StopTimer:
    name: str


@dataclass(frozen=True)
class SaveParticipant:
    participant: Participant


@dataclass(frozen=True)
class SaveSession:
    session: Session


@dataclass(frozen=True)
class Export:
    """Write the data files of an episode that every seat sealed; of every episode if `episode` is None."""

    session_id: str
    episode: int | None


@dataclass(frozen=True)
class Log:
    """An entry of the event log."""

    kind: str
    detail: Mapping[str, Any]


Effect = Emit | Dismiss | StartTimer | StopTimer | SaveParticipant | SaveSession | Export | Log
Effects = list[Effect]


class RefusedError(Exception):
    """A command that does not fit where its participant is; `code` goes into the answer."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
