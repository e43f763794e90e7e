"""What was acknowledged is on disk; what does not fit is refused and changes nothing."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from igym.store import MISSING_TOLD, RefusedDataError, SessionRecord, Store, StoreUnavailableError

SESSION = SessionRecord("s", "game", 7, ("a", "b"), "running", "")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "igym.sqlite3")
    yield made
    made.close()


def chunk(seq: int, first: int, rows: list[str], **changed: Any) -> dict[str, Any]:
    text = "\n".join(rows)
    whole = {
        "session_id": "s",
        "episode": 0,
        "seat": 0,
        "kind": "rows",
        "seq": seq,
        "first_frame": first,
        "last_frame": first + len(rows) - 1,
    }
    return {**whole, "rows": rows, "sha256": hashlib.sha256(text.encode()).hexdigest(), **changed}


def seal(rows: int, chunks: int, **changed: Any) -> dict[str, Any]:
    return {"session_id": "s", "episode": 0, "seat": 0, "rows": rows, "chunks": chunks, "verified": True, **changed}


async def test_chunks_come_in_any_order_and_twice(store: Store) -> None:
    await store.save_session(SESSION)
    assert await store.save_chunk("a", chunk(1, 2, ["r2"])) == -1
    assert await store.save_chunk("a", chunk(0, 0, ["r0", "r1"])) == 2
    assert await store.save_chunk("a", chunk(0, 0, ["r0", "r1"])) == 2
    assert store.rows("s", 0, 0) == ["r0", "r1", "r2"]
    assert store.rows("s", 0, 1) == []


async def test_rows_end_at_the_first_gap(store: Store) -> None:
    await store.save_session(SESSION)
    await store.save_chunk("a", chunk(0, 0, ["r0"]))
    await store.save_chunk("a", chunk(2, 2, ["r2"]))
    assert store.rows("s", 0, 0) == ["r0"]


async def test_a_seal_waits_for_its_chunks(store: Store) -> None:
    await store.save_session(SESSION)
    await store.save_chunk("a", chunk(1, 1, ["r1"]))
    assert await store.save_seal("a", seal(3, 3)) == [0, 2]
    assert store.seals("s", 0) == {}
    await store.save_chunk("a", chunk(0, 0, ["r0"]))
    await store.save_chunk("a", chunk(2, 2, ["r2"]))
    assert await store.save_seal("a", seal(3, 3)) == []
    assert await store.save_seal("a", seal(3, 3)) == []
    assert list(store.seals("s", 0)) == [0]


@pytest.mark.parametrize(
    ("who", "sent", "code"),
    [
        ("b", chunk(0, 0, ["r0"]), "not_a_member"),
        ("a", chunk(0, 0, ["r0"], seat=1), "not_a_member"),
        ("a", chunk(0, 0, ["r0"], seat=9), "not_a_member"),
        ("a", chunk(0, 0, ["r0"], session_id="other"), "not_a_member"),
        ("a", chunk(0, 0, ["r0"], sha256="0" * 64), "wrong_digest"),
        ("a", chunk(0, 0, ["r0"], last_frame=4), "wrong_rows"),
        ("a", chunk(0, 0, []), "wrong_rows"),
        ("a", chunk(0, 0, ["r0\nr1"]), "wrong_rows"),
        ("a", chunk(5, 0, ["other"]), "conflict"),
    ],
)
async def test_a_chunk_that_does_not_fit_is_refused(store: Store, who: str, sent: dict[str, Any], code: str) -> None:
    await store.save_session(SESSION)
    await store.save_chunk("a", chunk(5, 0, ["mine"]))
    with pytest.raises(RefusedDataError) as caught:
        await store.save_chunk(who, sent)
    assert caught.value.code == code
    assert store.rows("s", 0, 0) == ["mine"]


@pytest.mark.parametrize(("sent", "code"), [(seal(7, 1), "wrong_rows"), (seal(1, 1, seat=1), "not_a_member")])
async def test_a_seal_that_does_not_fit_is_refused(store: Store, sent: dict[str, Any], code: str) -> None:
    await store.save_session(SESSION)
    await store.save_chunk("a", chunk(0, 0, ["r0"]))
    with pytest.raises(RefusedDataError) as caught:
        await store.save_seal("a", sent)
    assert caught.value.code == code


async def test_a_seal_that_claims_the_moon_gets_a_short_answer(store: Store) -> None:
    await store.save_session(SESSION)
    await store.save_chunk("a", chunk(0, 0, ["r0"]))
    assert await store.save_seal("a", seal(1, 2**53 - 1)) == list(range(1, MISSING_TOLD + 1))


async def test_another_seal_of_the_same_episode_is_refused(store: Store) -> None:
    await store.save_session(SESSION)
    await store.save_chunk("a", chunk(0, 0, ["r0"]))
    await store.save_seal("a", seal(1, 1))
    with pytest.raises(RefusedDataError, match="conflict"):
        await store.save_seal("a", seal(1, 1, verified=False))


async def test_another_process_sees_everything_that_was_acknowledged(store: Store, tmp_path: Path) -> None:
    """The first store is not closed: as after kill -9."""
    await store.save_session(SESSION)
    await store.save_participant("a", "CODE", scene=1, state="reading")
    await store.save_chunk("a", chunk(0, 0, ["r0"]))
    await store.save_seal("a", seal(1, 1))
    other = Store(tmp_path / "igym.sqlite3")
    try:
        assert await other.participants() == [("a", "CODE", 1)]
        assert other.session("s") == SESSION
        assert other.rows("s", 0, 0) == ["r0"]
        assert list(other.seals("s", 0)) == [0]
    finally:
        other.close()


async def fill(store: Store) -> int:
    """Chunks of 3 kB until one is turned away; how many were acknowledged."""
    for seq in range(1_000):
        try:
            await store.save_chunk("a", chunk(seq, seq, ["x" * 3_000]))
        except StoreUnavailableError:
            return seq
    raise AssertionError("a database that may not grow took 3 MB")


async def test_a_full_disk_takes_nothing_and_loses_nothing_of_what_it_took(store: Store) -> None:
    await store.save_session(SESSION)
    await store.let_grow(False)
    taken = await fill(store)
    assert store.write_errors == 1
    assert len(store.rows("s", 0, 0)) == taken
    await store.let_grow(True)
    assert await store.save_chunk("a", chunk(taken, taken, ["x" * 3_000])) == taken
    assert store.write_errors == 1


async def test_a_mistake_of_ours_is_no_trouble_of_the_disk(store: Store) -> None:
    """It would be repeated for ever."""
    with pytest.raises(sqlite3.OperationalError, match="no such table"):
        await store._write(lambda db: db.execute("INSERT INTO absent VALUES (1)"))
    assert store.write_errors == 0


async def test_what_a_new_server_asks_for(store: Store) -> None:
    await store.save_session(SESSION)
    await store.save_session(SessionRecord("t", "game", 8, ("c", "d"), "connecting", ""))
    await store.save_session(SessionRecord("s", "game", 7, ("a", "b"), "completed", "completed"))
    assert [(one.id, one.state) for one in await store.sessions()] == [("s", "completed"), ("t", "connecting")]
    await store.save_chunk("a", chunk(0, 0, ["r0"]))
    assert await store.save_seal("a", seal(1, 1)) == []
    assert await store.sealed_seats() == {"s": {0: {0}}}
    for page in ("old", "new"):
        await store.log("page_hello", {"participant_id": "a", "page_id": page})
    await store.log("other", {"participant_id": "a"})
    assert await store.pages() == {"a": "new"}
    assert [(kind, detail) for _, kind, detail in await store.newest_log(2)] == [
        ("page_hello", {"participant_id": "a", "page_id": "new"}),
        ("other", {"participant_id": "a"}),
    ]
