"""From findings to one verdict: pass, fail, unknown or broken, and its exit code (chaos handbook 6.4 and 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Any, Literal

from igym_harness.errors import FaultNotInEffect, HarnessError, InvariantViolated
from igym_harness.evidence import Evidence, FaultRecord, Finding
from igym_harness.expectations import METRICS

Verdicts = Literal["pass", "fail", "unknown", "broken"]

EXIT_CODES: Mapping[Verdicts, int] = MappingProxyType({"pass": 0, "fail": 1, "unknown": 2, "broken": 3})
EXIT_USAGE = 4

# What a violation of a family says. Longest prefix wins.
VIOLATION_MEANS: Mapping[str, Verdicts] = MappingProxyType(
    {
        "CERT": "fail",
        "PATH": "fail",
        "PAR": "fail",
        "SEQ": "fail",
        "DAT": "fail",
        "SRV": "fail",
        "CLI": "fail",
        "LIV": "fail",
        "EFF": "unknown",
        "HAR": "unknown",
        "HAR-1": "broken",
        "HAR-4": "broken",
    }
)
PRECEDENCE: tuple[Verdicts, ...] = ("fail", "broken", "unknown", "pass")
REASONS_TOLD = 3
# Only when every heal is proven does a participant who did not arrive accuse the product.
NEEDS_PROVEN_HEALS = "LIV"
HEALS = "EFF-2"


@dataclass(frozen=True)
class PhaseFailure:
    """A phase of the run that did not reach its end.

    `blame`: "product" if a product cause was visible (LIV-2), else "harness". `faulted`: a fault was injected by then.
    """

    phase: str
    message: str
    blame: Literal["product", "harness"] = "harness"
    faulted: bool = False


@dataclass(frozen=True)
class Verdict:
    """`violated`, `unanswered` (no data): check ids; `reasons`: one line each, the deciding ones first."""

    outcome: Verdicts
    exit_code: int
    violated: tuple[str, ...]
    unanswered: tuple[str, ...]
    reasons: tuple[str, ...]
    first_bad: dict[str, Any] | None

    @property
    def headline(self) -> str:
        """One line: the verdict and what decided it."""
        return f"{self.outcome}: {self.reasons[0]}" if self.reasons else self.outcome


def judge(findings: Sequence[Finding], phase_failure: PhaseFailure | None = None) -> Verdict:
    """Precedence fail > broken > unknown > pass. No findings and no failure is unknown: nothing was judged."""
    heals_proven = any(finding.check == HEALS and finding.outcome == "holds" for finding in findings)
    # What a run leaves undone that the harness broke off accuses nobody.
    heals_proven = heals_proven and (phase_failure is None or phase_failure.blame == "product")
    weighed = [
        (meaning(finding, heals_proven=heals_proven), finding) for finding in findings if finding.outcome != "holds"
    ]
    if phase_failure is not None:
        weighed.insert(0, _weigh_failure(phase_failure, heals_proven=heals_proven))
    if not findings and phase_failure is None:
        weighed = [("unknown", Finding("HAR-4", "no-data", "no checker ran"))]
    weighed.sort(key=lambda pair: PRECEDENCE.index(pair[0]))  # stable: the order of the checks stays
    outcome = weighed[0][0] if weighed else "pass"
    deciding = [finding for weight, finding in weighed if weight == outcome]
    return Verdict(
        outcome=outcome,
        exit_code=EXIT_CODES[outcome],
        violated=_ids(weighed, "violated"),
        unanswered=_ids(weighed, "no-data"),
        reasons=tuple(_reason(finding) for _, finding in weighed),
        first_bad=_earliest(deciding),
    )


def raise_unless_pass(verdict: Verdict) -> None:
    """The verdict as the exception that a test suite understands (chaos handbook 8).

    Raises InvariantViolated for fail, FaultNotInEffect ("unknown: ...") and HarnessError ("broken: ...") for those.
    """
    message = "; ".join(verdict.reasons[:REASONS_TOLD]) or verdict.outcome
    if verdict.outcome == "fail":
        raise InvariantViolated(message)
    if verdict.outcome == "unknown":
        raise FaultNotInEffect(message)
    if verdict.outcome == "broken":
        raise HarnessError(message)


def meaning(finding: Finding, *, heals_proven: bool) -> Verdicts:
    """What one finding that does not hold says of the whole run."""
    if finding.outcome == "no-data":
        return "unknown"
    family = finding.check.split("-")[0]
    if family == NEEDS_PROVEN_HEALS and not heals_proven:
        return "unknown"
    return VIOLATION_MEANS.get(finding.check) or VIOLATION_MEANS[family]


def _weigh_failure(failure: PhaseFailure, *, heals_proven: bool) -> tuple[Verdicts, Finding]:
    message = f"phase {failure.phase}: {failure.message}"
    if failure.blame == "harness":
        return "broken", Finding(failure.phase, "violated", message)
    finding = Finding("LIV-2", "violated", message, {"phase": failure.phase})
    return meaning(finding, heals_proven=heals_proven or not failure.faulted), finding


def _ids(weighed: Sequence[tuple[Verdicts, Finding]], outcome: str) -> tuple[str, ...]:
    checks = (finding.check for _, finding in weighed if finding.outcome == outcome)
    return tuple(dict.fromkeys(check for check in checks if check[0].isupper()))  # a failed phase is no check


def _reason(finding: Finding) -> str:
    mark = " (no data)" if finding.outcome == "no-data" else ""
    return f"{finding.check}{mark}: {finding.message}" if finding.check[0].isupper() else finding.message


def _earliest(deciding: Sequence[Finding]) -> dict[str, Any] | None:
    """The first bad event: the one with the earliest episode and frame, else the first that names a place at all."""
    placed = [{"check": finding.check, **finding.first_bad} for finding in deciding if finding.first_bad]
    if not placed:
        return None
    framed = [bad for bad in placed if isinstance(bad.get("frame"), int)]
    return min(framed, key=lambda bad: (bad.get("episode") or 0, bad["frame"])) if framed else placed[0]


# --- verdict.json ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PhaseSpan:
    """One phase of a run, ms of the harness clock; `end_ms` None: it did not end."""

    name: str
    start_ms: float
    end_ms: float | None


@dataclass(frozen=True)
class RunFacts:
    """What is known of a run besides its evidence.

    `env`: the experiment that was played. `source`: the copy of the tree that was served instead of the own one.
    `replay`: the command that runs it again. `determinism`: D0, D1 or D2.
    """

    suite: str
    doc: str
    env: str
    seed: int
    replay: str
    browser: str
    commit: str
    covers: tuple[str, ...] = ()
    tier: str = "browser"
    determinism: str = "D0"
    engine: str = "chromium"
    topology: str = "mesh"
    sabotage: str | None = None
    source: str | None = None
    phases: tuple[PhaseSpan, ...] = ()


def document(verdict: Verdict, evidence: Evidence, facts: RunFacts) -> dict[str, Any]:
    """verdict.json: everything that a reader, a report or the log of runs wants to know of the judgement."""
    return {
        "scenario": evidence.scenario,
        "verdict": verdict.outcome,
        "exit_code": verdict.exit_code,
        "headline": verdict.headline,
        "violated": list(verdict.violated),
        "unanswered": list(verdict.unanswered),
        "reasons": list(verdict.reasons),
        "first_bad": verdict.first_bad,
        "class": facts.determinism,
        **{name: value for name, value in asdict(facts).items() if name != "determinism"},
        "effects": [effect_row(fault) for fault in evidence.faults],
        "expected": list(evidence.expected),
        "participants": {name: _participant(evidence, name) for name in evidence.participants},
    }


def findings_document(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """checks.json."""
    return [asdict(finding) for finding in findings]


def effect_row(fault: FaultRecord) -> dict[str, Any]:
    """One line of the effect table; what was not measured is null, times are ms of the harness clock."""
    effect, recovered = fault.effect, fault.recovered
    return {
        "fault": fault.id,
        "do": fault.do,
        "via": fault.via,
        "on": list(fault.on),
        "asked": effect.asked if effect else None,
        "measured": effect.measured if effect else None,
        "band": list(effect.band) if effect else None,
        "n": effect.n if effect else 0,
        "in_band": effect.in_band if effect else None,
        "oracle": effect.oracle if effect else None,
        "note": effect.note if effect else "nothing was measured",
        "recovered": asdict(recovered) if recovered else None,
        "touched": list(fault.touched),
        "requested_ms": fault.requested_ms,
        "first_effect_ms": fault.first_effect_ms,
        "healed_ms": fault.healed_ms,
    }


def _participant(evidence: Evidence, name: str) -> dict[str, Any]:
    """Where a participant ended, what is stored of it by episode, and every metric; null where nothing was recorded."""
    rows = {str(episode): table.rows for (episode, owner), table in sorted(evidence.tables.items()) if owner == name}
    return {
        "session": evidence.statuses.get(name, {}).get("sessionId"),
        "seat": evidence.seat_of.get(name),
        "page": evidence.statuses.get(name, {}).get("page"),
        "outcome": evidence.outcomes.get(name),
        "rows": rows,
        **{metric: measure(evidence, name) for metric, measure in METRICS.items()},
    }
