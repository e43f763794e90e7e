"""Which trouble of a page ends a run at once: error, crash, complaint, no frame for 5 s (chaos.md 6.1). Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from igym_harness.probe import Answer

NO_FRAME_MS = 5_000.0
NO_ANSWER_MS = 5_000.0
CRASH = "crash"
_FATAL = frozenset({"pageerror", CRASH})
# While the server's path is disturbed, or the page itself stopped, the browser reports what failed; that is the fault, not the product.
# A page that is thawed may write before it is told that the browser closed its socket when it froze (seen with `tab.frozen`).
NETWORK_COMPLAINT = re.compile(
    r"WebSocket connection to|WebSocket is already in CLOSING or CLOSED state|net::ERR_|Failed to load resource|Failed to fetch"
)
CUTS_THE_SERVER_PATH = ("signal.", "server.", "net.", "asset.", "tab.frozen", "proc.")


@dataclass(frozen=True)
class Trouble:
    """Why a run ends early; `check` is the id of the check that will say the same."""

    participant: str
    check: str
    reason: str


@dataclass
class Watcher:
    """Looks at every answer and console entry once. Times are ms of the harness clock."""

    _read: dict[str, int] = field(default_factory=dict)
    _frames: dict[str, tuple[int, int, float]] = field(default_factory=dict)
    _answered: dict[str, float] = field(default_factory=dict)

    def console(
        self,
        participant: str,
        entries: Sequence[Mapping[str, Any]],
        *,
        in_force: Iterable[str],
        removed: bool = False,
    ) -> Trouble | None:
        """New entries of a participant's console; `in_force`: kinds of the faults that disturb now.

        `removed`: a fault was to remove this participant, so that its crash is what was planned.
        """
        start = self._read.get(participant, 0)
        self._read[participant] = len(entries)
        cut = any(kind.startswith(CUTS_THE_SERVER_PATH) for kind in in_force)
        for entry in entries[start:]:
            if entry["type"] == CRASH and removed:
                continue
            if entry["type"] in _FATAL:
                return Trouble(participant, "CLI-1", f"{entry['type']}: {entry['text']}")
            expected = cut and NETWORK_COMPLAINT.search(str(entry["text"]))
            if entry["type"] == "error" and not expected:
                return Trouble(participant, "CLI-1", f"console error: {entry['text']}")
        return None

    def answer(self, participant: str, t_ms: float, answer: Answer, *, disturbed: bool) -> Trouble | None:
        """One answer of a page; `disturbed`: a fault is in force, so silence of the game is allowed."""
        self._answered[participant] = t_ms
        if answer.state == "error":
            return Trouble(participant, "LIV-2", f"the page shows its error screen: {_last_error(answer)}")
        worker = answer.worker
        if worker.get("state") != "playing" or disturbed:
            self._frames.pop(participant, None)
            return None
        place = int(worker["episode"]), int(worker["frame"])
        last = self._frames.get(participant)
        if last is None or last[:2] != place:
            self._frames[participant] = (*place, t_ms)
            return None
        if t_ms - last[2] < NO_FRAME_MS:
            return None
        return Trouble(
            participant,
            "LIV-2",
            f"no frame for {(t_ms - last[2]) / 1000:.1f} s at frame {place[1]} of episode {place[0]}",
        )

    def silence(self, participant: str, t_ms: float, *, disturbed: bool) -> Trouble | None:
        """The page did not answer this time."""
        since = self._answered.setdefault(participant, t_ms)
        if disturbed:
            self._answered[participant] = t_ms
            return None
        if t_ms - since < NO_ANSWER_MS:
            return None
        return Trouble(participant, "LIV-2", f"the page has not answered for {(t_ms - since) / 1000:.1f} s")


def _last_error(answer: Answer) -> str:
    errors = (answer.status or {}).get("errors") or []
    return str(errors[-1].get("text")) if errors else "no text"
