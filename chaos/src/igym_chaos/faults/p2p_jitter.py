"""p2p.jitter: the delay at a page changes ten times a second, drawn from a seed; in steps, so packets keep their order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import ClassVar

from igym_chaos.cdp import NetworkRules
from igym_chaos.draws import share, stream
from igym_chaos.fault import Effect, require_range
from igym_chaos.faults.p2p_latency import PeerLatency
from igym_chaos.peer_path import MINIMUM_PINGS, quartile, rtts, rules_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

STEP_S = 0.1
ONE_END, BOTH_ENDS = 2.0, 2.343
"""p75 - p25 of a round trip in units of jitter_ms: uniform over ±2 jitter_ms, or the sum of two such. Quartiles, because under loss one
ping in ten is a retransmission, which says nothing about jitter."""
SHARE, FLOOR_MS = 0.2, 5.0


@dataclass
class Stepping:
    """The tasks of one fault while it is in force."""

    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    acknowledged: int = 0


@dataclass(frozen=True)
class PeerJitter(PeerLatency):
    """`page_ms` ± `jitter_ms`, uniform, for each packet in each direction at the page; `seed` draws the steps."""

    kind: ClassVar[str] = "p2p.jitter"

    jitter_ms: float = 0.0
    seed: int = 0
    stepping: Stepping = field(default_factory=Stepping, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        super().__post_init__()
        require_range(self.kind, "jitter_ms", self.jitter_ms, 1, self.page_ms)

    async def inject(self, on: Sequence[Subject]) -> None:
        await super().inject(on)
        for subject, rules in zip(on, rules_of(on), strict=True):
            self.stepping.tasks.append(asyncio.create_task(self._step(subject.name, rules)))

    async def heal(self, on: Sequence[Subject]) -> None:
        for task in self.stepping.tasks:
            task.cancel()
        for task in self.stepping.tasks:
            with suppress(asyncio.CancelledError):
                await task  # a step that failed is told here
        self.stepping.tasks.clear()
        await super().heal(on)

    @staticmethod
    def low(values: Sequence[float]) -> float:
        """The lower quartile: half the spread below the middle, as jitter has it."""
        return quartile(values)

    def shift_ms(self, ends: int) -> float:
        return super().shift_ms(ends) - self.spread_ms(ends) / 2

    def spread_ms(self, ends: int) -> float:
        """Between the quartiles of a link's round trips."""
        return self.jitter_ms * (BOTH_ENDS if ends > 1 else ONE_END)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The lower quartile as of a latency, and the spread of the round trips within 20 % and 5 ms of what the steps must give."""
        shifted = super().effect(telemetry, on, window, baseline)
        spread_ms = self.spread_ms(len(on))
        asked = {**shifted.asked, "spread_ms": round(spread_ms, 1)}
        during = sorted(rtts(telemetry, on, window))
        if not shifted.measured or len(during) < MINIMUM_PINGS:
            return replace(shifted, asked=asked)
        found_ms = during[int(0.75 * len(during))] - during[int(0.25 * len(during))]
        measured = {**shifted.measured, "spread_ms": round(found_ms, 1), "steps": float(self.stepping.acknowledged)}
        margin = SHARE * spread_ms + FLOOR_MS
        return replace(
            shifted, asked=asked, measured=measured, in_band=shifted.in_band and abs(found_ms - spread_ms) <= margin
        )

    async def _step(self, name: str, rules: NetworkRules) -> None:
        start = stream(self.seed, "", self.kind, name, "both", "latency")
        for index in range(2**31):
            await asyncio.sleep(STEP_S)
            await rules.set(latency=self.page_ms + self.jitter_ms * (2.0 * share(start, index) - 1.0))
            self.stepping.acknowledged += 1
