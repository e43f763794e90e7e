"""The history of a run: events of every participant, the server, the faults and the harness on one clock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from igym_harness import jsonl

HARNESS = "harness"
SERVER = "server"


@dataclass
class History:
    """Events as they came in; written sorted by time. A time that is not known stays None and comes first."""

    _events: list[dict[str, Any]] = field(default_factory=list)

    def add(self, t_ms: float | None, source: str, kind: str, detail: Mapping[str, Any] | None = None) -> None:
        """`t_ms` on the harness clock; `source` a participant, "server", "harness" or a fault id."""
        event = {"t_ms": None if t_ms is None else round(t_ms, 1), "source": source, "kind": kind}
        self._events.append({**event, **{key: value for key, value in (detail or {}).items() if key not in event}})

    def events(self, source: str | None = None) -> list[dict[str, Any]]:
        """By time; of one source, or of all."""
        chosen = (event for event in self._events if source is None or event["source"] == source)
        return sorted(chosen, key=lambda event: float("-inf") if event["t_ms"] is None else event["t_ms"])

    def write(self, path: Path) -> None:
        """Raises FileExistsError rather than writing over a history."""
        with path.open("x", encoding="utf-8") as file:
            file.writelines(jsonl.line(event) for event in self.events())


def server_time_ms(event: Mapping[str, Any], names: Iterable[str] = ("monotonic_ms", "t_ms", "at_ms")) -> float | None:
    """The time that an event of the server carries, on the server's clock."""
    for name in names:
        value = event.get(name)
        if isinstance(value, int | float):
            return float(value)
    return None
