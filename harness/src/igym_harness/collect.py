"""From what a run recorded to the evidence that checkers read."""

from __future__ import annotations

import http.client
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from igym_chaos.removals import GONE
from igym_harness import jsonl
from igym_harness.evidence import CsvTable, Evidence, FaultRecord, Key, StoreRecord, Table
from igym_harness.exports import read_session
from igym_harness.history import History, server_time_ms
from igym_harness.run_folder import RunFolder
from igym_harness.server_process import ServerProcess

EVENTS_PATH = "/debug/events"
SNAPSHOT_PATH = "/debug/snapshot"


@dataclass
class Recorded:
    """What a run holds in memory at its end; a missing key means that it was never seen."""

    participants: tuple[str, ...]
    statuses: dict[str, dict[str, Any]] = field(default_factory=dict)
    page_events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    console: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    server_events: list[dict[str, Any]] = field(default_factory=list)
    server_log: list[str] = field(default_factory=list)
    faults: tuple[FaultRecord, ...] = ()
    stores: tuple[StoreRecord, ...] = ()
    leftovers: tuple[str, ...] | None = None
    loop_lag_p99_ms: float = math.nan
    played: dict[str, tuple[tuple[float, int], ...]] = field(default_factory=dict)
    settled_ms: float | None = None
    clock_drift_ms: dict[str, float] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    """Whose page ended as a fault was to end it."""


@dataclass(frozen=True)
class Expected:
    """What the scenario says about the end of the run."""

    scenario: str
    seats: int
    episodes: int
    frames: int | None
    active: bool
    sometimes: tuple[str, ...]
    outcomes: dict[str, str]
    planned_faults: tuple[str, ...]
    topology: str = "mesh"
    fps: int = 0


@dataclass
class _Files:
    tables: dict[Key, Table] = field(default_factory=dict)
    csv: dict[Key, CsvTable] = field(default_factory=dict)
    seals: dict[Key, dict[str, Any]] = field(default_factory=dict)
    digests: dict[str, dict[str, str]] = field(default_factory=dict)
    certificates: dict[str, dict[str, Any]] = field(default_factory=dict)
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    manifests: dict[str, dict[str, Any]] = field(default_factory=dict)


def evidence(expected: Expected, recorded: Recorded, *, data: Path, artefacts: dict[str, int]) -> Evidence:
    """Reads the data tree and puts everything together."""
    files = read_files(data, recorded.statuses)
    return Evidence(
        scenario=expected.scenario,
        seats=expected.seats,
        episodes=expected.episodes,
        frames=expected.frames,
        active=expected.active,
        participants=recorded.participants,
        seat_of=seats_of(recorded.statuses),
        tables=files.tables,
        csv=files.csv,
        seals=files.seals,
        digests=files.digests,
        certificates=files.certificates,
        topology=expected.topology,
        statuses=recorded.statuses,
        page_events=recorded.page_events,
        server_events=recorded.server_events,
        server_log=recorded.server_log,
        console=recorded.console,
        faults=recorded.faults,
        stores=recorded.stores,
        planned_faults=expected.planned_faults,
        expected=expected.sometimes,
        expected_outcomes=expected.outcomes,
        outcomes={**outcomes_of(recorded.page_events), **dict.fromkeys(recorded.gone, GONE)},
        gone=recorded.gone,
        sessions=files.sessions,
        manifests=files.manifests,
        leftovers=recorded.leftovers,
        loop_lag_p99_ms=recorded.loop_lag_p99_ms,
        clock_drift_ms=recorded.clock_drift_ms,
        artefacts=artefacts,
        played=recorded.played,
        fps=expected.fps,
        settled_ms=recorded.settled_ms,
    )


def seats_of(statuses: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Seat by participant, as the server assigned it."""
    return {name: int(status["seat"]) for name, status in statuses.items() if status.get("seat") is not None}


def outcomes_of(page_events: Mapping[str, Iterable[Mapping[str, Any]]]) -> dict[str, str]:
    """The outcome in the server's last `session_end` to each participant."""
    return {
        name: str(event["outcome"])
        for name, events in page_events.items()
        for event in events
        if event.get("kind") == "session-end" and event.get("outcome") is not None
    }


def sessions_of(statuses: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[int, str]]:
    """Session -> seat -> participant."""
    sessions: dict[str, dict[int, str]] = {}
    for name, seat in seats_of(statuses).items():
        session = statuses[name].get("sessionId")
        if session is not None:
            sessions.setdefault(str(session), {})[seat] = name
    return sessions


def session_folder(data: Path, session: str) -> Path | None:
    """{data}/{experiment}/{scene}/{session}, if the server made it."""
    return next(iter(sorted(data.glob(f"*/*/{session}"))), None)


def read_files(data: Path, statuses: Mapping[str, Mapping[str, Any]]) -> _Files:
    """Tables, CSV twins, seals and digests of every session that the participants played."""
    files = _Files()
    for session, participant_at in sessions_of(statuses).items():
        folder = session_folder(data, session)
        if folder is None:
            continue
        exports = read_session(folder, participant_at)
        files.tables |= exports.tables
        files.csv |= exports.csv
        files.seals |= exports.seals
        files.digests |= {f"{session}/{name}": digest for name, digest in exports.digests.items()}
        files.sessions[session] = exports.session
        files.manifests |= {f"{session}/{name}": one for name, one in exports.manifests.items()}
        files.certificates |= {f"{session}/{name}": one for name, one in exports.certificates.items()}
    return files


def exported(data: Path, statuses: Mapping[str, Mapping[str, Any]], *, episodes: int) -> bool:
    """Whether each seat of each session has its files and every episode its seal."""
    sessions = sessions_of(statuses)
    seals = [f"ep{episode}/{name}.json" for episode in range(episodes) for name in ("seal", "certificate")]
    for session, participant_at in sessions.items():
        folder = session_folder(data, session)
        seats = [f"ep{episode}/seat{seat}.parquet" for episode in range(episodes) for seat in participant_at]
        if folder is None or not all((folder / name).is_file() for name in (*seals, *seats)):
            return False
    return bool(sessions)


def exported_partial(data: Path, statuses: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether each session that was cut is written: session.json comes after the last episode, each episode's certificate after that."""
    folders = [session_folder(data, session) for session in sessions_of(statuses)]
    return bool(folders) and all(folder is not None and _is_whole(folder) for folder in folders)


def _is_whole(folder: Path) -> bool:
    episodes = sorted(folder.glob("ep*"))
    names = ("seal.json", "certificate.json")
    return (
        (folder / "session.json").is_file()
        and bool(episodes)
        and all((episode / name).is_file() for episode in episodes for name in names)
    )


def copy_exports(folder: RunFolder, statuses: Mapping[str, Mapping[str, Any]]) -> None:
    """Each participant's files, and the seals, into its own folder."""
    for session, participant_at in sessions_of(statuses).items():
        source = session_folder(folder.data, session)
        if source is None:
            continue
        for seat, name in participant_at.items():
            folder.copy_exports(name, [*source.glob(f"ep*/seat{seat}.*"), *source.glob("ep*/seal.json")])


async def server_state(server: ServerProcess, folder: RunFolder) -> list[dict[str, Any]]:
    """The server's events while it still lives, also put to files with its snapshot. Empty without an answer."""
    try:
        events = _events(await server.get_json(EVENTS_PATH))
        snapshot = await server.get_json(SNAPSHOT_PATH)
    except (OSError, ValueError, http.client.HTTPException):
        return []
    jsonl.append(folder.server_events, events)
    jsonl.append(folder.server_snapshots, [snapshot if isinstance(snapshot, dict) else {"snapshot": snapshot}])
    return events


def note_server_events(history: History, events: Sequence[Mapping[str, Any]], offset_ms: float) -> None:
    """Server events into the history, on the harness clock."""
    for event in events:
        at_ms = server_time_ms(event)
        kind = str(event.get("kind") or event.get("event") or "event")
        history.add(None if at_ms is None else at_ms - offset_ms, "server", kind, event)


def _events(answer: Any) -> list[dict[str, Any]]:
    found = answer.get("events", []) if isinstance(answer, dict) else answer
    return [event for event in found if isinstance(event, dict)]
