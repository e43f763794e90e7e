"""`--minimize DIR`: plays smaller and smaller forms of a failing run until none fails by the same check (chaos.md 10)."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from igym_chaos import draft, schedule
from igym_chaos.draft import Draft
from igym_chaos.scenario import Scenario
from igym_chaos.schedule import Lock
from igym_chaos.shrinking import Shrunk, shrink
from igym_harness import jsonl
from igym_harness.errors import UsageError
from igym_harness.options import Options
from igym_harness.replay import load_replay
from igym_harness.run import RunResult

LIMIT_S = 1_800.0
REPLAYS, NEEDED = 3, 2
"""A step stays if the same check is violated in so many of so many replays: the faults of real browsers are not repeatable (D0)."""
RUNS = "minimize"

Execute = Callable[[Scenario, Lock, Options], Awaitable[RunResult]]
Say = Callable[[str], None]


@dataclass(frozen=True)
class Minimized:
    """`path`: minimized.toml in the run's folder."""

    path: Path
    check: str
    sabotage: str | None
    source: Path | None
    """What the run was served from, if not from the own tree."""
    shrunk: Shrunk
    runs: int
    took_s: float

    @property
    def faults(self) -> int:
        return len(self.shrunk.draft.get("fault", ()))


async def minimize(
    folder: Path,
    options: Options,
    *,
    execute: Execute,
    say: Say,
    limit_s: float = LIMIT_S,
    now_s: Callable[[], float] = time.monotonic,
) -> Minimized:
    """Writes minimized.toml and minimized.lock.json into the folder. Raises UsageError for a run that did not fail."""
    scenario, lock = load_replay(folder)
    check, sabotage, source = _what_failed(folder)
    started_s = now_s()
    runs = 0
    options = replace(options, runs=folder / RUNS, sabotage=sabotage, source=options.source or source)

    async def fails(candidate: Draft) -> bool:
        nonlocal runs
        hits = 0
        for replay in range(REPLAYS):
            if hits + REPLAYS - replay < NEEDED:
                break
            result = await execute(*_planned(candidate), options)
            runs += 1
            hits += check in result.verdict.violated
            if hits == NEEDED:
                break
        return hits >= NEEDED

    whole = draft.of_lock(scenario, lock)
    say(f"minimizing {folder}: {len(whole.get('fault', ()))} faults, {check}")
    shrunk = await shrink(whole, _told(fails, say), time_left=lambda: now_s() - started_s < limit_s)
    path = folder / "minimized.toml"
    path.write_text(draft.text(shrunk.draft), encoding="utf-8")
    _, smallest = _planned(shrunk.draft)
    (folder / "minimized.lock.json").write_text(smallest.to_json(), encoding="utf-8")
    return Minimized(path, check, sabotage, options.source, shrunk, runs, now_s() - started_s)


def _told(fails: Callable[[Draft], Awaitable[bool]], say: Say) -> Callable[[Draft], Awaitable[bool]]:
    async def told(candidate: Draft) -> bool:
        still = await fails(candidate)
        what = ", ".join(f"{one['id']} {one['do']}" for one in candidate.get("fault", ())) or "no fault"
        say(f"{'still fails' if still else 'passes'}: {what}; {len(candidate['participants'])} participants")
        return still

    return told


def _planned(candidate: Draft) -> tuple[Scenario, Lock]:
    scenario = draft.checked(candidate)
    return scenario, schedule.plan(scenario, seed=scenario.seed)


def _what_failed(folder: Path) -> tuple[str, str | None, Path | None]:
    """The check to keep failing, the sabotage of that run, and what it was served from."""
    path = folder / "verdict.json"
    if not path.is_file():
        raise UsageError(f"{folder} has no verdict.json: it is no finished run")
    verdict = jsonl.read_json(path)
    if verdict["verdict"] == "pass" or not verdict["violated"]:
        raise UsageError(
            f"{folder} says {verdict['verdict']} and names no violated check: there is nothing to minimize"
        )
    source = verdict.get("source")
    return str(verdict["violated"][0]), verdict.get("sabotage"), Path(source) if source else None
