"""Distributions before, during and after the faults."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from igym_harness.distributions import rows, spread
from igym_harness.run_sheet import load


def test_the_fault_shows_at_its_target_and_only_while_it_lasts(run_folder: Path) -> None:
    medians = {(row.participant, row.part): row.rtt_ms.p50 for row in rows(load(run_folder)) if row.rtt_ms}
    assert medians == {
        ("a", "before"): 1.8,
        ("a", "during"): 203.0,
        ("a", "after"): 1.8,
        **{("b", part): 1.8 for part in ("before", "during", "after")},
    }


def test_rates_are_frames_per_second(run_folder: Path) -> None:
    rates = [row.frames_per_s for row in rows(load(run_folder)) if row.frames_per_s]
    assert {rate.p50 for rate in rates} == {8.0}


def test_rollbacks_count_where_they_happened_and_whom(run_folder: Path) -> None:
    found = {(row.participant, row.part): row.depth.n for row in rows(load(run_folder)) if row.depth}
    assert sum(found.values()) == len(load(run_folder).lanes["a"].kind("rollback"))
    assert {name for name, _ in found} == {"a"}


def test_frames_are_unconfirmed_beyond_the_confirmed_one(run_folder: Path) -> None:
    sheet = load(run_folder)
    ahead = [dataclasses.replace(one, unconfirmed=3) for one in sheet.lanes["a"].samples]
    sheet.lanes["a"] = dataclasses.replace(sheet.lanes["a"], samples=tuple(ahead))
    found = {row.participant: row.unconfirmed for row in rows(sheet) if row.part == "during"}
    assert found["a"] is not None
    assert (found["a"].p50, found["a"].largest) == (3.0, 3.0)


def test_without_a_fault_there_is_only_play(run_folder: Path) -> None:
    sheet = load(run_folder)
    calm = dataclasses.replace(sheet, facts={**sheet.facts, "effects": []})
    assert [(row.participant, row.part) for row in rows(calm)] == [("a", "play"), ("b", "play")]


def test_nothing_has_no_spread() -> None:
    assert spread([]) is None
    one = spread([4.0])
    assert one is not None
    assert (one.n, one.p50, one.p95, one.largest) == (1, 4.0, 4.0, 4.0)
