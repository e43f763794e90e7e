"""LIV-5: who goes silent is missed soon, by the heartbeat that does not come, and those who wait are told (chaos handbook 7, 1.4).

fault ─ the last packet ─ 1,500 ms ─▶ a heartbeat looks: link-lost ─▶ the next status: the note is on the screen     2,500 ms in all
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from igym_harness.checkers.harness import LOOP_LAG_LIMIT_MS
from igym_harness.evidence import Evidence, FaultRecord, Finding, holds, no_data, violated

CHECK = "LIV-5"
SILENCING = frozenset({"tab.frozen", "proc.stop"})
"""Beside the faults that remove a page."""
HEARTBEAT_MS = 200.0
SILENT_MS = 1_500.0 + HEARTBEAT_MS + LOOP_LAG_LIMIT_MS
"""Silence is a loss after 1,500 ms (requirements 5: link_lost_ms), each heartbeat looks once, and a timer may be late by what HAR-2 allows."""
TOLD_MS = 2_500.0
"""From the fault to the notice, and to the words on the screen, on the harness's clock (RECON-01, STRESS-03)."""
WAITING = ("note", "partner-slow")
NOTICES = ("link-lost", "channel-closed")
ICE_LOST = frozenset({"disconnected", "failed", "closed"})


def liv_5(evidence: Evidence) -> Finding:
    """Everybody else's page misses each target within the heartbeat's limit, and tells its participant within 2.5 s of the fault."""
    silenced = _silencing(evidence)
    if not silenced:
        return no_data(CHECK, "no fault made anybody silent")
    told = []
    for fault in silenced:
        if fault.requested_ms is None or fault.effect is None or not fault.effect.in_band:
            return no_data(CHECK, f"{fault.id} ({fault.do}) is not known to have made anybody silent")
        for target in fault.on:
            for name in evidence.participants:
                if name in fault.on:
                    continue
                answer = _noticed(evidence, fault, target=target, name=name)
                if isinstance(answer, Finding):
                    return answer
                told.append(answer)
    return holds(CHECK, "; ".join(told)) if told else no_data(CHECK, "nobody was left who could notice")


def somebody_is_silenced(evidence: Evidence) -> bool:
    """Whether a fault was to make somebody silent."""
    return bool(_silencing(evidence))


def _silencing(evidence: Evidence) -> list[FaultRecord]:
    return [one for one in evidence.faults if one.removes or one.do in SILENCING]


def _noticed(evidence: Evidence, fault: FaultRecord, *, target: str, name: str) -> str | Finding:
    """How soon one participant noted that another was silent; a finding if it did not, or too late."""
    seat, events = evidence.seat_of.get(target), evidence.page_events.get(name)
    if seat is None or not events:
        return no_data(CHECK, f"the events of {name}, or the seat of {target}, were not recorded")
    assert fault.requested_ms is not None
    event = _first(events, seat, fault.requested_ms)
    where = {"participant": name, "fault": fault.id}
    if event is None:
        return violated(CHECK, f"{name} never noticed that {target} was silent after {fault.id} ({fault.do})", **where)
    after_ms = float(event["t_ms"]) - fault.requested_ms
    silent_ms = event.get("silentMs")
    ice = _ice(events, seat, since_ms=fault.requested_ms, until_ms=float(event["t_ms"]))
    shown = f"{name} missed {target} {after_ms:.0f} ms after {fault.id}"
    shown += "" if silent_ms is None else f", silent for {silent_ms:.0f} ms"
    shown += f" ({event['kind']}; ICE {ice})"
    if silent_ms is not None and silent_ms > SILENT_MS:
        return violated(CHECK, f"{shown}: more than {SILENT_MS:.0f} ms of silence", **where)
    if after_ms > TOLD_MS:
        return violated(CHECK, f"{shown}: more than {TOLD_MS:.0f} ms after the fault", **where)
    told_ms = _told_ms(events, fault.requested_ms)
    if told_ms is None or told_ms > TOLD_MS:
        when = "never" if told_ms is None else f"{told_ms:.0f} ms after the fault"
        return violated(CHECK, f"{shown}; its participant was told {when}, {TOLD_MS:.0f} ms is the limit", **where)
    return f"{shown}, told its participant after {told_ms:.0f} ms"


def _told_ms(events: Sequence[Mapping[str, Any]], since_ms: float) -> float | None:
    """When the screen said that others are waited for, after the fault; 0: it already did. None: never."""
    shown = "none"
    for one in sorted((one for one in events if one.get("kind") == WAITING[0]), key=lambda one: float(one["t_ms"])):
        if one["t_ms"] >= since_ms:
            if shown == WAITING[1]:
                break
            if one.get("note") == WAITING[1]:
                return float(one["t_ms"]) - since_ms
        shown = str(one.get("note"))
    return 0.0 if shown == WAITING[1] else None


def _first(events: Sequence[Mapping[str, Any]], seat: int, since_ms: float) -> Mapping[str, Any] | None:
    notices = [
        one for one in events if one.get("kind") in NOTICES and one.get("seat") == seat and one["t_ms"] >= since_ms
    ]
    return min(notices, key=lambda one: float(one["t_ms"]), default=None)


def _ice(events: Sequence[Mapping[str, Any]], seat: int, *, since_ms: float, until_ms: float) -> str:
    """What the browser said of the link by then."""
    said = [
        str(one.get("state"))
        for one in events
        if one.get("kind") == "link" and one.get("peerSeat") == seat and since_ms <= one["t_ms"] <= until_ms
    ]
    lost = [state for state in said if state in ICE_LOST]
    return lost[0] if lost else "connected"
