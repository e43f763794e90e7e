"""HAR checkers: the harness never blames the product for itself."""

from __future__ import annotations

import dataclasses
import math

from igym_harness.checkers.harness import har_1, har_2, har_3, har_4
from igym_harness.evidence import Evidence


def test_har_1_names_what_was_left(good: Evidence) -> None:
    assert "left behind: port 4000" in har_1(dataclasses.replace(good, leftovers=("port 4000",))).message
    assert har_1(dataclasses.replace(good, leftovers=None)).outcome == "no-data"


def test_har_2_refuses_timings_of_a_starved_loop(good: Evidence) -> None:
    assert har_2(dataclasses.replace(good, loop_lag_p99_ms=50.0)).outcome == "violated"
    assert har_2(dataclasses.replace(good, loop_lag_p99_ms=math.nan)).outcome == "no-data"


def test_har_3_refuses_clocks_that_drifted(good: Evidence) -> None:
    finding = har_3(dataclasses.replace(good, clock_drift_ms={"a": 1.0, "b": -6.0}))
    assert (finding.outcome, finding.message) == ("violated", "the clock of b drifted -6.0 ms, limit 5 ms")
    assert har_3(dataclasses.replace(good, clock_drift_ms={"a": 1.0})).outcome == "no-data"
    assert har_3(dataclasses.replace(good, participants=(), clock_drift_ms={})).outcome == "no-data"


def test_har_4_names_missing_and_oversized_artefacts(good: Evidence) -> None:
    size = good.artefacts.pop("ledger.jsonl")
    assert "missing in the run folder: ledger.jsonl" in har_4(good).message
    good.artefacts.update({"ledger.jsonl": size, "participants/a/trace.zip": 60_000_000})
    assert "largest: participants/a/trace.zip" in har_4(good).message
    good.artefacts.clear()
    assert har_4(good).outcome == "no-data"
