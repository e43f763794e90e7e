"""server.db-locked: somebody else holds the write lock of the server's database: nothing is stored until it is let go."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_faults import ServerFault, server_of
from igym_chaos.subjects import Subject

ORACLE = "a second writer's attempts to lock the database"
EVERY_S = 0.25
LOOKS_AFTER = 4
LOCK_WAIT_S = 10.0
MINIMUM_LOOKS = 4


@dataclass
class Holding:
    """The lock of one fault while it is in force, and what attempts to get it found."""

    connection: sqlite3.Connection | None = None
    looking: asyncio.Task[None] | None = None
    looks: list[tuple[float, bool]] = field(default_factory=list)
    """(time ms, whether another writer held it)."""
    free_ms: float | None = None
    """When it was let go."""


@dataclass(frozen=True)
class ServerDbLocked(ServerFault):
    """No parameters. The server itself waits 5 s for the lock, so a window above that makes it refuse."""

    kind: ClassVar[str] = "server.db-locked"
    knobs: ClassVar[tuple[str, ...]] = ("database-lock",)
    minimum_window_s: ClassVar[float] = 2.0

    holding: Holding = field(default_factory=Holding, init=False, repr=False, compare=False)

    async def inject(self, on: Sequence[Subject]) -> None:
        database = server_of(on).database
        self.holding.connection = await asyncio.to_thread(_locked, database)
        self.holding.looking = asyncio.create_task(self._look(database))

    async def heal(self, on: Sequence[Subject]) -> None:
        """Lets go, then looks a few times more."""
        held, self.holding.connection = self.holding.connection, None
        if held is None:
            return
        await asyncio.to_thread(_let_go, held)
        self.holding.free_ms = time.monotonic() * 1000.0
        for _ in range(LOOKS_AFTER):
            await asyncio.sleep(EVERY_S)
        assert self.holding.looking is not None
        self.holding.looking.cancel()
        await asyncio.gather(self.holding.looking, return_exceptions=True)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Nobody else could begin to write, at any look."""
        return self._looked(window, held=True)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Let go before the window, free at the looks after that (the server may be writing at one), and the server answers as before."""
        answers = super().recovered(telemetry, on, window, baseline)
        free = [not held for _, held in self.holding.looks[-LOOKS_AFTER:]]
        asked, measured = {"free": 1.0, **answers.asked}, {"free": float(sum(free)), **answers.measured}
        in_time = self.holding.free_ms is not None and self.holding.free_ms <= window.start_ms
        note = answers.note if in_time else "the lock was not let go before the window"
        return Effect(asked, measured, answers.band, answers.n, in_time and any(free) and answers.in_band, ORACLE, note)

    def _looked(self, window: Window, *, held: bool) -> Effect:
        asked, band = {"locked": 1.0}, (1.0, 1.0)
        found = [locked for t_ms, locked in self.holding.looks if window.holds(t_ms)]
        if len(found) < MINIMUM_LOOKS:
            note = f"{len(found)} looks; {MINIMUM_LOOKS} are needed"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=len(found))
        share = sum(one is held for one in found) / len(found)
        return Effect(asked, {"locked": round(share, 3)}, band, len(found), share == 1.0, ORACLE)

    async def _look(self, database: Path) -> None:
        while True:
            locked = await asyncio.to_thread(_is_locked, database)
            self.holding.looks.append((time.monotonic() * 1000.0, locked))
            await asyncio.sleep(EVERY_S)


def _locked(database: Path) -> sqlite3.Connection:
    """A connection that holds the write lock. Raises InjectorError if it cannot be had."""
    if not database.is_file():
        raise InjectorError(f"the server's database is not at {database}")
    connection = sqlite3.connect(database, timeout=LOCK_WAIT_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        connection.close()
        raise InjectorError(
            f"the write lock of {database} was not to be had within {LOCK_WAIT_S:g} s: {error}"
        ) from error
    return connection


def _let_go(connection: sqlite3.Connection) -> None:
    connection.execute("ROLLBACK")
    connection.close()


def _is_locked(database: Path) -> bool:
    with closing(sqlite3.connect(database, timeout=0.0, isolation_level=None)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
        other.execute("ROLLBACK")
        return False
