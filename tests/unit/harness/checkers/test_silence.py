"""LIV-5: who went silent is missed in time, by the heartbeat, and the participant is told."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from igym_harness.checkers.silence import SILENT_MS, liv_5
from igym_harness.evidence import Evidence, FaultRecord


def event(evidence: Evidence, kind: str, **values: Any) -> dict[str, Any]:
    """The last one of b of this kind, changed."""
    found = [one for one in evidence.page_events["b"] if one["kind"] == kind][-1]
    found.update(values)
    return found


def test_it_tells_how_soon_and_what_the_browser_still_said(killed: Evidence) -> None:
    finding = liv_5(killed)
    assert finding.outcome == "holds"
    assert "b missed a 1610 ms after f1, silent for 1630 ms (link-lost; ICE connected)" in finding.message
    assert "told its participant after 1700 ms" in finding.message


def test_a_channel_that_closed_is_a_notice_too(killed: Evidence, removal: FaultRecord) -> None:
    assert removal.requested_ms is not None
    killed.page_events["b"].append({"kind": "channel-closed", "seat": 0, "t_ms": removal.requested_ms + 90.0})
    assert "b missed a 90 ms after f1 (channel-closed" in liv_5(killed).message


def test_silence_that_nobody_noticed_is_named(killed: Evidence) -> None:
    """As when only ICE tells (BUG-22)."""
    event(killed, "link-lost", seat=1)
    finding = liv_5(killed)
    assert (finding.outcome, "b never noticed that a was silent" in finding.message) == ("violated", True)


def test_a_loss_before_the_fault_is_another_one(killed: Evidence, removal: FaultRecord) -> None:
    assert removal.requested_ms is not None
    event(killed, "link-lost", t_ms=removal.requested_ms - 1.0)
    assert liv_5(killed).outcome == "violated"


@pytest.mark.parametrize(("silent_ms", "outcome"), [(SILENT_MS, "holds"), (SILENT_MS + 1.0, "violated")])
def test_the_heartbeat_has_a_limit(killed: Evidence, silent_ms: float, outcome: str) -> None:
    event(killed, "link-lost", silentMs=silent_ms)
    assert liv_5(killed).outcome == outcome


@pytest.mark.parametrize(("after_ms", "outcome"), [(2_500.0, "holds"), (2_501.0, "violated")])
def test_notice_and_note_are_due_within_two_and_a_half_seconds(
    killed: Evidence, removal: FaultRecord, after_ms: float, outcome: str
) -> None:
    assert removal.requested_ms is not None
    due_ms = removal.requested_ms + after_ms
    event(killed, "note", t_ms=due_ms)
    assert liv_5(killed).outcome == outcome
    event(killed, "link-lost", t_ms=due_ms)
    assert liv_5(killed).outcome == outcome


def test_a_participant_who_was_never_told_is_named(killed: Evidence) -> None:
    event(killed, "note", note="saving")
    assert "its participant was told never" in liv_5(killed).message


def test_who_was_already_told_need_not_be_told_again(killed: Evidence, removal: FaultRecord) -> None:
    assert removal.requested_ms is not None
    event(killed, "note", t_ms=removal.requested_ms - 500.0)
    assert "told its participant after 0 ms" in liv_5(killed).message


def test_a_frozen_page_is_silent_as_well(killed: Evidence, removal: FaultRecord) -> None:
    frozen = replace(removal, do="tab.frozen", removes=False)
    assert liv_5(replace(killed, faults=(frozen,))).outcome == "holds"


def test_without_a_proven_silence_or_a_record_there_is_no_answer(killed: Evidence, removal: FaultRecord) -> None:
    assert removal.effect is not None
    other = replace(removal, do="p2p.latency", removes=False)
    unproven = replace(removal, effect=replace(removal.effect, in_band=False))
    for faults in ((), (other,), (unproven,), (replace(removal, effect=None),), (replace(removal, on=("a", "b")),)):
        assert liv_5(replace(killed, faults=faults)).outcome == "no-data"
    assert liv_5(replace(killed, page_events={})).outcome == "no-data"
    assert liv_5(replace(killed, seat_of={})).outcome == "no-data"
