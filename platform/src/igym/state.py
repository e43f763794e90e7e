"""What the coordinator knows of a participant and of a session."""

from __future__ import annotations

from dataclasses import dataclass, field

from igym import lifecycle


@dataclass
class Participant:
    id: str
    completion_code: str
    scene: int = 0
    state: lifecycle.ParticipantState = "reading"
    page_id: str | None = None
    """The page that may speak for this participant."""
    tab_id: str | None = None
    """The tab that this page is in, over its reloads; None: it did not say."""
    connected: bool = False
    session_id: str | None = None
    last_session_id: str | None = None
    """The newest session that is over; its page may not know yet."""
    missed_since_restart: bool = False
    """The server was started anew, and this participant has not come back since."""


@dataclass
class Session:
    id: str
    scene_id: str
    seed: int
    members: tuple[str, ...]
    """Participants by seat."""
    state: lifecycle.SessionState = "connecting"
    reason: str = ""
    in_play: set[int] = field(default_factory=set)
    sealed: dict[int, set[int]] = field(default_factory=dict)
    """Episode -> seats that sealed it."""
