"""What an earlier run of the server left in the store, as the coordinator takes it over, and what its files still lack."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any, cast, get_args

from igym import lifecycle
from igym.exports import Exporter
from igym.state import Participant, Session
from igym.store import SessionRecord, Store

OVER = ("completed", "cut")


@dataclass(frozen=True)
class Left:
    """What was found. Sessions newest first."""

    people: list[Participant]
    sessions: list[Session]
    unwritten: Set[str]
    """Sessions that are over and whose files, or certificates, are not all there."""


async def left(store: Store, exporter: Exporter, *, certify: bool) -> Left:
    """Reads it, and clears away what is half written. `certify`: whether a session that is over has certificates."""
    await asyncio.to_thread(exporter.sweep)
    pages = await store.pages()
    people = [Participant(one, code, scene, page_id=pages.get(one)) for one, code, scene in await store.participants()]
    sealed = await store.sealed_seats()
    records = await store.sessions()
    over = [one.id for one in records if one.state in OVER]
    lacking = {one for one in over if not await asyncio.to_thread(exporter.is_whole, one, certified=certify)}
    return Left(people, [session_of(one, sealed.get(one.id, {})) for one in reversed(records)], lacking)


def session_of(record: SessionRecord, sealed: dict[int, set[int]]) -> Session:
    """Raises ValueError for a state that this version does not know."""
    if record.state not in get_args(lifecycle.SessionState):
        raise ValueError(f"session {record.id} is stored as {record.state!r}")
    state = cast("lifecycle.SessionState", record.state)
    return Session(record.id, record.scene_id, record.seed, record.members, state, record.reason, sealed=sealed)


async def events(store: Store, limit: int) -> list[Mapping[str, Any]]:
    """The event log of earlier runs, as the desk keeps it: by the clock that does not jump, ms."""
    since_boot_s = time.time() - time.monotonic()
    newest = await store.newest_log(limit)
    return [{"kind": kind, "monotonic_ms": (at_s - since_boot_s) * 1000.0, **detail} for at_s, kind, detail in newest]
