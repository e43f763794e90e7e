"""What a run left behind, as values: the only thing that checkers may read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from igym_chaos.fault import Effect
from igym_chaos.removals import GONE
from igym_chaos.samples import Window

Outcome = Literal["holds", "violated", "no-data"]
Key = tuple[int, str]
"""(episode, participant)"""


@dataclass(frozen=True)
class Table:
    """A canonical file of one seat and episode (requirements 23.2): column name -> `rows` typed cells."""

    columns: dict[str, list[Any]]
    types: dict[str, str]
    rows: int
    path: str


@dataclass(frozen=True)
class CsvTable:
    """The CSV twin of a canonical file, still text: header and records."""

    header: list[str]
    records: list[list[str]]
    path: str


@dataclass(frozen=True)
class FaultRecord:
    """One fault as planned, applied, measured and healed. Times are ms of the harness clock."""

    id: str
    do: str
    via: str
    on: tuple[str, ...]
    effect: Effect | None
    recovered: Effect | None
    touched: tuple[str, ...]
    """Participants that were touched although the fault was not aimed at them (EFF-3)."""
    planned_ms: float
    requested_ms: float | None
    acknowledged_ms: float | None
    first_effect_ms: float | None = None
    healed_ms: float | None = None
    window: Window | None = None
    """The interval that the oracle measured."""
    removes: bool = False
    """Its targets' pages were to be gone for good."""
    renews: bool = False
    """Its targets' pages were to begin anew."""


@dataclass(frozen=True)
class StoreRecord:
    """What the server's database held at a moment when no server ran."""

    t_ms: float
    """Harness clock."""
    chunks: frozenset[tuple[str, int, int, int, str]]
    """(session, episode, seat, number, SHA-256 of the rows)"""


@dataclass(frozen=True)
class Evidence:
    """Everything recorded about one run. A missing mapping key means "not recorded", never "empty"."""

    scenario: str
    seats: int
    episodes: int
    frames: int | None
    """Planned length of an episode; None when the environment decides."""
    active: bool
    """The scenario plays with changing inputs, so idle seats make it meaningless (EFF-4)."""
    participants: tuple[str, ...]
    seat_of: dict[str, int]
    tables: dict[Key, Table]
    seals: dict[Key, dict[str, Any]]
    """The server's seal of a seat's episode."""
    statuses: dict[str, dict[str, Any]]
    """Last status of the page hook (CONTRACT 6) per participant; its `seals` are the page's own copies."""
    page_events: dict[str, list[dict[str, Any]]]
    server_events: list[dict[str, Any]]
    server_log: list[str]
    console: dict[str, list[dict[str, Any]]]
    """Playwright's console, page error and crash events: type, text, location."""
    faults: tuple[FaultRecord, ...]
    expected: tuple[str, ...]
    """What must happen at least once, e.g. "rollbacks(a) >= 1"."""
    outcomes: dict[str, str]
    """Outcome that the server recorded per participant."""
    leftovers: tuple[str, ...] | None
    """Processes, ports, proxies, profiles, folders found after the clean-up; None: nobody looked."""
    loop_lag_p99_ms: float
    """NaN: not measured."""
    clock_drift_ms: dict[str, float]
    csv: dict[Key, CsvTable] = field(default_factory=dict)
    digests: dict[str, dict[str, str]] = field(default_factory=dict)
    """Data file -> {"claimed": sha256 of the manifest, "found": sha256 of the bytes}."""
    topology: str = "mesh"
    """How the participants' browsers may reach each other."""
    certificates: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Session and episode folder -> certificate.json; empty if there is none."""
    stores: tuple[StoreRecord, ...] = ()
    """Oldest first; the last one after the end of the run."""
    played: dict[str, tuple[tuple[float, int], ...]] = field(default_factory=dict)
    """Per participant, each look at a running game: (ms of the harness clock, frame of the episode)."""
    fps: int = 0
    """What the scenario plays at; 0: not recorded."""
    settled_ms: float | None = None
    """When the settle time after the last heal was over, on the harness clock."""
    planned_faults: tuple[str, ...] = ()
    """Fault ids of the lock; one without a record was never applied."""
    expected_outcomes: dict[str, str] = field(default_factory=dict)
    """Per participant; "completed" where absent."""
    gone: tuple[str, ...] = ()
    """Whose page ended as a fault was to end it, by witnesses outside of it."""
    sessions: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Session -> session.json; empty if there is none."""
    manifests: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Session and episode folder -> seal.json; empty if there is none."""
    artefacts: dict[str, int] = field(default_factory=dict)
    """Files of the run folder at the time of the check: relative name -> bytes (`artefacts_of`)."""

    def expects_completion(self, participant: str) -> bool:
        """Whether the scenario wants this participant to play to the end."""
        return self.expected_outcomes.get(participant, "completed") == "completed"

    def expects_gone(self, participant: str) -> bool:
        """Whether a fault of the scenario removes this participant."""
        return self.expected_outcomes.get(participant) == GONE

    def was_removed(self, participant: str, t_ms: float | None) -> bool:
        """Whether the participant's page had ended as planned, or was about to, at a time of the harness's clock."""
        began = [
            one.requested_ms
            for one in self.faults
            if one.removes and participant in one.on and one.requested_ms is not None
        ]
        return participant in self.gone and bool(began) and t_ms is not None and t_ms >= min(began)

    @property
    def interrupted(self) -> tuple[str, ...]:
        """Whose game ended with the document that it ran in, as planned: gone, or loaded again and not to go on."""
        renewed = {name for one in self.faults if one.renews and one.acknowledged_ms is not None for name in one.on}
        return tuple(
            name
            for name in self.participants
            if not self.expects_completion(name) and (name in self.gone or name in renewed)
        )

    @property
    def survivors(self) -> tuple[str, ...]:
        return tuple(name for name in self.participants if name not in self.interrupted)

    @property
    def cut_episode(self) -> int | None:
        """The episode in which somebody's game ended as planned: the first that they did not seal. None: nobody's did, or after the last."""
        for episode in range(self.episodes):
            if any((episode, name) not in self.seals for name in self.interrupted):
                return episode
        return None

    @property
    def whole_episodes(self) -> range:
        """Those that were to be played to their end."""
        cut = self.cut_episode
        return range(self.episodes if cut is None else cut)

    @property
    def begun_episodes(self) -> range:
        """With the one that was cut; after it none is played."""
        return range(self.episodes) if self.cut_episode is None else range(self.cut_episode + 1)

    def worker(self, participant: str) -> dict[str, Any]:
        """Last status of the participant's game worker; empty if there is none."""
        worker = self.statuses.get(participant, {}).get("worker")
        return worker if isinstance(worker, dict) else {}

    def page_seals(self, participant: str) -> list[dict[str, Any]]:
        """Seals that the page says it sent, in snake case, each with its `episode`."""
        seals = self.statuses.get(participant, {}).get("seals")
        return [normal_seal(seal) for seal in seals or () if isinstance(seal, Mapping)]


@dataclass(frozen=True)
class Finding:
    """The answer of one checker. `first_bad` names the place: episode, frame, seat, column ... as far as known."""

    check: str
    outcome: Outcome
    message: str
    first_bad: dict[str, Any] | None = None


Checker = Callable[[Evidence], Finding]


def holds(check: str, message: str) -> Finding:
    return Finding(check, "holds", message)


def violated(check: str, message: str, **first_bad: Any) -> Finding:
    return Finding(check, "violated", message, first_bad or None)


def no_data(check: str, message: str) -> Finding:
    return Finding(check, "no-data", message)


def normal_seal(seal: Mapping[str, Any]) -> dict[str, Any]:
    """One shape for the page's seal (camel case, perhaps nested under `seal`) and the server's (snake case)."""
    inner = seal.get("seal")
    flat = {
        **{key: value for key, value in seal.items() if key != "seal"},
        **(inner if isinstance(inner, Mapping) else {}),
    }
    return {re.sub(r"(?<=[a-z0-9])([A-Z])", lambda m: f"_{m[1].lower()}", key): value for key, value in flat.items()}


def artefacts_of(folder: Path) -> dict[str, int]:
    """Every file below a run folder: relative name -> bytes."""
    return {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*")) if path.is_file()}
