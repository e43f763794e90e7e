"""What a judged run writes: checks.json, verdict.json, report.html, and its line in runs/log.jsonl."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from igym_harness import jsonl, report
from igym_harness.evidence import Evidence, Finding
from igym_harness.options import Options
from igym_harness.rig import Rig
from igym_harness.run_folder import append_log
from igym_harness.verdict import RunFacts, Verdict, document, findings_document


def replay_command(folder: Path, source: Path | None = None, sabotage: str | None = None) -> str:
    """`source`: the copy of the tree that the run was served from; `sabotage`: what was broken on purpose."""
    options = (f" --source {source}" if source else "") + (f" --sabotage {sabotage}" if sabotage else "")
    return f"python -m igym_chaos --replay {folder}{options}"


def write_outcome(
    rig: Rig,
    options: Options,
    *,
    verdict: Verdict,
    findings: Sequence[Finding],
    evidence: Evidence,
    utc: datetime.datetime,
) -> None:
    """A run that passed loses its traces; their digests stay in verdict.json."""
    folder = rig.folder
    environment = jsonl.read_json(folder.env)
    facts = RunFacts(
        suite=rig.plan.suite,
        doc=rig.plan.doc,
        env=rig.plan.experiment,
        seed=rig.plan.seed,
        replay=replay_command(folder.path, options.source, options.sabotage),
        browser=environment["browser"],
        commit=environment["commit"],
        covers=rig.plan.covers,
        topology=rig.plan.topology,
        sabotage=options.sabotage,
        source=str(options.source) if options.source else None,
        phases=tuple(rig.phasing.spans),
    )
    dropped = folder.drop_traces() if verdict.outcome == "pass" else {}
    durations_s = rig.phasing.durations_s()
    extra = {"durations_s": durations_s, "traces_dropped": dropped}
    summary = {**document(verdict, evidence, facts), **extra}
    jsonl.write_json(folder.checks, findings_document(findings))
    jsonl.write_json(folder.verdict, summary)
    report.write(folder.path)
    append_log(options.runs, _log_line(summary, environment, utc=utc, folder=folder.path))


def _log_line(
    summary: Mapping[str, Any], environment: Mapping[str, Any], *, utc: datetime.datetime, folder: Path
) -> dict[str, Any]:
    copied = (
        "scenario",
        "seed",
        "sabotage",
        "source",
        "verdict",
        "violated",
        "unanswered",
        "durations_s",
        "browser",
        "commit",
    )
    return {
        "utc": utc.isoformat(timespec="seconds"),
        **{key: summary[key] for key in copied},
        "product_digest": environment["product_digest"],
        "harness_digest": environment["harness_digest"],
        "folder": f"{folder.parent.name}/{folder.name}",
    }
