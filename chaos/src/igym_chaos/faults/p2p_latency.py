"""p2p.latency: a fixed delay on everything that a page sends to and receives from its peers; the server path is spared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from igym_chaos.bands import latency_band
from igym_chaos.fault import Effect, Fault, require_range, unmeasured
from igym_chaos.peer_path import MINIMUM_PINGS, decile, rtts, rules_of, stun_rtt_ms
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "peer ping lowest decile over baseline"
BACK_TO_BASELINE_MS = 20.0
"""After the heal, and at others: a lowest decile this far above the baseline is still a fault."""


@dataclass(frozen=True)
class PeerLatency(Fault):
    """`page_ms`: delay of each packet in each direction at the page; the round trip of its links grows by twice that."""

    kind: ClassVar[str] = "p2p.latency"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("latency",)
    minimum_window_s: ClassVar[float] = 3.0

    page_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "page_ms", self.page_ms, 1, 10_000)

    async def inject(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.set(latency=self.page_ms)

    async def heal(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.reset("latency")

    @staticmethod
    def low(values: Sequence[float]) -> float:
        """Of round trips: what they take when nothing but the path is slow."""
        return decile(values)

    def shift_ms(self, ends: int) -> float:
        """How far the lowest decile of a link's round trips moves when so many of its ends have the fault."""
        return 2.0 * self.page_ms * ends

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        asked_ms = self.shift_ms(2 if len(on) > 1 else 1)
        asked, band = {"rtt_ms": asked_ms}, latency_band(asked_ms)
        before, during = rtts(telemetry, on, baseline), rtts(telemetry, on, window)
        if not before or len(during) < MINIMUM_PINGS:
            note = f"{len(before)} pings before and {len(during)} during the fault; {MINIMUM_PINGS} are needed"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=len(during))
        added = self.low(during) - self.low(before)
        measured = {
            "rtt_ms": round(added, 2),
            "baseline_ms": round(self.low(before), 2),
            "p50_ms": round(median(during), 2),
        }
        witness = stun_rtt_ms(telemetry, on, window)
        if witness is not None:
            measured["stun_rtt_ms"] = round(witness, 2)
        return Effect(asked, measured, band, len(during), band[0] <= added <= band[1], ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        asked, band = {"rtt_ms": 0.0}, (-BACK_TO_BASELINE_MS, BACK_TO_BASELINE_MS)
        before, after = rtts(telemetry, on, baseline), rtts(telemetry, on, window)
        if not before or not after:
            return unmeasured(
                asked, band, oracle=ORACLE, note="no ping before the fault, or none after the heal", n=len(after)
            )
        added = self.low(after) - self.low(before)
        return Effect(asked, {"rtt_ms": round(added, 2)}, band, len(after), abs(added) <= BACK_TO_BASELINE_MS, ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        # A link has two ends: only links between two others can show that a fault reached somebody it was not aimed at.
        return [
            name
            for name in others
            if set(telemetry.peers(name)) <= set(others) and self._touched(telemetry, name, window, baseline)
        ]

    def _touched(self, telemetry: Telemetry, name: str, window: Window, baseline: Window) -> bool:
        before, during = rtts(telemetry, [name], baseline), rtts(telemetry, [name], window)
        return bool(before and during) and self.low(during) - self.low(before) > BACK_TO_BASELINE_MS
