"""Several sessions in one run: each is judged by itself, the worst of them counts, and none can hide behind another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from igym_harness.checkers import run_all
from igym_harness.checkers.by_session import members, part
from igym_harness.evidence import Evidence, Finding, Table

OTHERS = {"a": "c", "b": "d"}
OF_A_SESSION = ("PAR-1", "PAR-2", "PAR-4", "SEQ-5", "DAT-1", "DAT-4", "CERT-1", "PATH-1")


def renamed(values: dict[str, Any]) -> dict[str, Any]:
    return {OTHERS[name]: value for name, value in values.items()}


def keyed(values: dict[Any, Any]) -> dict[Any, Any]:
    return {(episode, OTHERS[name]): value for (episode, name), value in values.items()}


def in_session(session: str, statuses: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {**status, "sessionId": session} for name, status in statuses.items()}


def of_session_t(table: Table) -> Table:
    columns = {name: list(cells) for name, cells in table.columns.items()}
    return replace(table, columns={**columns, "session_id": ["s2"] * table.rows})


@pytest.fixture
def two(good: Evidence) -> Evidence:
    """The good run twice, side by side: a and b in session s, c and d in session t, whose rows are others."""
    tables = {key: of_session_t(table) for key, table in keyed(good.tables).items()}
    csv = {
        key: replace(twin, records=[[*row[:3], "s2", *row[4:]] for row in twin.records])
        for key, twin in keyed(good.csv).items()
    }
    events = [
        {**event, "session_id": session, "participant_id": f"{event.get('participant_id')}-{session}"}
        for session in ("s", "t")
        for event in good.server_events
    ]
    return replace(
        good,
        participants=("a", "b", "c", "d"),
        seat_of={**good.seat_of, **renamed(good.seat_of)},
        tables={**good.tables, **tables},
        csv={**good.csv, **csv},
        seals={**good.seals, **keyed(good.seals)},
        statuses={**in_session("s", good.statuses), **in_session("t", renamed(good.statuses))},
        page_events={**good.page_events, **renamed(good.page_events)},
        console={**good.console, **renamed(good.console)},
        outcomes={**good.outcomes, **renamed(good.outcomes)},
        clock_drift_ms={**good.clock_drift_ms, **renamed(good.clock_drift_ms)},
        certificates={**good.certificates, "t/ep0": good.certificates["s/ep0"]},
        digests={f"{session}/{name}": one for session in "st" for name, one in good.digests.items()},
        server_events=events,
    )


def findings(evidence: Evidence) -> dict[str, Finding]:
    return {finding.check: finding for finding in run_all(evidence)}


def test_two_good_sessions_hold_in_every_check(two: Evidence) -> None:
    found = findings(two)
    assert {name: one.message for name, one in found.items() if one.outcome != "holds" and name != "SRV-4"} == {}
    for check in OF_A_SESSION:
        assert found[check].message.startswith("in each of 2 sessions; session of a, b: "), found[check].message


def test_a_difference_in_the_second_session_is_the_answer_of_the_run(two: Evidence) -> None:
    two.tables[0, "d"].columns["rewards.1"][40] = 99.0
    finding = findings(two)["PAR-1"]
    assert finding.outcome == "violated"
    assert finding.message.startswith("session of c, d: ")
    assert finding.first_bad is not None
    assert finding.first_bad["frame"] == 40


def test_an_uncertified_episode_is_found_in_its_session(two: Evidence) -> None:
    two.certificates["t/ep0"] = {"certified": False, "reason": "row 3"}
    finding = findings(two)["CERT-1"]
    assert (finding.outcome, "session of c, d: t/ep0 is not certified" in finding.message) == ("violated", True)


def test_a_link_that_never_told_its_path_is_missed_in_its_session(two: Evidence) -> None:
    silent = replace(two, server_events=[one for one in two.server_events if one["participant_id"] != "q-t"])
    finding = findings(silent)["PATH-1"]
    assert (finding.outcome, finding.message) == ("no-data", "session of c, d: 1 of 2 ends of links told their route")


def test_who_is_alone_in_a_session_proves_nothing(two: Evidence) -> None:
    """One file is equal to itself; that must not count as parity."""
    two.statuses["d"]["sessionId"] = None
    found = findings(two)
    assert members(two) == {"s": ("a", "b"), "t": ("c",), "": ("d",)}
    assert (found["PAR-1"].outcome, found["PAR-1"].message) == (
        "no-data",
        "session of c: 1 of 2 seats are known to be taken",
    )


def test_a_fault_belongs_to_the_sessions_of_those_it_was_aimed_at(two: Evidence) -> None:
    fault = replace(two.faults[0], on=("b", "c"))
    only_a = replace(two.faults[0], id="f2", on=("a",))
    server = replace(two.faults[0], id="f3", on=("server",))
    second = part(replace(two, faults=(fault, only_a, server)), "t", ("c", "d"))
    assert [(one.id, one.on) for one in second.faults] == [("f1", ("c",)), ("f3", ("server",))]
