"""What several runs of one command say together: verdicts, the effect table of all their faults, pace, what each left behind.

Written again after every run, so that a round that is cut short is kept as far as it came.
"""

from __future__ import annotations

import os
import resource
import statistics
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from igym_harness import jsonl
from igym_harness.markup import Html, badge, cell, page, table
from igym_harness.narrative import band_text, values
from igym_harness.verdict import PRECEDENCE

FOLDER = "rounds"
STATM = Path("/proc/self/statm")


@dataclass(frozen=True)
class RoundRun:
    """One run of a round. `leftovers`: None if nobody looked. `memory_mb`: of the harness's own process after it."""

    folder: Path
    document: Mapping[str, Any]
    """verdict.json."""
    took_s: float
    leftovers: tuple[str, ...] | None
    memory_mb: float


def of(folder: Path, *, took_s: float, leftovers: tuple[str, ...] | None) -> RoundRun:
    """The run that has just ended and left this folder."""
    document = jsonl.read_json(folder / "verdict.json")
    return RoundRun(folder, document, took_s=took_s, leftovers=leftovers, memory_mb=memory_mb())


@dataclass
class Round:
    """Runs in their order; from the second on, `folder` gets round.json and round.html."""

    folder: Path
    runs: list[RoundRun] = field(default_factory=list)

    @property
    def told(self) -> bool:
        """A single run says everything itself."""
        return len(self.runs) > 1

    def add(self, run: RoundRun) -> None:
        """Takes a run in and writes both files."""
        self.runs.append(run)
        if not self.told:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        found = summary(self.runs)
        jsonl.write_json(self.folder / "round.json", {**found, "runs": [_line(one) for one in self.runs]})
        (self.folder / "round.html").write_text(_html(found, self.runs, self.folder), encoding="utf-8")

    def lines(self) -> list[str]:
        """What was counted, and where it lies."""
        return [*lines(summary(self.runs)), f"{self.folder / 'round.html'}"]


def summary(runs: Sequence[RoundRun]) -> dict[str, Any]:
    """Counts, shares in percent, seconds, MB. A fault that was not measured is not in band."""
    verdicts = Counter(str(one.document.get("verdict")) for one in runs)
    effects = [row for one in runs for row in one.document.get("effects", ())]
    took_s = sum(one.took_s for one in runs)
    phases = {name for one in runs for name in one.document.get("durations_s", ())}
    return {
        "verdicts": {name: verdicts[name] for name in PRECEDENCE if verdicts[name]},
        "unknown_percent": _percent(verdicts["unknown"], len(runs)),
        "faults": len(effects),
        "kinds": len({row["do"] for row in effects}),
        "in_band": sum(row["in_band"] is True for row in effects),
        "in_band_percent": _percent(sum(row["in_band"] is True for row in effects), len(effects)),
        "took_s": round(took_s, 1),
        "runs_per_hour": round(3_600.0 * len(runs) / took_s, 1) if took_s else None,
        "phase_medians_s": {name: _median_s(runs, name) for name in sorted(phases, key=_order(runs))},
        "leftovers": [f"{one.document.get('scenario')}: {thing}" for one in runs for thing in one.leftovers or ()],
        "not_looked_at": sum(one.leftovers is None for one in runs),
        "memory_mb": [round(one.memory_mb, 1) for one in (runs[0], runs[-1])],
    }


def lines(found: Mapping[str, Any]) -> list[str]:
    """A summary for the terminal."""
    counts = ", ".join(f"{count} {name}" for name, count in reversed(found["verdicts"].items()))
    pace = f"{found['runs_per_hour']:g} runs an hour; " if found["runs_per_hour"] is not None else ""
    phases = ", ".join(f"{name} {seconds:g}" for name, seconds in found["phase_medians_s"].items())
    first_mb, last_mb = found["memory_mb"]
    told = [
        f"round: {counts}",
        f"faults: {found['in_band']} of {found['faults']} in band, {found['kinds']} kinds",
        f"pace: {pace}median seconds: {phases}" if phases else f"pace: {pace}".rstrip("; "),
        f"left behind: {len(found['leftovers'])} things; harness {first_mb:.0f} MB after the first run, {last_mb:.0f} after the last",
    ]
    if found["not_looked_at"]:
        told.append(f"nobody looked for what {found['not_looked_at']} runs left behind")
    return told


def memory_mb() -> float:
    """Resident memory of this process; where the system does not tell it, the highest so far."""
    if STATM.is_file():
        return int(STATM.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak / 2**20 if sys.platform == "darwin" else peak / 2**10)


def _percent(part: int, whole: int) -> float | None:
    return round(100.0 * part / whole, 1) if whole else None


def _median_s(runs: Sequence[RoundRun], phase: str) -> float:
    known: list[float] = [
        one.document["durations_s"][phase] for one in runs if phase in one.document.get("durations_s", ())
    ]
    return round(statistics.median(known), 1)


def _order(runs: Sequence[RoundRun]) -> Any:
    """The order in which the longest run went through its phases."""
    longest = max((list(one.document.get("durations_s", ())) for one in runs), key=len)
    return lambda name: (longest.index(name) if name in longest else len(longest), name)


def _line(run: RoundRun) -> dict[str, Any]:
    copied = ("scenario", "seed", "verdict", "headline", "durations_s", "effects")
    return {
        **{key: run.document.get(key) for key in copied},
        "folder": str(run.folder),
        "took_s": round(run.took_s, 1),
        "leftovers": None if run.leftovers is None else list(run.leftovers),
        "memory_mb": round(run.memory_mb, 1),
    }


def _html(found: Mapping[str, Any], runs: Sequence[RoundRun], folder: Path) -> str:
    said = "".join(f"<p>{cell(line)}</p>" for line in lines(found))
    return page(
        "Round", ["<h1>Round</h1>", said, "<h2>Runs</h2>", _runs(runs, folder), "<h2>Faults</h2>", _effects(runs)]
    )


def _runs(runs: Sequence[RoundRun], folder: Path) -> Html:
    head = ["scenario", "seed", "verdict", "seconds", "why"]
    return table(head, [_run_cells(one, folder) for one in runs], wide=(4,))


def _run_cells(run: RoundRun, folder: Path) -> list[Any]:
    report = Path(os.path.relpath(run.folder, folder)) / "report.html"
    facts = run.document
    verdict = str(facts.get("verdict"))
    return [
        Html(f'<a href="{escape(str(report))}">{cell(facts.get("scenario"))}</a>'),
        facts.get("seed"),
        badge(verdict),
        f"{run.took_s:.1f}",
        None if verdict == "pass" else facts.get("headline"),
    ]


def _effects(runs: Sequence[RoundRun]) -> Html:
    """Sorted by kind, so that one kind's figures stand together."""
    rows = [(row, one.document.get("scenario")) for one in runs for row in one.document.get("effects", ())]
    head = ["kind", "scenario", "on", "asked", "measured", "band", "n", "in band"]
    ordered = sorted(rows, key=lambda pair: (str(pair[0]["do"]), str(pair[0]["via"])))
    return table(head, [_effect_cells(row, scenario) for row, scenario in ordered], wide=(3, 4))


def _effect_cells(row: Mapping[str, Any], scenario: Any) -> list[Any]:
    inside = row.get("in_band")
    return [
        f"{row['do']} ({row['via']})",
        scenario,
        ", ".join(row.get("on") or ()) or "server",
        values(row["asked"]) if row.get("asked") else None,
        values(row["measured"]) if row.get("measured") else None,
        band_text(row),
        row.get("n"),
        badge("pass", "yes") if inside is True else badge("unknown", "no" if inside is False else "not measured"),
    ]
