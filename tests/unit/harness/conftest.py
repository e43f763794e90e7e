"""A run that is good in every respect; each test of a checker spoils one thing of it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from igym_chaos.fault import Effect
from igym_chaos.samples import Window
from igym_harness.checkers import run_all
from igym_harness.comparison import prefix
from igym_harness.evidence import CsvTable, Evidence, FaultRecord, Table
from igym_harness.verdict import PhaseSpan, RunFacts, document, findings_document, judge

FRAMES = 90
PEOPLE = ("a", "b")
HOLD_FRAMES = 3
EPOCH_MS = 50_000.0
PHASES = (
    ("boot", 0.0, 1_000.0),
    ("gate", 1_000.0, 3_000.0),
    ("faults", 3_000.0, 9_000.0),
    ("heal", 9_000.0, 10_000.0),
    ("drain", 10_000.0, 12_000.0),
    ("check", 12_000.0, 12_400.0),
)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def columns(episode: int) -> dict[str, list[Any]]:
    """A canonical table as every seat of the session should have it."""
    frames = range(FRAMES)
    last = FRAMES - 1
    table: dict[str, list[Any]] = {
        "schema_version": [1] * FRAMES,
        "experiment_id": ["kitchen"] * FRAMES,
        "scene_id": ["kitchen"] * FRAMES,
        "session_id": ["s1"] * FRAMES,
        "episode": [episode] * FRAMES,
        "frame": list(frames),
    }
    for seat in range(len(PEOPLE)):
        table[f"actions.{seat}"] = [(frame // HOLD_FRAMES + seat) % 4 for frame in frames]
        table[f"rewards.{seat}"] = [0.1 * frame for frame in frames]
        table[f"terminateds.{seat}"] = [False] * FRAMES
        table[f"truncateds.{seat}"] = [frame == last for frame in frames]
        table[f"infos.{seat}.soups"] = [None if frame % 2 else frame for frame in frames]
        table[f"isFocused.{seat}"] = [True] * FRAMES
        table[f"inputAuto.{seat}"] = [frame < 2 for frame in frames]
        table[f"obs_hash.{seat}"] = [digest(f"obs {episode} {seat} {frame}") for frame in frames]
    table["state_hash"] = [digest(f"state {episode} {frame}") for frame in frames]
    return table


def type_of(column: str) -> str:
    kinds = {"rewards": "double", "terminateds": "bool", "truncateds": "bool", "isFocused": "bool", "inputAuto": "bool"}
    kinds |= {
        "obs_hash": "string",
        "state_hash": "string",
        "experiment_id": "string",
        "scene_id": "string",
        "session_id": "string",
    }
    return kinds.get(column.split(".")[0], "int64" if column.startswith("infos") else "int32")


def table(episode: int, seat: int) -> Table:
    cells = columns(episode)
    return Table(cells, {name: type_of(name) for name in cells}, FRAMES, f"ep{episode}/seat{seat}.parquet")


def text(value: Any) -> str:
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def twin(source: Table) -> CsvTable:
    records = [[text(cells[row]) for cells in source.columns.values()] for row in range(source.rows)]
    return CsvTable(list(source.columns), records, source.path.replace("parquet", "csv"))


def seal(source: Table, episode: int) -> dict[str, Any]:
    return {
        "episode": episode,
        "end_frame": source.rows,
        "rows": source.rows,
        "chunks": 3,
        "input_hash": digest(f"inputs {episode}"),
        "state_hash": source.columns["state_hash"][-1],
        "verified": True,
        "reason": None,
        "stats": {"promoted": source.rows, "resimulated": 40, "correctedRows": 12},
    }


def status(name: str, seals: list[dict[str, Any]]) -> dict[str, Any]:
    camel = {"end_frame": "endFrame", "input_hash": "inputHash", "state_hash": "stateHash"}
    peer = 1 - PEOPLE.index(name)
    link = {"seat": peer, "open": True, "rttMs": 1.5, "pings": [], "sentInputs": FRAMES, "receivedInputs": FRAMES}
    worker = {
        "state": "done",
        "episode": 0,
        "frame": FRAMES,
        "rollbacks": 7,
        "maxDepth": 5,
        "stalls": 1,
        "stallMs": 33.0,
        "resimulated": 40,
    }
    return {
        "page": "finished",
        "seat": PEOPLE.index(name),
        "socketConnected": True,
        "socketReconnects": 0,
        "worker": {**worker, "correctedRows": 12, "inputChanges": 29, "links": [link]},
        "seals": [
            {"episode": one["episode"], "seal": {camel.get(key, key): value for key, value in one.items()}}
            for one in seals
        ],
        "errors": [],
    }


def latency_fault() -> FaultRecord:
    asked = {"page_ms": 100.0}
    effect = Effect(asked=asked, measured={"rtt_ms": 203.0}, band=(180.0, 225.0), n=40, in_band=True, oracle="ping")
    recovered = Effect(
        asked={"page_ms": 0.0}, measured={"rtt_ms": 2.0}, band=(0.0, 8.0), n=20, in_band=True, oracle="ping"
    )
    return FaultRecord(
        id="f1",
        do="p2p.latency",
        via="C",
        on=("a",),
        effect=effect,
        recovered=recovered,
        touched=(),
        planned_ms=EPOCH_MS + 3_000.0,
        requested_ms=EPOCH_MS + 3_000.0,
        acknowledged_ms=EPOCH_MS + 3_001.0,
        first_effect_ms=EPOCH_MS + 3_400.0,
        healed_ms=EPOCH_MS + 9_000.0,
        window=Window(EPOCH_MS + 3_501.0, EPOCH_MS + 9_000.0),
    )


def build(episodes: int = 1) -> Evidence:
    keys = [(episode, name) for episode in range(episodes) for name in PEOPLE]
    tables = {(episode, name): table(episode, PEOPLE.index(name)) for episode, name in keys}
    seals = {key: seal(tables[key], key[0]) for key in keys}
    return Evidence(
        scenario="p2p-latency-100",
        seats=2,
        episodes=episodes,
        frames=FRAMES,
        active=True,
        participants=PEOPLE,
        seat_of={name: seat for seat, name in enumerate(PEOPLE)},
        tables=tables,
        seals=seals,
        statuses={name: status(name, [seals[key] for key in keys if key[1] == name]) for name in PEOPLE},
        page_events={name: [{"kind": "rollback", "tMs": 4_000.0, "to": 40, "depth": 5}] for name in PEOPLE},
        server_events=[
            {"kind": "session_created", "session_id": "s", "members": ["p", "q"]},
            {"kind": "session_assigned"},
            {"kind": "link_report", "participant_id": "p", "peer_seat": 1, "route": "direct", "candidates": None},
            {"kind": "link_report", "participant_id": "q", "peer_seat": 0, "route": "direct", "candidates": None},
            {"kind": "data_chunk"},
            {"kind": "episode_seal"},
        ],
        certificates={
            f"s/ep{episode}": {"certified": True, "reason": "", "speed": {"timesRealTime": 180.0}}
            for episode in range(episodes)
        },
        server_log=["listening on 127.0.0.1", "input_delay_frames=2 prediction_limit_frames=12", '"GET / 1.1" 200 500'],
        console={name: [{"type": "log", "text": "ready", "location": ""}] for name in PEOPLE},
        faults=(latency_fault(),),
        expected=("rollbacks(a) >= 1",),
        outcomes=dict.fromkeys(PEOPLE, "completed"),
        leftovers=(),
        loop_lag_p99_ms=4.0,
        clock_drift_ms=dict.fromkeys(PEOPLE, 0.4),
        csv={key: twin(source) for key, source in tables.items()},
        digests={"ep0/seat0.parquet": {"claimed": "ab", "found": "ab"}},
        planned_faults=("f1",),
        artefacts={
            "schedule.lock.json": 900,
            "env.json": 400,
            "ledger.jsonl": 4_000,
            "history.jsonl": 90_000,
            "server/stdout.log": 2_000,
        },
    )


@pytest.fixture
def good() -> Evidence:
    """One episode of two seats under a proven latency fault; fresh for each test."""
    return build()


GONE_MS = EPOCH_MS + 5_000.0
ROWS = {"a": 80, "b": 86}
"""Of the episode that was cut; the last frame that both are known to have had is VERIFIED."""
VERIFIED = 84


def removal_fault() -> FaultRecord:
    asked = {"browser_ended": 1.0, "socket_ended": 1.0}
    ended = Effect(asked=asked, measured=asked, band=(1.0, 1.0), n=6, in_band=True, oracle="system")
    stays = Effect(
        asked={"answers": 0.0}, measured={"answers": 0.0}, band=(0.0, 0.0), n=6, in_band=True, oracle="stays"
    )
    return FaultRecord(
        id="f1",
        do="proc.kill",
        via="B",
        on=("a",),
        effect=ended,
        recovered=stays,
        touched=(),
        planned_ms=GONE_MS,
        requested_ms=GONE_MS,
        acknowledged_ms=GONE_MS + 1.0,
        healed_ms=GONE_MS + 2_000.0,
        window=Window(GONE_MS, GONE_MS + 2_000.0),
        removes=True,
    )


def cut(evidence: Evidence) -> Evidence:
    """The same run, but a's browser was killed before the end of the last episode."""
    last = evidence.episodes - 1
    for name, rows in ROWS.items():
        evidence.tables[last, name] = prefix(evidence.tables[last, name], rows)
        evidence.csv[last, name] = twin(evidence.tables[last, name])
    partial = {"verified": False, "reason": "partial", "stats": {"promoted": ROWS["b"], "verifiedFrame": VERIFIED}}
    evidence.seals[last, "b"] = {**seal(evidence.tables[last, "b"], last), **partial}
    del evidence.seals[last, "a"]
    for name in PEOPLE:
        kept = [one for (_, owner), one in evidence.seals.items() if owner == name]
        evidence.statuses[name] = status(name, kept)
    evidence.statuses["a"]["page"] = "playing"
    evidence.statuses["b"]["page"] = "partner-left"
    evidence.statuses["b"]["worker"]["confirmedFrame"] = ROWS["b"] - 1
    evidence.console["a"].append(
        {"t_ms": GONE_MS + 50.0, "type": "close", "text": "the page was closed", "location": ""}
    )
    evidence.page_events["b"] += [
        {"kind": "note", "note": "none", "t_ms": EPOCH_MS},
        {"kind": "link-lost", "seat": 0, "silentMs": 1_630.0, "t_ms": GONE_MS + 1_610.0},
        {"kind": "note", "note": "partner-slow", "t_ms": GONE_MS + 1_700.0},
        {"kind": "link", "peerSeat": 0, "state": "disconnected", "t_ms": GONE_MS + 6_000.0},
    ]
    evidence.certificates[f"s/ep{last}"]["covers"] = "prefix"
    return replace(
        evidence,
        faults=(removal_fault(),),
        expected_outcomes={"a": "gone", "b": "partial"},
        outcomes={"a": "gone", "b": "partial"},
        gone=("a",),
        fps=30,
        sessions={"s": {"state": "cut", "reason": "partner_left"}},
        manifests={
            f"s/ep{last}": {
                "partial": True,
                "partial_reason": "partner_left",
                "partial_frame": {"0": ROWS["a"] - 1, "1": ROWS["b"] - 1},
            }
        },
    )


@pytest.fixture
def removal() -> FaultRecord:
    """Of a, in band."""
    return removal_fault()


@pytest.fixture
def killed(good: Evidence) -> Evidence:
    """One episode, in the middle of which a's browser was killed, as planned."""
    return cut(good)


@pytest.fixture
def killed_in_the_second(good_twice: Evidence) -> Evidence:
    """Two episodes of three; a's browser was killed in the second."""
    three = cut(good_twice)
    return replace(three, episodes=3)


@pytest.fixture
def good_twice() -> Evidence:
    """The same with two episodes."""
    return build(episodes=2)


def jsonl_text(lines: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(line) + "\n" for line in lines)


def stats_lines(name: str) -> list[dict[str, Any]]:
    lines = []
    for look in range(50):
        slow = name == "a" and 12 < look < 36
        worker = {
            "state": "playing",
            "episode": 0,
            "frame": 2 * look,
            "rollbacks": look // 5,
            "correctedRows": look // 4,
            "inputChanges": look,
            "stalls": 1,
        }
        lines.append(
            {
                "t_ms": EPOCH_MS + 250.0 * look,
                "state": "playing",
                "worker": worker,
                "links": [{"seat": 1, "rttMs": 203.0 if slow else 1.8}],
            }
        )
    return lines


def history_lines() -> list[dict[str, Any]]:
    lines: list[dict[str, Any]] = []
    lines += [
        {"t_ms": EPOCH_MS + 3_300.0 + 400 * turn, "source": "a", "kind": "rollback", "depth": 2 + turn}
        for turn in range(9)
    ]
    lines += [
        {"t_ms": EPOCH_MS + 5_000.0, "source": "b", "kind": "stall"},
        {"t_ms": None, "source": "server", "kind": "boot"},
    ]
    lines += [{"t_ms": EPOCH_MS + 2_000.0, "source": "server", "kind": "session_assigned"}]
    lines += [
        {"t_ms": EPOCH_MS + 11_500.0, "source": name, "kind": "session-end", "outcome": "completed"} for name in PEOPLE
    ]
    return [*lines, {"t_ms": EPOCH_MS + 12_400.0, "source": "harness", "kind": "mark", "mark": "end"}]


def write_folder(folder: Path, evidence: Evidence) -> Path:
    """A run folder as a judged run leaves it."""
    findings = run_all(evidence)
    verdict = judge(findings)
    facts = RunFacts(
        suite="parity",
        doc="a's path to b gets 100 ms in each direction.",
        env="volley",
        seed=41,
        replay="python -m igym_chaos --replay runs/x",
        browser="156.0",
        commit="0123abcd",
        covers=("NET-01", "P2P-07"),
        phases=tuple(PhaseSpan(name, EPOCH_MS + start, EPOCH_MS + end) for name, start, end in PHASES),
    )
    files = {
        "verdict.json": json.dumps(document(verdict, evidence, facts)),
        "checks.json": json.dumps(findings_document(findings)),
        "schedule.lock.json": json.dumps({"seed": 41, "workload": {"experiment": "volley"}}),
        "env.json": json.dumps(
            {"browser": "156.0", "cores": 2, "versions": {"python": "3.11.7", "toxiproxy": "2.12.0"}}
        ),
        "ledger.jsonl": jsonl_text([{"fault": "f1", "phase": "planned"}]),
        "history.jsonl": jsonl_text(history_lines()),
        "server/stdout.log": "\n".join(f"line {number}" for number in range(1, 301)),
        **{f"participants/{name}/stats.jsonl": jsonl_text(stats_lines(name)) for name in PEOPLE},
        **{f"participants/{name}/trace.zip": "PK" for name in PEOPLE},
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def run_folder(good: Evidence, tmp_path: Path) -> Path:
    """A run that passed."""
    return write_folder(tmp_path / "run", good)


@pytest.fixture
def failed_folder(good: Evidence, tmp_path: Path) -> Path:
    """A run whose files differ in one cell and whose fault was not in effect."""
    good.tables[0, "b"].columns["rewards.1"][57] += 1.0
    fault = good.faults[0]
    assert fault.effect is not None
    dead = replace(fault, effect=replace(fault.effect, in_band=False, measured={"rtt_ms": 1.9}))
    return write_folder(tmp_path / "failed", replace(good, faults=(dead,)))
