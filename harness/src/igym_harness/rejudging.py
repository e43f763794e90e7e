"""`--check DIR`: what the checkers of now say of what an old run recorded. Nothing is run, and nothing in the folder changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cattrs.errors import BaseValidationError
from cattrs.preconf.json import make_converter

from igym_harness import collect, jsonl
from igym_harness.checkers import run_all
from igym_harness.collect import Recorded
from igym_harness.errors import UsageError
from igym_harness.evidence import Finding, artefacts_of
from igym_harness.plan import plan_of
from igym_harness.replay import load_replay
from igym_harness.run_folder import RunFolder
from igym_harness.verdict import PhaseFailure, Verdict, judge

_CONVERTER = make_converter()
_NOTHING = "was not asked"


@dataclass(frozen=True)
class Kept:
    """What a verdict rests on besides the data tree, as recorded.json keeps it."""

    recorded: Recorded
    failure: PhaseFailure | None


@dataclass(frozen=True)
class Rejudged:
    """`changed`: one line for each check whose answer is not the one of then."""

    verdict: Verdict
    findings: list[Finding]
    changed: list[str]


def keep(folder: RunFolder, kept: Kept) -> None:
    """Writes recorded.json."""
    folder.recorded.write_text(_CONVERTER.dumps(kept) + "\n", encoding="utf-8")


def check(path: Path) -> Rejudged:
    """Judges a run folder again. Raises UsageError where there is none, or one that is too old or not whole."""
    scenario, lock = load_replay(path)
    folder = RunFolder(path)
    kept, before = _kept(folder), _answers(folder)
    plan = plan_of(scenario, lock)
    evidence = collect.evidence(plan.expected, kept.recorded, data=folder.data, artefacts=artefacts_of(path))
    findings = run_all(evidence, plan.checks)
    return Rejudged(judge(findings, kept.failure), findings, _changed(before, findings))


def _kept(folder: RunFolder) -> Kept:
    if not folder.recorded.is_file():
        raise UsageError(
            f"{folder.path}: {folder.recorded.name} is not there: the run was interrupted, or was made by an older harness"
        )
    try:
        return _CONVERTER.loads(folder.recorded.read_text(encoding="utf-8"), Kept)
    except (ValueError, BaseValidationError) as error:
        raise UsageError(f"{folder.recorded} cannot be read: {str(error).splitlines()[0]}") from error


def _answers(folder: RunFolder) -> dict[str, str]:
    if not folder.checks.is_file():
        raise UsageError(f"{folder.path}: {folder.checks.name} is not there: the run was never judged")
    said: list[dict[str, Any]] = jsonl.read_json(folder.checks)
    return {str(one["check"]): str(one["outcome"]) for one in said}


def _changed(before: dict[str, str], findings: Sequence[Finding]) -> list[str]:
    now = {finding.check: finding for finding in findings}
    lines = [
        f"{name}: {before.get(name, _NOTHING)} then, {finding.outcome} now: {finding.message}"
        for name, finding in now.items()
        if before.get(name) != finding.outcome
    ]
    return [*lines, *(f"{name}: {answer} then, {_NOTHING} now" for name, answer in before.items() if name not in now)]
