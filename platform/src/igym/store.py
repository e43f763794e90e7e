"""The durable memory of one experiment: SQLite in WAL mode, every commit on disk before the call returns.

One writer thread owns the connection that writes. Data files are made from what is stored here, never from memory.
"""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import sqlite3
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from igym.errors import IgymError

T = TypeVar("T")

VERSION = 2
"""Of the tables below; in the file's user_version."""

PRIMARY_CODE = 0xFF
PASSING = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)
"""Troubles of the disk and of other writers (https://www.sqlite.org/rescode.html): they may be over at the next attempt."""
PAGES_LIMIT = 4_294_967_294
"""SQLite's own."""
MISSING_TOLD = 1000
"""Chunks that the answer to a seal names at most; a page sends those, and its seal again."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, at_s REAL NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS participants (id TEXT PRIMARY KEY, completion_code TEXT NOT NULL, scene INTEGER NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS sessions (
  id TEXT PRIMARY KEY, scene_id TEXT NOT NULL, seed INTEGER NOT NULL, members TEXT NOT NULL,
  state TEXT NOT NULL, reason TEXT NOT NULL, at_s REAL NOT NULL, setup TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS chunks (
  session_id TEXT NOT NULL, episode INTEGER NOT NULL, seat INTEGER NOT NULL, seq INTEGER NOT NULL, kind TEXT NOT NULL,
  first_frame INTEGER NOT NULL, last_frame INTEGER NOT NULL, sha256 TEXT NOT NULL, rows TEXT NOT NULL,
  PRIMARY KEY (session_id, episode, seat, seq)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS desyncs (
  session_id TEXT NOT NULL, episode INTEGER NOT NULL, seat INTEGER NOT NULL, peer_seat INTEGER NOT NULL, frame INTEGER NOT NULL,
  at_s REAL NOT NULL, report TEXT NOT NULL, PRIMARY KEY (session_id, episode, seat, peer_seat)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seals (
  session_id TEXT NOT NULL, episode INTEGER NOT NULL, seat INTEGER NOT NULL, seal TEXT NOT NULL,
  PRIMARY KEY (session_id, episode, seat)) WITHOUT ROWID;
"""


class StoreVersionError(IgymError):
    """The database of another version; nothing in it was changed."""


class StoreUnavailableError(Exception):
    """The disk, or somebody else's lock, does not let the store write now; nothing was changed."""


class RefusedDataError(Exception):
    """Data that does not fit what is stored; `code` goes into the answer and nothing was changed."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True)
class SessionRecord:
    """A session as stored. `members` are participants by seat."""

    id: str
    scene_id: str
    seed: int
    members: tuple[str, ...]
    state: str
    reason: str
    setup: Mapping[str, Any] = field(default_factory=dict)
    """What a re-simulation needs to know: build, max_steps, fps."""


class Store:
    """Owner of the database file. Coroutines return when their change is on disk."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self.writes = 0
        self.write_errors = 0
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")
        self._db = self._writer.submit(self._open).result()

    async def let_grow(self, may: bool) -> None:
        """Whether the database may get larger; if not, it is full as a disk is. For the test profile."""

        def limit() -> None:
            pages = PAGES_LIMIT if may else self._db.execute("PRAGMA page_count").fetchone()[0]
            self._db.execute(f"PRAGMA max_page_count = {pages}")

        await asyncio.get_running_loop().run_in_executor(self._writer, limit)

    def close(self) -> None:
        """Waits for what is under way."""
        self._writer.submit(self._db.close).result()
        self._writer.shutdown()

    # ---- Writing ----

    async def log(self, kind: str, detail: Mapping[str, Any]) -> None:
        """One entry of the append-only log."""
        await self._write(
            lambda db: db.execute(
                "INSERT INTO log (at_s, kind, detail) VALUES (?, ?, ?)", (time.time(), kind, json.dumps(detail))
            )
        )

    async def save_participant(self, participant_id: str, completion_code: str, *, scene: int, state: str) -> None:
        row = (participant_id, completion_code, scene, state)
        await self._write(lambda db: db.execute("INSERT OR REPLACE INTO participants VALUES (?, ?, ?, ?)", row))

    async def save_session(self, record: SessionRecord) -> None:
        row = (
            record.id,
            record.scene_id,
            record.seed,
            json.dumps(record.members),
            record.state,
            record.reason,
            time.time(),
            json.dumps(dict(record.setup)),
        )
        update = "ON CONFLICT (id) DO UPDATE SET state = excluded.state, reason = excluded.reason"
        await self._write(lambda db: db.execute(f"INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?) {update}", row))  # noqa: S608 - constants

    async def save_chunk(self, participant_id: str, chunk: Mapping[str, Any]) -> int:
        """Stores a chunk of rows; returns the frame up to which the episode's rows are stored without a gap (-1: none).

        Repeating it is harmless. RefusedDataError: not the sender's seat, a wrong digest or count, another chunk of this number.
        """
        return await self._write(lambda db: _save_chunk(db, participant_id, chunk))

    async def save_seal(self, participant_id: str, seal: Mapping[str, Any]) -> list[int]:
        """Stores a seal whose chunks are all here; otherwise stores nothing and returns the first numbers that are missing."""
        return await self._write(lambda db: _save_seal(db, participant_id, seal))

    async def save_desync(self, report: Mapping[str, Any]) -> bool:
        """Stores the first difference that a seat saw towards another; False if it is stored already."""
        key = (report["session_id"], report["episode"], report["seat"], report["peer_seat"])
        values = (*key, report["frame"], time.time(), json.dumps(dict(report), sort_keys=True))
        return await self._write(
            lambda db: db.execute("INSERT OR IGNORE INTO desyncs VALUES (?, ?, ?, ?, ?, ?, ?)", values).rowcount == 1
        )

    # ---- Reading ----

    def desyncs(self, session_id: str, episode: int) -> list[dict[str, Any]]:
        """Reports of all seats, by frame and seat, with `server_time_s`."""
        with closing(self._reader()) as db:
            query = (
                "SELECT at_s, report FROM desyncs WHERE session_id = ? AND episode = ? ORDER BY frame, seat, peer_seat"
            )
            rows = db.execute(query, (session_id, episode)).fetchall()
            return [{**json.loads(text), "server_time_s": at_s} for at_s, text in rows]

    def link_reports(self, session_id: str) -> list[dict[str, Any]]:
        """What the seats told of their links, oldest first, with `server_time_s`."""
        with closing(self._reader()) as db:
            query = "SELECT at_s, detail FROM log WHERE kind = 'link_report' ORDER BY id"
            told = [{**json.loads(detail), "server_time_s": at_s} for at_s, detail in db.execute(query)]
        return [one for one in told if one["session_id"] == session_id]

    async def participants(self) -> list[tuple[str, str, int]]:
        """(id, completion code, position of the scene) of everybody."""
        return await self._write(
            lambda db: [tuple(row) for row in db.execute("SELECT id, completion_code, scene FROM participants")]
        )

    async def pages(self) -> dict[str, str]:
        """The page that spoke last for each participant, by participant."""
        query = "SELECT detail FROM log WHERE kind = 'page_hello' ORDER BY id"
        told = await self._write(lambda db: [json.loads(detail) for (detail,) in db.execute(query)])
        return {one["participant_id"]: one["page_id"] for one in told}

    async def sessions(self) -> list[SessionRecord]:
        """All of them, oldest first."""
        query = "SELECT id FROM sessions ORDER BY rowid"
        found = await self._write(lambda db: [_session(db, session_id) for (session_id,) in db.execute(query)])
        return [one for one in found if one is not None]

    async def sealed_seats(self) -> dict[str, dict[int, set[int]]]:
        """Session -> episode -> seats that sealed it."""
        rows = await self._write(lambda db: db.execute("SELECT session_id, episode, seat FROM seals").fetchall())
        found: dict[str, dict[int, set[int]]] = {}
        for session_id, episode, seat in rows:
            found.setdefault(session_id, {}).setdefault(episode, set()).add(seat)
        return found

    async def newest_log(self, limit: int) -> list[tuple[float, str, dict[str, Any]]]:
        """(when, s since the epoch, kind, detail) of the last entries, oldest first."""
        query = "SELECT at_s, kind, detail FROM log ORDER BY id DESC LIMIT ?"
        rows = await self._write(lambda db: db.execute(query, (limit,)).fetchall())
        return [(at_s, kind, json.loads(detail)) for at_s, kind, detail in reversed(rows)]

    def session(self, session_id: str) -> SessionRecord | None:
        """From any thread."""
        with closing(self._reader()) as db:
            return _session(db, session_id)

    def sealed_episodes(self, session_id: str) -> list[int]:
        """Episodes that have at least one row."""
        with closing(self._reader()) as db:
            rows = db.execute(
                "SELECT DISTINCT episode FROM chunks WHERE session_id = ? AND kind = 'rows' ORDER BY episode",
                (session_id,),
            )
            return [episode for (episode,) in rows]

    def seals(self, session_id: str, episode: int) -> dict[int, dict[str, Any]]:
        """Seal by seat."""
        with closing(self._reader()) as db:
            rows = db.execute(
                "SELECT seat, seal FROM seals WHERE session_id = ? AND episode = ? ORDER BY seat", (session_id, episode)
            )
            return {seat: json.loads(text) for seat, text in rows}

    def rows(self, session_id: str, episode: int, seat: int, kind: str = "rows") -> list[str]:
        """Row texts of a kind in order, up to the first gap."""
        texts: list[str] = []
        with closing(self._reader()) as db:
            query = "SELECT first_frame, rows FROM chunks WHERE session_id = ? AND episode = ? AND seat = ? AND kind = ? ORDER BY seq"
            for first_frame, rows in db.execute(query, (session_id, episode, seat, kind)):
                if first_frame != len(texts):
                    break
                texts += rows.split("\n")
        return texts

    # ---- Helpers ----

    async def _write(self, change: Callable[[sqlite3.Connection], T]) -> T:
        def committed() -> T:
            try:
                with self._db:
                    changed = change(self._db)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & PRIMARY_CODE not in PASSING:
                    raise
                self.write_errors += 1
                raise StoreUnavailableError(str(error)) from error
            self.writes += 1
            return changed

        return await asyncio.get_running_loop().run_in_executor(self._writer, committed)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        known = db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] > 0
        if known and (found := db.execute("PRAGMA user_version").fetchone()[0]) != VERSION:
            raise StoreVersionError(
                f"{self._path} was written by another version of igym (tables {found}, this one has {VERSION}): give another --data-dir"
            )
        db.executescript(SCHEMA)
        db.execute(f"PRAGMA user_version = {VERSION}")
        return db

    def _reader(self) -> sqlite3.Connection:
        return sqlite3.connect(f"{self._path.as_uri()}?mode=ro", uri=True)


def _session(db: sqlite3.Connection, session_id: str) -> SessionRecord | None:
    row = db.execute(
        "SELECT id, scene_id, seed, members, state, reason, setup FROM sessions WHERE id = ?", (session_id,)
    ).fetchone()
    if row is None:
        return None
    return SessionRecord(row[0], row[1], row[2], tuple(json.loads(row[3])), row[4], row[5], json.loads(row[6]))


def _own_seat(db: sqlite3.Connection, participant_id: str, payload: Mapping[str, Any]) -> None:
    session = _session(db, payload["session_id"])
    seat = payload["seat"]
    if session is None or not 0 <= seat < len(session.members) or session.members[seat] != participant_id:
        raise RefusedDataError(
            "not_a_member", f"seat {seat} of session {payload['session_id']} is not this participant's"
        )


def _save_chunk(db: sqlite3.Connection, participant_id: str, chunk: Mapping[str, Any]) -> int:
    _own_seat(db, participant_id, chunk)
    rows: Sequence[str] = chunk["rows"]
    text = "\n".join(rows)
    if chunk["last_frame"] - chunk["first_frame"] + 1 != len(rows) or not rows or any("\n" in row for row in rows):
        raise RefusedDataError(
            "wrong_rows", f"{len(rows)} rows for frames {chunk['first_frame']}..{chunk['last_frame']}"
        )
    if hashlib.sha256(text.encode()).hexdigest() != chunk["sha256"]:
        raise RefusedDataError(
            "wrong_digest", f"chunk {chunk['seq']} arrived with another content than its digest says"
        )
    key = (chunk["session_id"], chunk["episode"], chunk["seat"], chunk["seq"])
    where = "session_id = ? AND episode = ? AND seat = ? AND seq = ?"
    known = db.execute(f"SELECT sha256 FROM chunks WHERE {where}", key).fetchone()  # noqa: S608 - constants
    if known is not None and known[0] != chunk["sha256"]:
        raise RefusedDataError(
            "conflict", f"another chunk {chunk['seq']} of episode {chunk['episode']} is stored already"
        )
    if known is None:
        values = (*key, chunk["kind"], chunk["first_frame"], chunk["last_frame"], chunk["sha256"], text)
        db.execute("INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)
    return _stored_upto(db, key[:3])


def _save_seal(db: sqlite3.Connection, participant_id: str, seal: Mapping[str, Any]) -> list[int]:
    _own_seat(db, participant_id, seal)
    key = (seal["session_id"], seal["episode"], seal["seat"])
    have = {
        seq for (seq,) in db.execute("SELECT seq FROM chunks WHERE session_id = ? AND episode = ? AND seat = ?", key)
    }
    if missing := list(itertools.islice((seq for seq in range(seal["chunks"]) if seq not in have), MISSING_TOLD)):
        return missing
    if (stored := _stored_upto(db, key) + 1) != seal["rows"]:
        raise RefusedDataError("wrong_rows", f"the seal says {seal['rows']} rows, {stored} are stored")
    text = json.dumps(seal, sort_keys=True)
    known = db.execute("SELECT seal FROM seals WHERE session_id = ? AND episode = ? AND seat = ?", key).fetchone()
    if known is not None and known[0] != text:
        raise RefusedDataError("conflict", f"another seal of episode {seal['episode']} is stored already")
    db.execute("INSERT OR IGNORE INTO seals VALUES (?, ?, ?, ?)", (*key, text))
    return []


def _stored_upto(db: sqlite3.Connection, key: Sequence[Any]) -> int:
    where = "session_id = ? AND episode = ? AND seat = ? AND kind = 'rows'"
    query = f"SELECT first_frame, last_frame FROM chunks WHERE {where} ORDER BY seq"  # noqa: S608 - constants
    upto = -1
    for first_frame, last_frame in db.execute(query, key):
        if first_frame != upto + 1:
            break
        upto = last_frame
    return upto
