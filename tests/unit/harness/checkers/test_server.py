"""SRV checkers: the server never threw, and kept what it acknowledged."""

from __future__ import annotations

import dataclasses

import pytest

from igym_chaos.subjects import SERVER
from igym_harness.checkers.server import srv_2, srv_3, srv_4, srv_6
from igym_harness.evidence import Evidence, FaultRecord, StoreRecord

TRACEBACK = [
    "Traceback (most recent call last):",
    '  File "gateway.py", line 3, in join',
    "    raise KeyError(seat)",
    "KeyError: 3",
    "later",
]


def test_srv_3_names_the_exception(good: Evidence) -> None:
    good.server_log.extend(TRACEBACK)
    finding = srv_3(good)
    assert finding.outcome == "violated"
    assert finding.message == "server log line 4: KeyError: 3"
    assert finding.first_bad is not None
    assert finding.first_bad["line"] == 4


@pytest.mark.parametrize(
    "line",
    [
        "Task exception was never retrieved",
        "RuntimeWarning: coroutine 'f' was never awaited",
        '"POST /participants 1.1" 500 12',
    ],
)
def test_srv_3_sees_other_forms(good: Evidence, line: str) -> None:
    good.server_log.append(line)
    assert srv_3(good).outcome == "violated"


def test_srv_3_lets_a_broken_server_answer_5xx_but_not_throw(good: Evidence) -> None:
    fault = dataclasses.replace(good.faults[0], do="server.slow", on=())
    broken = dataclasses.replace(good, faults=(fault,))
    broken.server_log.append('"POST /participants 1.1" 503 12')
    assert srv_3(broken).outcome == "holds"
    broken.server_log.extend(TRACEBACK)
    assert srv_3(broken).outcome == "violated"


def test_srv_3_without_log_and_events_has_no_data(good: Evidence) -> None:
    assert srv_3(dataclasses.replace(good, server_log=[], server_events=[])).outcome == "no-data"


def arrived(*people: str) -> list[dict[str, object]]:
    return [{"kind": "lobby_joined", "participant_id": one, "scene_id": "kitchen"} for one in people]


@pytest.mark.parametrize(
    ("events", "outcome", "said"),
    [
        ([("p", "q"), ("q", "p"), ("r", "s"), ("r", "s")], "holds", "2 sessions"),
        ([("p", "q", "r"), ("p", "r")], "violated", "took p, r; p, q had waited longer"),
        ([("p",), ("p", "q")], "violated", "took p, q; p had waited longer"),
        ([("p", "q")], "no-data", "no session"),
    ],
)
def test_srv_6_wants_first_come_first_served(
    good: Evidence, events: list[tuple[str, ...]], outcome: str, said: str
) -> None:
    """Arrivals and sessions take turns."""
    told: list[dict[str, object]] = []
    for number, people in enumerate(events):
        told += [{**created("s", *people), "scene_id": "kitchen"}] if number % 2 else arrived(*people)
    finding = srv_6(dataclasses.replace(good, server_events=told))
    assert (finding.outcome, said in finding.message) == (outcome, True), finding.message


def created(session: str, *members: str) -> dict[str, object]:
    return {"kind": "session_created", "session_id": session, "members": list(members)}


def ended(session: str) -> dict[str, object]:
    return {"kind": "session_ended", "session_id": session, "reason": "completed"}


@pytest.mark.parametrize(
    ("events", "problem"),
    [
        ([created("s1", "p", "q"), created("s2", "q", "r")], "participant q was put into session s2 while still in s1"),
        ([created("s1", "p", "p")], "participant p has two seats of session s1"),
        ([created("s1", "p", "q"), ended("s9"), created("s2", "p", "r")], "into session s2 while still in s1"),
    ],
)
def test_srv_4_finds_who_is_in_two_places(good: Evidence, events: list[dict[str, object]], problem: str) -> None:
    finding = srv_4(dataclasses.replace(good, server_events=events))
    assert (finding.outcome, problem in finding.message) == ("violated", True)


def test_srv_4_one_after_the_other_is_no_crime(good: Evidence) -> None:
    events = [created("s1", "p", "q"), created("s2", "r", "s"), ended("s1"), created("s3", "p", "q")]
    assert srv_4(dataclasses.replace(good, server_events=events)).outcome == "holds"


def test_srv_4_without_a_session_has_no_data(good: Evidence) -> None:
    assert srv_4(dataclasses.replace(good, server_events=[])).outcome == "no-data"


def chunk(seq: int, seat: int = 0) -> tuple[str, int, int, int, str]:
    return ("s1", 0, seat, seq, f"sha-{seat}-{seq}")


def crashed(good: Evidence, *, after_crash: set[int], at_end: set[int]) -> Evidence:
    """Chunks 0 and 1 of a were acknowledged at 5,000 and 6,000 ms; the server was killed at 7,000, chunk 2 came after."""
    names = ("sessionId", "episode", "seat", "seq", "sha256")
    told = [
        {"kind": "chunk-stored", "t_ms": t_ms, **dict(zip(names, chunk(seq), strict=True))}
        for seq, t_ms in enumerate((5_000.0, 6_000.0, 12_000.0))
    ]
    kill = FaultRecord("f1", "server.kill", "S", (SERVER,), None, None, (), 7_000.0, 7_000.0, 7_010.0)
    stores = tuple(
        StoreRecord(t_ms, frozenset(chunk(seq) for seq in found))
        for t_ms, found in ((7_020.0, after_crash), (30_000.0, at_end))
    )
    return dataclasses.replace(good, page_events={"a": told}, faults=(kill,), stores=stores)


def test_srv_2_holds_when_all_that_was_acknowledged_is_there(good: Evidence) -> None:
    finding = srv_2(crashed(good, after_crash={0, 1}, at_end={0, 1, 2}))
    assert (finding.outcome, finding.message) == ("holds", "3 acknowledged chunks are in the database, read 2 times")


def test_srv_2_sees_a_chunk_that_was_acknowledged_too_early_even_if_it_is_there_at_the_end(good: Evidence) -> None:
    """BUG-15: the page sends it again for its seal, so that the files look whole."""
    finding = srv_2(crashed(good, after_crash={0}, at_end={0, 1, 2}))
    assert finding.outcome == "violated"
    assert "1 acknowledged chunks are not in the database after crash 1; the first is 1 of episode 0" in finding.message
    assert finding.first_bad == {"participant": "a", "episode": 0, "seat": 0, "seq": 1}


def test_srv_2_sees_other_rows_under_the_same_number(good: Evidence) -> None:
    evidence = crashed(good, after_crash={0, 1}, at_end={0, 1, 2})
    other = (*chunk(1)[:4], "sha-of-other-rows")
    stores = (StoreRecord(7_020.0, frozenset({chunk(0), other})), evidence.stores[1])
    assert srv_2(dataclasses.replace(evidence, stores=stores)).outcome == "violated"


def test_srv_2_sees_a_loss_at_the_end(good: Evidence) -> None:
    finding = srv_2(crashed(good, after_crash={0, 1}, at_end={0, 1}))
    assert finding.outcome == "violated"
    assert "at the end" in finding.message


def test_srv_2_without_a_look_or_an_acknowledgement_before_the_crash_knows_nothing(good: Evidence) -> None:
    evidence = crashed(good, after_crash={0, 1}, at_end={0, 1, 2})
    assert srv_2(dataclasses.replace(evidence, stores=evidence.stores[1:])).outcome == "no-data"
    late = [event for event in evidence.page_events["a"] if event["t_ms"] > 7_000.0]
    assert srv_2(dataclasses.replace(evidence, page_events={"a": late})).outcome == "no-data"
    assert srv_2(dataclasses.replace(evidence, page_events={}, faults=())).outcome == "no-data"
