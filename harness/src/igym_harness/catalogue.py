"""`--list`: every scenario with its suite, tier, faults, budget, and what its runs so far prove."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from igym_chaos.scenario import Scenario
from igym_harness import jsonl

SELF = "self"
"""The suite of the harness's own tests: its scenarios plant an error, and their good verdict is `fail`."""


def bound(runs: int, alpha: float = 0.05) -> float:
    """Upper bound of the failure share after `runs` clean runs (chaos.md 9); 1 without a run."""
    return 1.0 - alpha ** (1.0 / runs) if runs else 1.0


def rows(scenarios: Iterable[Scenario], log: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One value per scenario, by suite and name; sabotaged runs, and those of another tree, do not count."""
    return [_row(one, log) for one in sorted(scenarios, key=lambda scenario: (scenario.suite, scenario.name))]


def text(listed: Sequence[Mapping[str, Any]]) -> str:
    """The list for people."""
    lines: list[str] = []
    suite = None
    for row in listed:
        if row["suite"] != suite:
            suite = row["suite"]
            lines.append(f"{suite}")
        faults = ", ".join(row["faults"]) or "no fault"
        head = f"  {row['name']:<24} {row['tier']:<8} {row['participants']}p  {row['budget_s']:>4g} s  {faults}"
        lines.append(f"{head}  ({_so_far(row)})")
        lines.append(f"      {row['doc']}")
    return "\n".join(lines)


def read_log(runs: Path) -> list[dict[str, Any]]:
    return jsonl.read(runs / "log.jsonl")


def _row(scenario: Scenario, log: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    ours = [line for line in log if not line.get("sabotage") and not line.get("source")]
    own = [line for line in ours if line["scenario"] == scenario.name]
    good = "fail" if scenario.suite == SELF else "pass"
    failures = sum(line["verdict"] != good for line in own)
    tier = scenario.tier
    return {
        "suite": scenario.suite,
        "name": scenario.name,
        "doc": scenario.doc,
        "tier": tier if isinstance(tier, str) else "+".join(tier),
        "participants": len(scenario.participants),
        "faults": [fault.do for fault in scenario.faults],
        "budget_s": scenario.budget.wall_s,
        "runs": len(own),
        "failures": failures,
        "bound_95": round(bound(len(own)), 4) if not failures else None,
    }


def _so_far(row: Mapping[str, Any]) -> str:
    if not row["runs"]:
        return "never run"
    if row["failures"]:
        return f"{row['failures']} of {row['runs']} runs did not end as they should"
    return f"0 failures in {row['runs']} runs, < {100 * row['bound_95']:.1f} % at 95 %"
