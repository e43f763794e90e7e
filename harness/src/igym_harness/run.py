"""One run of one scenario: record first, judge after (chaos.md 6).

boot ─▶ gate ─▶ faults ─▶ heal ─▶ settle ─▶ drain ─▶ check
             guards end it at once when a page is in trouble
"""

from __future__ import annotations

import asyncio
import datetime
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from igym_chaos.errors import ChaosError
from igym_chaos.scenario import Scenario
from igym_chaos.schedule import Lock
from igym_harness import closing, collect, guards, jsonl, rejudging, store_look
from igym_harness.checkers import run_all
from igym_harness.clock import monotonic_ms
from igym_harness.errors import DeadlineError, HarnessError
from igym_harness.evidence import Evidence, Finding, artefacts_of
from igym_harness.options import Options
from igym_harness.outcome import write_outcome
from igym_harness.phases import Phases
from igym_harness.plan import Plan, plan_of
from igym_harness.rig import Rig
from igym_harness.run_folder import RunFolder, environment, repository_root
from igym_harness.server_process import check_source
from igym_harness.stage import Stage
from igym_harness.verdict import PhaseFailure, Verdict, judge
from igym_harness.watcher import Trouble


@dataclass(frozen=True)
class RunResult:
    """What a run says: the verdict, where everything lies, and what the verdict rests on."""

    verdict: Verdict
    folder: Path
    evidence: Evidence
    findings: list[Finding]


async def execute(scenario: Scenario, lock: Lock, options: Options) -> RunResult:
    """Runs the scenario as the lock says.

    Raises MissingPart or UsageError before anything was done; everything later is a verdict.
    """
    check_source(options.source)
    plan = plan_of(scenario, lock)
    stage = Stage(
        options,
        proxied=plan.proxied,
        turn_proxied=plan.turn_proxied,
        topology=plan.topology,
        own=plan.own,
        behind_relay=plan.behind_relay,
    )
    utc = datetime.datetime.now(datetime.UTC)
    try:
        await stage.find_parts()
        rig = Rig(plan, stage, _make_folder(plan, scenario, lock, options, utc), sabotage=options.sabotage)
        phases = Phases(rig, sabotage=options.sabotage)
        failure = await _play(rig, phases, options)
        recorded = await closing.finish(rig, booted=phases.booted.is_set())
    finally:
        leftovers = await stage.close()
    recorded.leftovers = leftovers
    recorded.stores = (*stage.stores, *store_look.read(rig.folder.data, t_ms=monotonic_ms()))
    recorded.server_log = stage.server.log_lines() if stage.server else []
    return _judge(rig, recorded, failure, options, utc)


async def _play(rig: Rig, phases: Phases, options: Options) -> PhaseFailure | None:
    """Boot to drain under guard; None when drain ended as it should. Raises nothing, except when cancelled."""
    try:
        trouble = await _guarded(rig, phases, options)
    except DeadlineError as error:
        return _failure(rig, error.reason + phases.surroundings(), blame=phases.blame_for_lateness())
    except HarnessError as error:
        return _failure(rig, error.reason, blame="harness")
    except ChaosError as error:
        return _failure(rig, str(error), blame="harness")
    except Exception as error:  # noqa: BLE001 - whatever breaks here is the harness's, and a run ends with a verdict
        (rig.folder.path / "harness-error.txt").write_text(traceback.format_exc(), encoding="utf-8")
        return _failure(rig, f"{type(error).__name__}: {error}", blame="harness")
    if trouble is None:
        return None
    message = f"{trouble.participant}: {trouble.reason}{phases.surroundings()}"
    return _failure(rig, message, blame=phases.blame_for(trouble))


async def _guarded(rig: Rig, phases: Phases, options: Options) -> Trouble | None:
    """The phases, with guards from the end of boot on. Trouble, if a guard was first."""
    playing = asyncio.create_task(phases.play())
    booted = asyncio.create_task(phases.booted.wait())
    watching: list[asyncio.Task[Trouble]] = []
    try:
        await asyncio.wait({playing, booted}, return_when=asyncio.FIRST_COMPLETED)
        if not playing.done():
            watching = guards.start(rig, options.show)
            await asyncio.wait({playing, *watching}, return_when=asyncio.FIRST_COMPLETED)
        if playing.done():
            await playing
            return None
        return next(guard for guard in watching if guard.done()).result()
    finally:
        await _cancel([playing, booted, *watching])


async def _cancel(tasks: Sequence[asyncio.Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _failure(rig: Rig, message: str, *, blame: guards.Blame) -> PhaseFailure:
    rig.note("run-ended-early", phase=rig.phasing.name, reason=message, blame=blame)
    return PhaseFailure(rig.phasing.name, message, blame=blame, faulted=rig.injection.any_requested)


def _judge(
    rig: Rig, recorded: collect.Recorded, failure: PhaseFailure | None, options: Options, utc: datetime.datetime
) -> RunResult:
    folder, plan, versions = rig.folder, rig.plan, rig.stage.versions
    jsonl.write_json(folder.env, environment(browser=versions["browser"], versions=versions, root=repository_root()))
    collect.copy_exports(folder, recorded.statuses)
    rejudging.keep(folder, rejudging.Kept(recorded, failure))
    evidence = collect.evidence(plan.expected, recorded, data=folder.data, artefacts=artefacts_of(folder.path))
    findings = run_all(evidence, plan.checks)
    verdict = judge(findings, failure)
    rig.phasing.leave()
    write_outcome(rig, options, verdict=verdict, findings=findings, evidence=evidence, utc=utc)
    return RunResult(verdict, folder.path, evidence, findings)


def _make_folder(plan: Plan, scenario: Scenario, lock: Lock, options: Options, utc: datetime.datetime) -> RunFolder:
    name, people = plan.scenario, plan.participants
    folder = RunFolder.create(options.runs, scenario=name, seed=plan.seed, utc=utc, participants=people)
    folder.lock.write_text(lock.to_json(), encoding="utf-8")
    folder.scenario.write_bytes(scenario.source)
    return folder
