"""From what was recorded to evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from igym_harness import collect

STATUSES: dict[str, dict[str, Any]] = {
    "a": {"sessionId": "s1", "seat": 1, "page": "finished"},
    "b": {"sessionId": "s1", "seat": 0, "page": "finished"},
    "c": {"sessionId": None, "seat": None, "page": "waiting"},
}


def make(data: Path, *names: str) -> None:
    for name in names:
        path = data / "kitchen" / "kitchen" / "s1" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{}", encoding="utf-8")


def test_seats_and_sessions_come_from_the_pages() -> None:
    assert collect.seats_of(STATUSES) == {"a": 1, "b": 0}
    assert collect.sessions_of(STATUSES) == {"s1": {1: "a", 0: "b"}}


def test_the_outcome_is_the_servers_last_word() -> None:
    events = {
        "a": [
            {"kind": "state"},
            {"kind": "session-end", "outcome": "partner_left"},
            {"kind": "session-end", "outcome": "completed"},
        ],
        "b": [{"kind": "state"}],
    }
    assert collect.outcomes_of(events) == {"a": "completed"}


def test_data_is_there_when_every_seat_and_episode_has_its_files(tmp_path: Path) -> None:
    make(tmp_path, "ep0/seat0.parquet", "ep0/seat1.parquet", "ep0/seal.json", "ep1/seat0.parquet", "ep1/seal.json")
    assert not collect.exported(tmp_path, STATUSES, episodes=1), "not yet certified"
    make(tmp_path, "ep0/certificate.json", "ep1/certificate.json")
    assert collect.exported(tmp_path, STATUSES, episodes=1)
    assert not collect.exported(tmp_path, STATUSES, episodes=2)
    make(tmp_path, "ep1/seat1.parquet")
    assert collect.exported(tmp_path, STATUSES, episodes=2)


def test_without_a_session_nothing_is_exported(tmp_path: Path) -> None:
    assert not collect.exported(tmp_path, {}, episodes=1)
    assert collect.read_files(tmp_path, STATUSES).tables == {}


def test_a_session_that_was_cut_is_there_when_all_that_it_has_is_certified(tmp_path: Path) -> None:
    assert not collect.exported_partial(tmp_path, STATUSES)
    make(tmp_path, "ep0/seat0.parquet", "ep0/seal.json", "ep0/certificate.json")
    assert not collect.exported_partial(tmp_path, STATUSES), "session.json comes last"
    make(tmp_path, "session.json", "ep1/seal.json")
    assert not collect.exported_partial(tmp_path, STATUSES), "the second episode is not yet certified"
    make(tmp_path, "ep1/certificate.json")
    assert collect.exported_partial(tmp_path, STATUSES)
