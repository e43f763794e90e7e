"""Measures a minute of play in real browsers: stalls, frames a second, bytes and packets of each link, what each tick costs.

    python tests/bench/play.py --out play.json [SCENARIO ...]

One run of each scenario, judged as ever; the figures are those of the time in which its faults were in force.
Exit code 1 if a run does not pass: its figures then prove nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from igym_chaos import scenario as scenarios
from igym_chaos import schedule
from igym_harness import jsonl
from igym_harness.options import Options
from igym_harness.run import RunResult, execute

SCENARIOS = ("pace-two-100", "pace-four-50", "heavy-rtt-200")
COLUMNS = ("frames_s", "stalls_min", "stall_ms_min", "bytes_s_link", "bytes_packet", "packets_s_link", "max_depth")
OWN = ("windowFrames", "batchP50Ms", "batchP95Ms", "batchMaxMs")
"""What each page measured of itself over the whole episode: how far it may predict, what a tick's one call into Python costs."""


def main() -> int:
    parser = argparse.ArgumentParser(description="A minute of play in real browsers under faults.")
    parser.add_argument("scenario", nargs="*", default=list(SCENARIOS))
    parser.add_argument("--runs", type=Path, default=Path("runs"))
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    found: dict[str, Any] = {}
    for name in chosen.scenario:
        result = play(name, chosen.runs)
        found[name] = {"verdict": result.verdict.headline, "seats": figures(result), "effects": effects(result)}
        print_table(name, found[name])
    if chosen.out is not None:
        chosen.out.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0 if all(one["verdict"] == "pass" for one in found.values()) else 1


def play(name: str, runs: Path) -> RunResult:
    scenario = scenarios.find(name)
    lock = schedule.plan(scenario, seed=scenario.seed, env=None)
    return asyncio.run(execute(scenario, lock, Options(runs=runs)))


def figures(result: RunResult) -> dict[str, dict[str, float]]:
    """By participant, between the first and the last look at it while every fault was in force."""
    windows = [fault.window for fault in result.evidence.faults if fault.window is not None]
    start_ms, end_ms = max(one.start_ms for one in windows), min(one.end_ms for one in windows)
    return {
        name: _figures([look for look in _looks(result, name) if start_ms <= look["t_ms"] <= end_ms])
        | _own(result, name)
        for name in result.evidence.participants
    }


def _own(result: RunResult, name: str) -> dict[str, float]:
    seat = result.evidence.seat_of[name]
    (path,) = (result.folder / "server" / "data").glob(f"*/*/*/seat{seat}_metrics.json")
    netcode = json.loads(path.read_text(encoding="utf-8"))["netcode"]["0"]
    return {key: float(netcode[key]) for key in OWN}


def _looks(result: RunResult, name: str) -> list[dict[str, Any]]:
    lines = jsonl.read(result.folder / "participants" / name / "stats.jsonl")
    return [line for line in lines if line["state"] == "playing" and "frame" in line["worker"]]


def _figures(looks: list[dict[str, Any]]) -> dict[str, float]:
    first, last = looks[0], looks[-1]
    minutes = (last["t_ms"] - first["t_ms"]) / 60_000.0

    def grown(name: str) -> float:
        return float(last["worker"][name] - first["worker"][name])

    def of_links(name: str) -> float:
        before, after = (sum(link[name] for link in look["worker"]["links"]) for look in (first, last))
        return float(after - before) / len(last["worker"]["links"])

    return {
        "frames_s": grown("frame") / minutes / 60.0,
        "stalls_min": grown("stalls") / minutes,
        "stall_ms_min": grown("stallMs") / minutes,
        "bytes_s_link": of_links("sentBytes") / minutes / 60.0,
        "bytes_packet": of_links("sentBytes") / of_links("sentPackets"),
        "packets_s_link": of_links("sentPackets") / minutes / 60.0,
        "max_depth": float(last["worker"]["maxDepth"]),
    }


def effects(result: RunResult) -> dict[str, dict[str, float]]:
    """What each fault measured."""
    return {fault.id: dict(fault.effect.measured) for fault in result.evidence.faults if fault.effect is not None}


def print_table(name: str, one: dict[str, Any]) -> None:
    columns = (*COLUMNS, *OWN)
    lines = [
        f"{name}: {one['verdict']}; {one['effects']}",
        f"| seat | {' | '.join(columns)} |",
        "|---" * (1 + len(columns)) + "|",
    ]
    lines += [
        f"| {who} | {' | '.join(f'{row[column]:.1f}' for column in columns)} |" for who, row in one["seats"].items()
    ]
    sys.stdout.write("\n".join(lines) + "\n\n")


if __name__ == "__main__":
    sys.exit(main())
