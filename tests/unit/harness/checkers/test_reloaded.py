"""A session that a reload ended is judged by what everybody has of it, like one that somebody left for good."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from igym_harness.checkers.parity import par_1, par_2, par_4
from igym_harness.checkers.partial import par_5
from igym_harness.checkers.sequence import seq_1, seq_5
from igym_harness.comparison import prefix
from igym_harness.evidence import Evidence

PEOPLE = ("a", "b")


def reloaded(good: Evidence, *, renews: bool = True) -> Evidence:
    """a's page was loaded again at row 60; b's session was cut at row 63."""
    tables = {(0, name): prefix(good.tables[0, name], rows) for name, rows in (("a", 60), ("b", 63))}
    last = tables[0, "b"].columns["state_hash"][-1]
    stats: dict[str, Any] = {**good.seals[0, "b"]["stats"], "promoted": 63, "verifiedFrame": 58}
    seal = {**good.seals[0, "b"], "rows": 63, "end_frame": 63, "state_hash": last, "stats": stats}
    seal |= {"verified": False, "reason": "partial"}
    shown = {name: {**good.statuses[name], "seals": [seal] if name == "b" else []} for name in PEOPLE}
    return replace(
        good,
        tables=tables,
        seals={(0, "b"): seal},
        statuses=shown,
        faults=(replace(good.faults[0], do="tab.reload", renews=renews),),
        sessions={"s": {"state": "cut", "reason": "partner_left"}},
        manifests={"s/ep0": manifest(60)},
        fps=30,
        outcomes=dict.fromkeys(PEOPLE, "partial"),
        expected_outcomes=dict.fromkeys(PEOPLE, "partial"),
    )


def manifest(rows_of_a: int) -> dict[str, Any]:
    """What seal.json says of the cut episode."""
    return {"partial": True, "partial_reason": "partner_left", "partial_frame": {"0": rows_of_a - 1, "1": 62}}


def test_what_both_have_is_equal_and_who_was_left_sealed_it_as_partial(good: Evidence) -> None:
    cut = reloaded(good)
    assert (cut.interrupted, cut.survivors, cut.cut_episode) == (("a",), ("b",), 0)
    for check in (par_1, par_2, par_4, par_5, seq_1, seq_5):
        assert check(cut).outcome == "holds", check(cut)
    assert "rows: [60]" in par_1(cut).message


def test_a_reload_after_which_play_was_to_go_on_cut_nothing(good: Evidence) -> None:
    whole = replace(good, faults=(replace(good.faults[0], do="tab.reload", renews=True),))
    assert (whole.interrupted, whole.cut_episode) == ((), None)
    assert par_1(whole).outcome == "holds"


def test_without_a_reload_the_missing_rows_are_a_difference(good: Evidence) -> None:
    cut = reloaded(good, renews=False)
    assert cut.cut_episode is None
    assert par_1(cut).outcome == "violated"


def test_a_cell_that_differs_before_the_cut_is_named(good: Evidence) -> None:
    cut = reloaded(good)
    cut.tables[0, "b"].columns["rewards.1"][57] += 1.0
    assert par_1(cut).outcome == "violated"
    assert "frame 57, column rewards.1" in par_1(cut).message


def test_rows_that_were_confirmed_to_both_and_are_lost_are_named(good: Evidence) -> None:
    cut = reloaded(good)
    short = {**cut.tables, (0, "a"): prefix(cut.tables[0, "a"], 40)}
    lost = replace(cut, tables=short, manifests={"s/ep0": manifest(40)})
    assert par_5(lost).outcome == "violated"
    assert "of a are lost" in par_5(lost).message
