"""A run folder read back for those who show it: the judgement, and one lane of samples per participant."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from igym_harness import jsonl
from igym_harness.decisions import PHASE as DECISIONS
from igym_harness.history import SERVER

EVENTS_KEPT = 2_000
"""Events of one lane that a report draws; a longer history is thinned."""


class RunFolderError(Exception):
    """The folder holds no judged run."""


@dataclass(frozen=True)
class Sample:
    """One look at a participant. `rtt_ms`: slowest of its links; `unconfirmed`: frames simulated with a guess. None: not told."""

    t_ms: float
    state: str
    episode: int
    frame: int
    rtt_ms: float | None
    unconfirmed: int | None = None


@dataclass(frozen=True)
class Lane:
    """What one participant went through, by time. `facts`: its entry in verdict.json (seat, outcome, rows, metrics)."""

    name: str
    facts: dict[str, Any] = field(default_factory=dict)
    samples: tuple[Sample, ...] = ()
    events: tuple[dict[str, Any], ...] = ()

    def kind(self, kind: str) -> list[dict[str, Any]]:
        """Events of one kind that have a time."""
        return [event for event in self.events if event.get("kind") == kind and event.get("t_ms") is not None]


@dataclass(frozen=True)
class RunSheet:
    """Everything shown of one run; times are ms of the harness clock. `facts`: verdict.json (`verdict.document`)."""

    folder: Path
    facts: dict[str, Any]
    checks: list[dict[str, Any]] = field(default_factory=list)
    lanes: dict[str, Lane] = field(default_factory=dict)
    server_events: tuple[dict[str, Any], ...] = ()
    environment: dict[str, Any] = field(default_factory=dict)
    decisions: tuple[dict[str, Any], ...] = ()
    """The ledger's digests of what a seeded layer decided, one per fault and direction."""

    @property
    def effects(self) -> list[dict[str, Any]]:
        return list(self.facts.get("effects") or ())

    @property
    def phases(self) -> list[dict[str, Any]]:
        return list(self.facts.get("phases") or ())

    def span_ms(self) -> tuple[float, float]:
        """First and last known instant; (0, 1) of an empty run."""
        times = [sample.t_ms for lane in self.lanes.values() for sample in lane.samples]
        times += [phase[edge] for phase in self.phases for edge in ("start_ms", "end_ms") if phase[edge] is not None]
        times += [row[edge] for row in self.effects for edge in ("requested_ms", "healed_ms") if row[edge] is not None]
        return (min(times), max(times)) if len(set(times)) > 1 else (0.0, 1.0)


def load(folder: Path) -> RunSheet:
    """Reads a run folder (chaos handbook 6.3). Raises RunFolderError without a verdict; all else may be absent."""
    path = folder / "verdict.json"
    if not path.is_file():
        raise RunFolderError(f"{folder} has no verdict.json: not a run folder, or the run was not judged")
    facts = json.loads(path.read_text(encoding="utf-8"))
    history = jsonl.read(folder / "history.jsonl")
    return RunSheet(
        folder=folder,
        facts=facts,
        checks=_json(folder / "checks.json", []),
        lanes={name: _lane(folder, name, told, history) for name, told in (facts.get("participants") or {}).items()},
        server_events=tuple(_thinned([event for event in history if event.get("source") == SERVER])),
        environment=_json(folder / "env.json", {}),
        decisions=tuple(line for line in jsonl.read(folder / "ledger.jsonl") if line.get("phase") == DECISIONS),
    )


def _lane(folder: Path, name: str, told: dict[str, Any], history: Iterable[Mapping[str, Any]]) -> Lane:
    stats = jsonl.read(folder / "participants" / name / "stats.jsonl")
    events = [dict(event) for event in history if event.get("source") == name]
    samples = tuple(_sample(line) for line in stats if line.get("t_ms") is not None)
    return Lane(name, told, samples, tuple(_thinned(events)))


def _sample(line: Mapping[str, Any]) -> Sample:
    worker = line.get("worker") or {}
    rtts = [link["rttMs"] for link in line.get("links") or () if link.get("rttMs") is not None]
    return Sample(
        t_ms=float(line["t_ms"]),
        state=str(worker.get("state") or line.get("state") or ""),
        episode=int(worker.get("episode") or 0),
        frame=int(worker.get("frame") or 0),
        rtt_ms=max(map(float, rtts), default=None),
        unconfirmed=_unconfirmed(worker),
    )


def _unconfirmed(worker: Mapping[str, Any]) -> int | None:
    frame, confirmed = worker.get("frame"), worker.get("confirmedFrame")
    return max(0, frame - confirmed) if isinstance(frame, int) and isinstance(confirmed, int) else None


def _thinned(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """At most EVENTS_KEPT events, evenly chosen."""
    step = -(-len(events) // EVENTS_KEPT) or 1
    return events[::step]


def _json(path: Path, otherwise: Any) -> Any:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else otherwise
