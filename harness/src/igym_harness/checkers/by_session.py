"""A run of several sessions: what is a matter of one session is judged in each of them, and all answers count."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from igym_chaos.subjects import SERVER
from igym_harness.evidence import Checker, Evidence, Finding, no_data

Concerns = Callable[[Evidence], bool]
T = TypeVar("T")
K = TypeVar("K")

WORST_FIRST = ("violated", "no-data", "holds")


def in_each_session(check: Checker, *, concerns: Concerns = lambda _: True) -> Checker:
    """The same check for runs of any number of sessions; the worst answer is that of the run.

    `concerns`: what makes a session one that the check is about; where it is about none, the run as a whole is asked.
    """

    def judge(evidence: Evidence) -> Finding:
        if len(evidence.participants) <= evidence.seats:
            return check(evidence)
        parts = [part(evidence, session, names) for session, names in members(evidence).items()]
        asked = [one for one in parts if concerns(one)]
        if not asked:
            return check(evidence)
        findings = [_of_one(check, one) for one in asked]
        worst = min(findings, key=lambda finding: WORST_FIRST.index(finding.outcome))
        if worst.outcome != "holds":
            return worst
        return replace(worst, message=f"in each of {len(findings)} sessions; {findings[0].message}")

    return judge


def members(evidence: Evidence) -> dict[str, tuple[str, ...]]:
    """Session -> its participants, as their pages said; those who never had one stand together under ""."""
    groups: dict[str, tuple[str, ...]] = {}
    for name in evidence.participants:
        session = str(evidence.statuses.get(name, {}).get("sessionId") or "")
        groups[session] = (*groups.get(session, ()), name)
    return groups


def part(evidence: Evidence, session: str, names: Collection[str]) -> Evidence:
    """What of the evidence is about one session. Faults are kept where they were aimed at one of its participants, or at the server."""
    aimed_at = {*names, SERVER}
    return replace(
        evidence,
        participants=tuple(names),
        seat_of=_of(evidence.seat_of, names),
        statuses=_of(evidence.statuses, names),
        page_events=_of(evidence.page_events, names),
        console=_of(evidence.console, names),
        outcomes=_of(evidence.outcomes, names),
        played=_of(evidence.played, names),
        clock_drift_ms=_of(evidence.clock_drift_ms, names),
        tables={key: one for key, one in evidence.tables.items() if key[1] in names},
        csv={key: one for key, one in evidence.csv.items() if key[1] in names},
        seals={key: one for key, one in evidence.seals.items() if key[1] in names},
        digests=_within(evidence.digests, session),
        certificates=_within(evidence.certificates, session),
        manifests=_within(evidence.manifests, session),
        sessions=_of(evidence.sessions, (session,)),
        server_events=[one for one in evidence.server_events if one.get("session_id") in (None, session)],
        gone=tuple(name for name in evidence.gone if name in names),
        faults=tuple(
            replace(one, on=tuple(name for name in one.on if name in aimed_at))
            for one in evidence.faults
            if not aimed_at.isdisjoint(one.on)
        ),
    )


def _of_one(check: Checker, one: Evidence) -> Finding:
    """A session that is not full is no evidence of anything."""
    who = ", ".join(one.participants)
    finding = check(one)
    if finding.outcome == "holds" and len(one.participants) != one.seats:
        finding = no_data(finding.check, f"{len(one.participants)} of {one.seats} seats are known to be taken")
    return replace(finding, message=f"session of {who}: {finding.message}")


def _of(values: Mapping[str, T], names: Collection[str]) -> dict[str, T]:
    return {name: value for name, value in values.items() if name in names}


def _within(values: Mapping[str, Any], session: str) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name.startswith(f"{session}/")}
