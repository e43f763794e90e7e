"""One match holds every kind of fault; a file that comes out is a scenario like any other."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from igym_chaos import scenario
from igym_chaos.faults import BUILT
from igym_harness import medley
from igym_harness.medley import Placed, Sample

SAMPLES = medley.samples()
PLACERS = [medley.together, medley.one_by_one]


def of_part(part: str) -> list[Sample]:
    return [one for one in SAMPLES if one.part == part]


@pytest.mark.parametrize("part", medley.PARTS)
@pytest.mark.parametrize("place", PLACERS)
def test_what_is_written_is_a_checked_scenario_of_all_kinds(part: str, place: object, tmp_path: Path) -> None:
    placed: list[Placed] = place(of_part(part))  # type: ignore[operator]
    loaded = scenario.load(medley.write(tmp_path, "medley", placed))
    assert [(one.do, one.via, one.on) for one in loaded.faults] == [
        (one.sample.kind.kind, one.sample.via, one.on) for one in placed
    ]
    assert loaded.workload.frames is not None
    assert loaded.workload.frames / 30 > max(one.end_s for one in placed) + medley.SETTLE_S


@pytest.mark.parametrize("part", medley.PARTS)
def test_one_by_one_leaves_time_for_the_oracle_of_the_heal(part: str) -> None:
    """Also to those that begin: nobody is disturbed while another's recovery is measured on the same path."""
    placed = medley.one_by_one(of_part(part))
    for one, other in combinations(placed, 2):
        if one.sample.at_the_server == other.sample.at_the_server:
            first, second = sorted((one, other), key=lambda each: each.start_s)
            spare_s = first.sample.kind.heal_s + (medley.RETURN_S if first.sample.at_the_server else 0.0)
            assert second.start_s >= first.end_s + medley.SETTLE_S + medley.ROOM_S + spare_s


def test_every_kind_has_a_part_and_keeps_its_window() -> None:
    assert {one.part for one in SAMPLES} == {*medley.PARTS, "alone"}
    assert {one.kind.kind for one in SAMPLES if one.part == "alone"} == {one.kind for one in BUILT if one.removes}
    for one in SAMPLES:
        assert one.length_s > one.kind.minimum_window_s
        assert one.parameters.get("stall_ms", medley.STALL_MS) == medley.STALL_MS
