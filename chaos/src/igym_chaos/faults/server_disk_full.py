"""server.disk-full: the server's database cannot grow: every chunk of rows is turned away by SQLite itself, until the heal."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from igym_chaos.fault import Effect, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_faults import ServerFault, server_of
from igym_chaos.subjects import Subject

ORACLE = "the store's own counters of writes and of writes that failed"
EVERY_S = 0.25
LOOKS = 28
"""At most, after the heal: pages wait up to 5 s before they try again."""


@dataclass
class Counted:
    """The store's counters at the injection, at the heal, and a little later."""

    before: dict[str, float] | None = None
    at_heal: dict[str, float] | None = None
    after: dict[str, float] | None = None
    healed_ms: float | None = None


@dataclass(frozen=True)
class ServerDiskFull(ServerFault):
    """No parameters."""

    kind: ClassVar[str] = "server.disk-full"
    knobs: ClassVar[tuple[str, ...]] = ("database-size",)
    minimum_window_s: ClassVar[float] = 2.0
    heal_s: ClassVar[float] = EVERY_S * LOOKS

    counted: Counted = field(default_factory=Counted, init=False, repr=False, compare=False)

    async def inject(self, on: Sequence[Subject]) -> None:
        self.counted.before = await server_of(on).hinder(full=True)

    async def heal(self, on: Sequence[Subject]) -> None:
        """Lets it grow, then looks whether it does."""
        server = server_of(on)
        self.counted.at_heal = await server.hinder(full=False)
        self.counted.healed_ms = time.monotonic() * 1000.0
        for _ in range(LOOKS):
            await asyncio.sleep(EVERY_S)
            self.counted.after = await server.hinder()
            if self.counted.after["writes"] > self.counted.at_heal["writes"]:
                return

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Writes failed between the injection and the heal."""
        asked, band = {"write_errors": 1.0}, (1.0, float("inf"))
        before, until = self.counted.before, self.counted.at_heal
        if before is None or until is None:
            return unmeasured(asked, band, oracle=ORACLE, note="the store was not asked before and after")
        errors = until["write_errors"] - before["write_errors"]
        return Effect(asked, {"write_errors": errors}, band, int(errors), errors >= 1.0, ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Writes succeed, none fails any more, and the server answers as before."""
        answers = super().recovered(telemetry, on, window, baseline)
        asked = {"writes": 1.0, "write_errors": 0.0, **answers.asked}
        since, until, healed_ms = self.counted.at_heal, self.counted.after, self.counted.healed_ms
        if since is None or until is None or healed_ms is None or healed_ms > window.start_ms:
            note = "the database was not let grow before the window, or the store was not asked after that"
            return unmeasured(asked, answers.band, oracle=ORACLE, note=note)
        grown = {name: until[name] - since[name] for name in ("writes", "write_errors")}
        in_band = answers.in_band and grown["writes"] >= 1.0 and grown["write_errors"] == 0.0
        return Effect(asked, {**grown, **answers.measured}, answers.band, answers.n, in_band, ORACLE, answers.note)
