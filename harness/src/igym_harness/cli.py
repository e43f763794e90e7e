"""The command line: runs scenarios, says how to run them again, and answers with the verdict's exit code (chaos.md 10).

0 pass · 1 fail · 2 unknown · 3 broken, also a missing part · 4 usage
"""

from __future__ import annotations

import argparse
import asyncio
import datetime
import itertools
import json
import secrets
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn, TextIO

from igym_chaos import draft, schedule, swarm
from igym_chaos import scenario as scenarios
from igym_chaos.scenario import Scenario, ScenarioError
from igym_chaos.schedule import Lock
from igym_harness import catalogue, minimizing, rejudging, report, rounds, run
from igym_harness.catalogue import SELF
from igym_harness.errors import HarnessError, UsageError
from igym_harness.options import Options
from igym_harness.outcome import replay_command
from igym_harness.progress import ProgressLine
from igym_harness.replay import differences, load_replay
from igym_harness.run import RunResult
from igym_harness.run_sheet import RunFolderError
from igym_harness.sabotage_traps import checked
from igym_harness.verdict import EXIT_CODES, EXIT_USAGE, PRECEDENCE, Verdicts, findings_document

AFTER_THE_RUN = Path()
"""`--minimize` without a folder."""
FEWEST_SEATS, MOST_SEATS = 2, 8
UNTIL_FAIL_RUNS = 1_000
"""Runs of --until-fail without --repeat."""
SEEDS = 2**31
SWARM_SEED = 1
ALL = "all"
"""Every shipped scenario, except those that plant an error: they are asked for by name, or as `self/*`."""


class _Parser(argparse.ArgumentParser):
    """argparse ends the process with 2, which is a verdict here."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(message)


@dataclass(frozen=True)
class Job:
    """One run to do."""

    scenario: Scenario
    lock: Lock


def parser() -> argparse.ArgumentParser:
    """Every option of the command."""
    build = _Parser(prog="python -m igym_chaos", description="Runs network-chaos scenarios against real browsers.")
    build.add_argument(
        "name", nargs="*", help="a scenario, a path to a TOML file, SUITE/*, `all`, or `swarm`: drawn from the seed"
    )
    build.add_argument("--list", action="store_true", help="what there is to run, and its record so far")
    build.add_argument("--seed", help="a number, or `random`; default: the file's")
    build.add_argument("--repeat", type=int, metavar="K", help="K runs with seeds N, N+1, ...")
    build.add_argument("--until-fail", action="store_true", help="repeat until the first verdict that is not pass")
    build.add_argument("--replay", type=Path, metavar="DIR", help="run the lock of this run folder again")
    build.add_argument(
        "--minimize",
        type=Path,
        nargs="?",
        const=AFTER_THE_RUN,
        metavar="DIR",
        help="shrink the failing schedule of this run folder, or of this command's first failing run",
    )
    build.add_argument("--report", type=Path, metavar="DIR", help="make the report of this run folder again")
    build.add_argument("--check", type=Path, metavar="DIR", help="judge this run folder again, as it was recorded")
    build.add_argument("--participants", type=int, metavar="N", help="so many seats, where the scenario allows it")
    build.add_argument("--env", metavar="NAME", help="another experiment, where the scenario allows it")
    build.add_argument("--headed", action="store_true", help="show the browser (needs a display)")
    build.add_argument("--slow-mo", type=float, default=0.0, metavar="MS", help="slow the browser's actions down")
    build.add_argument("--browser", metavar="PATH|CHANNEL", help="default: IGYM_BROWSER, then what is installed")
    build.add_argument("--toxiproxy", metavar="PATH", help="default: IGYM_TOXIPROXY, then toxiproxy-server on PATH")
    build.add_argument(
        "--sabotage", type=checked, metavar="NAME|FAULT=NAME,...", help="break the harness on purpose, to see it say so"
    )
    build.add_argument("--source", type=Path, metavar="DIR", help="serve from this copy of the source tree")
    build.add_argument("--runs", type=Path, default=Path("runs"), metavar="DIR", help="where run folders go")
    build.add_argument("--json", action="store_true", help="answer for machines")
    return build


def main(argv: Sequence[str] | None = None, out: TextIO | None = None, err: TextIO | None = None) -> int:
    """Runs the command line; returns its exit code."""
    out, err = out or sys.stdout, err or sys.stderr
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # who is asked to end takes down what was started
    try:
        chosen = parser().parse_args(argv)
        if chosen.list:
            return _list(chosen, out)
        if chosen.report is not None:
            return _report_again(chosen.report, out)
        if chosen.check is not None:
            return _check_again(chosen.check, chosen, out)
        if chosen.minimize not in (None, AFTER_THE_RUN):
            return _minimize(_run_to_minimize(chosen), chosen, out, err)
        return _run_all(_jobs(chosen, out), chosen, out, err)
    except (UsageError, ScenarioError) as error:
        err.write(f"usage: {error}\n")
        return EXIT_USAGE
    except HarnessError as error:
        err.write(f"{error}\n")
        return EXIT_CODES["broken"]
    except Exception:  # noqa: BLE001 - Python's own exit code 1 would accuse the product
        err.write(f"broken: the harness failed\n{traceback.format_exc()}")
        return EXIT_CODES["broken"]
    except KeyboardInterrupt:
        err.write("broken: interrupted\n")
        return EXIT_CODES["broken"]


def _report_again(folder: Path, out: TextIO) -> int:
    """Raises UsageError where there is no judged run."""
    try:
        out.write(f"{report.write(folder)}\n")
    except RunFolderError as error:
        raise UsageError(f"--report: {error}") from error
    return EXIT_CODES["pass"]


def _check_again(folder: Path, chosen: argparse.Namespace, out: TextIO) -> int:
    """The exit code of the verdict that the checkers of now come to. Raises UsageError where there is nothing to judge."""
    found = rejudging.check(folder)
    if chosen.json:
        said = {"verdict": found.verdict.outcome, "reasons": found.verdict.reasons, "changed": found.changed}
        out.write(json.dumps({**said, "findings": findings_document(found.findings)}, indent=2) + "\n")
    else:
        out.writelines(f"{line}\n" for line in (found.verdict.headline, *found.changed))
    return found.verdict.exit_code


def worst(outcomes: Iterable[Verdicts]) -> Verdicts:
    """fail > broken > unknown > pass; `unknown` of nothing."""
    return min(outcomes, key=PRECEDENCE.index, default="unknown")


def find(names: Sequence[str]) -> list[Scenario]:
    """The scenarios that the words name, in their order. Raises UsageError or ScenarioError."""
    words = list(names[1:] if names and names[0] == "run" else names)
    if not words:
        raise UsageError("name a scenario, a path, SUITE/* or all; --list shows what there is")
    return [one for word in words if word != swarm.NAME for one in _find(word)]


def _find(word: str) -> list[Scenario]:
    if word == ALL:
        return [one for one in scenarios.all_scenarios() if one.suite != SELF]
    if word.endswith("/*"):
        suite = word.removesuffix("/*")
        found = [one for one in scenarios.all_scenarios() if one.suite == suite]
        if not found:
            suites = sorted({one.suite for one in scenarios.all_scenarios()})
            raise UsageError(f"no suite {suite!r} with scenarios; there is: {', '.join(suites)}")
        return found
    if word.endswith(".toml"):
        if not Path(word).is_file():
            raise UsageError(f"no file {word}")
        return [scenarios.load(Path(word))]
    return [scenarios.find(word)]


def first_seed(option: str | None, own: int) -> int:
    """The file's seed, the given one, or a drawn one. Raises UsageError."""
    if option is None:
        return own
    if option == "random":
        return secrets.randbelow(SEEDS)
    if not option.isdecimal():
        raise UsageError(f"--seed takes a number from 0 on or `random`, not {option!r}")
    return int(option)


def _jobs(chosen: argparse.Namespace, out: TextIO) -> Iterator[Job]:
    """Checks the words at once; the runs themselves are planned one by one."""
    repeat = chosen.repeat if chosen.repeat is not None else UNTIL_FAIL_RUNS if chosen.until_fail else 1
    if repeat < 1:
        raise UsageError(f"--repeat takes a number from 1 on, not {repeat}")
    if chosen.replay is not None:
        if chosen.name or chosen.seed or chosen.env:
            raise UsageError(
                "--replay takes scenario, seed and experiment from the folder: leave NAME, --seed, --env out"
            )
        scenario, lock = load_replay(chosen.replay)
        out.writelines(f"{line}\n" for line in differences(chosen.replay, chosen.browser))
        return iter([Job(scenario, lock)] * repeat)
    found = find(chosen.name)
    starts = [(scenario, first_seed(chosen.seed, scenario.seed)) for scenario in found]
    swarms = [first_seed(chosen.seed, SWARM_SEED)] if swarm.NAME in chosen.name else []
    return itertools.chain(
        (_job(scenario, start + number, chosen) for scenario, start in starts for number in range(repeat)),
        (
            _job(draft.checked(swarm.draw(start + number)), start + number, chosen)
            for start in swarms
            for number in range(repeat)
        ),
    )


def _job(scenario: Scenario, seed: int, chosen: argparse.Namespace) -> Job:
    if chosen.participants is not None:
        if not FEWEST_SEATS <= chosen.participants <= MOST_SEATS:
            raise UsageError(f"--participants takes {FEWEST_SEATS} to {MOST_SEATS}, not {chosen.participants}")
        whole = draft.of_lock(scenario, schedule.plan(scenario, seed=seed))
        scenario = draft.checked(draft.with_participants(whole, chosen.participants))
    return Job(scenario, schedule.plan(scenario, seed=seed, env=chosen.env))


def _run_all(jobs: Iterator[Job], chosen: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    outcomes: list[Verdicts] = []
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    together = rounds.Round(chosen.runs / rounds.FOLDER / stamp)
    for job in jobs:
        started_s = time.monotonic()
        result = _run(job, chosen, err)
        _report(result, chosen, out)
        outcomes.append(result.verdict.outcome)
        together.add(rounds.of(result.folder, took_s=time.monotonic() - started_s, leftovers=result.evidence.leftovers))
        if chosen.minimize == AFTER_THE_RUN and result.verdict.violated:
            _minimize(result.folder, chosen, out, err)
            break
        if chosen.until_fail and result.verdict.outcome != "pass":
            break
    if together.told and not chosen.json:
        out.writelines(f"{line}\n" for line in together.lines())
    return EXIT_CODES[worst(outcomes)]


def _run(job: Job, chosen: argparse.Namespace, err: TextIO) -> RunResult:
    line = ProgressLine(err)
    err.write(f"{job.scenario.name} seed {job.lock.seed}\n")
    try:
        return asyncio.run(run.execute(job.scenario, job.lock, _options(chosen, line)))
    finally:
        line.end()


def _run_to_minimize(chosen: argparse.Namespace) -> Path:
    if chosen.name or chosen.replay:
        raise UsageError("--minimize DIR takes everything from the folder: leave NAME and --replay out")
    return Path(chosen.minimize)


def _minimize(folder: Path, chosen: argparse.Namespace, out: TextIO, err: TextIO) -> int:
    """Exit code pass: that something was made smaller is no verdict."""
    line = ProgressLine(err)
    try:
        found = asyncio.run(
            minimizing.minimize(
                folder, _options(chosen, line), execute=run.execute, say=lambda text: print(text, file=err, flush=True)
            )
        )
    finally:
        line.end()
    said = {
        "minimized": str(found.path),
        "check": found.check,
        "faults": found.faults,
        "participants": len(found.shrunk.draft["participants"]),
        "runs": found.runs,
        "took_s": round(found.took_s, 1),
        "out_of_time": found.shrunk.out_of_time,
        "tried": found.shrunk.tried,
    }
    if chosen.json:
        out.write(json.dumps(said, indent=2) + "\n")
        return EXIT_CODES["pass"]
    over = "; the time was over before it was done" if found.shrunk.out_of_time else ""
    options = f" --sabotage {found.sabotage}" if found.sabotage else ""
    options += f" --source {found.source}" if found.source else ""
    out.write(f"replay: python -m igym_chaos {found.path}{options}\n")
    out.write(
        f"minimized: {said['faults']} faults, {said['participants']} participants still violate {found.check}"
        f" ({found.runs} runs, {found.took_s:.0f} s{over})\n"
    )
    return EXIT_CODES["pass"]


def _options(chosen: argparse.Namespace, line: ProgressLine) -> Options:
    return Options(
        runs=chosen.runs,
        browser=chosen.browser,
        toxiproxy=chosen.toxiproxy,
        headed=chosen.headed,
        slow_mo_ms=chosen.slow_mo,
        sabotage=chosen.sabotage,
        source=chosen.source,
        show=line.show,
    )


def _report(result: RunResult, chosen: argparse.Namespace, out: TextIO) -> None:
    """First the replay line, then the verdict."""
    if chosen.json:
        out.write((result.folder / "verdict.json").read_text(encoding="utf-8"))
        return
    out.write(f"replay: {replay_command(result.folder, chosen.source, chosen.sabotage)}\n{result.verdict.headline}\n")
    out.flush()


def _list(chosen: argparse.Namespace, out: TextIO) -> int:
    listed = catalogue.rows(scenarios.all_scenarios(), catalogue.read_log(chosen.runs))
    out.write((json.dumps(listed, indent=2) if chosen.json else catalogue.text(listed)) + "\n")
    return EXIT_CODES["pass"]
