"""p2p.flap: the peer path of a page goes away and comes back, again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, require_range
from igym_chaos.faults.p2p_blackout import PeerBlackout
from igym_chaos.peer_path import longest_silence_ms, passages, rules_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "packets received in each phase"
EDGE_MS = 300.0
"""After each change before a phase is judged: packets on their way, and the next look at the counters."""
IN_FLIGHT_PACKETS = 2
SILENT_SHARE = 0.4
"""Of a phase without a path: so much of it is seen at four looks a second, wherever they fall."""


@dataclass
class Phases:
    """What was done, and when, while the fault is in force."""

    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    off: list[Window] = field(default_factory=list)
    on: list[Window] = field(default_factory=list)


@dataclass(frozen=True)
class PeerFlap(Fault):
    """`off_s` away, `on_s` back, over and over until it is healed; seconds."""

    kind: ClassVar[str] = "p2p.flap"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("packetLoss",)
    minimum_window_s: ClassVar[float] = 4.0

    off_s: float
    on_s: float
    phases: Phases = field(default_factory=Phases, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        require_range(self.kind, "off_s", self.off_s, 1, 60)
        require_range(self.kind, "on_s", self.on_s, 1, 60)

    async def inject(self, on: Sequence[Subject]) -> None:
        rules_of(on)
        self.phases.tasks.append(asyncio.create_task(self._keep_flapping(on)))

    async def heal(self, on: Sequence[Subject]) -> None:
        for task in self.phases.tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        self.phases.tasks.clear()
        for rules in rules_of(on):
            await rules.reset("packetLoss")

    async def _keep_flapping(self, on: Sequence[Subject]) -> None:
        while True:
            for loss, phase_s, done in ((100.0, self.off_s, self.phases.off), (0.0, self.on_s, self.phases.on)):
                for rules in rules_of(on):
                    await rules.set(packetLoss=loss)
                start_ms = time.monotonic() * 1000.0
                await asyncio.sleep(phase_s)
                done.append(Window(start_ms + EDGE_MS, time.monotonic() * 1000.0))

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Nothing arrived in any phase without a path, something in each with one."""
        asked, band = {"phases_wrong": 0.0}, (0.0, 0.0)
        off = [one for one in self.phases.off if one.end_ms <= window.end_ms]
        back = [one for one in self.phases.on if one.end_ms <= window.end_ms]
        got_off = [sum(one.received for one in passages(telemetry, on, phase)) for phase in off]
        got_on = [sum(one.received for one in passages(telemetry, on, phase)) for phase in back]
        wrong = sum(got > IN_FLIGHT_PACKETS for got in got_off) + sum(got == 0 for got in got_on)
        measured = {"phases_wrong": float(wrong), "off": float(len(off)), "on": float(len(back))}
        seen = bool(off) and bool(back)
        note = "" if seen else "no whole phase of each kind was seen"
        return Effect(asked, measured, band, len(off) + len(back), wrong == 0 and seen, ORACLE, note)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Packets arrive, and go on arriving: a path that still comes and goes would be there at the first look."""
        back = PeerBlackout().recovered(telemetry, on, window, baseline)
        silent_ms = max((longest_silence_ms(telemetry, name, window) for name in on), default=0.0)
        measured = {**back.measured, "silent_ms": round(silent_ms, 0)}
        return replace(back, measured=measured, in_band=back.in_band and silent_ms < SILENT_SHARE * 1000 * self.off_s)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return PeerBlackout().untouched(telemetry, others, window, baseline)
