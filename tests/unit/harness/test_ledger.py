"""Ledger lines of one fault through its life."""

from __future__ import annotations

import math

from igym_chaos.fault import Effect
from igym_chaos.samples import Window
from igym_harness import ledger
from igym_harness.ledger import Entry


def effect(percent: float, *, in_band: bool = True) -> Effect:
    return Effect({"percent": 20.0}, {"percent": percent}, (14.5, 25.5), 702, in_band, "transport-counters")


def lived() -> Entry:
    entry = Entry("f1", "p2p.loss", "C", ("b",), {"percent": 20.0})
    entry.planned_ms = 18_000.0
    entry.note("planned", 18_000.0)
    entry.requested_ms = 18_003.44
    entry.note("requested", 18_003.44)
    entry.acknowledged_ms = 18_004.0
    entry.note("acknowledged", 18_004.0)
    entry.healed_ms = 28_005.2
    entry.note("healed", 28_005.2)
    entry.window = Window(18_504.0, 28_005.0)
    entry.effect, entry.recovered, entry.first_effect_ms = effect(19.6), effect(0.0), 18_754.0
    entry.note("effect", 28_005.0)
    entry.note("baseline", 33_005.2)
    return entry


def test_the_effect_line_says_what_was_asked_and_measured() -> None:
    line = next(line for line in lived().lines if line["phase"] == "effect")
    assert line["t_ms"] == 28_005.0
    assert line["asked"] == {"percent": 20.0}
    assert line["measured"] == {"percent": 19.6}
    assert (line["n"], line["band"], line["in_band"], line["oracle"]) == (702, [14.5, 25.5], True, "transport-counters")
    assert line["others_touched"] == []
    assert (line["planned_ms"], line["requested_ms"], line["first_effect_ms"]) == (18_000.0, 18_003.4, 18_754.0)
    assert line["on"] == "b"


def test_a_line_knows_only_what_had_happened_by_then() -> None:
    planned = lived().lines[0]
    assert planned["phase"] == "planned"
    assert planned["requested_ms"] is None
    assert "measured" not in planned


def test_the_baseline_line_has_what_was_left() -> None:
    line = lived().lines[-1]
    assert line["baseline_after"] == {"percent": 0.0}


def test_lines_of_all_faults_are_in_order_of_time() -> None:
    other = Entry("f2", "p2p.latency", "C", ("a", "b"), {"page_ms": 50.0}, planned_ms=18_001.0)
    other.note("planned", 18_001.0)
    lines = ledger.lines([lived(), other])
    assert [line["t_ms"] for line in lines] == sorted(line["t_ms"] for line in lines)
    assert [line["fault"] for line in lines[:2]] == ["f1", "f2"]
    assert lines[1]["on"] == ["a", "b"]


def test_a_fault_that_never_was_due_has_no_planned_time() -> None:
    record = Entry("f1", "p2p.loss", "C", ("b",), {}).record()
    assert math.isnan(record.planned_ms)
    assert record.effect is None


def test_a_fault_is_in_force_between_request_and_heal() -> None:
    entry = Entry("f1", "p2p.loss", "C", ("b",), {})
    assert not entry.in_force
    entry.requested_ms = 1.0
    assert entry.in_force
    entry.healed_ms = 2.0
    assert not entry.in_force
