"""p2p.bandwidth: the rate of a page's network is capped; more than the cap waits, then is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, require_range, unmeasured
from igym_chaos.peer_path import passages, rates_bytes_s, rules_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "transport bytes that arrived per second"
OVER = 1.1
PASSES_AGAIN = 0.9


@dataclass(frozen=True)
class PeerBandwidth(Fault):
    """`bytes_s`: bytes a second in each direction of the page. The game must offer more than that for it to mean anything."""

    kind: ClassVar[str] = "p2p.bandwidth"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("throughput",)
    minimum_window_s: ClassVar[float] = 5.0

    bytes_s: float

    def __post_init__(self) -> None:
        require_range(self.kind, "bytes_s", self.bytes_s, 500, 1e7)

    async def inject(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.set(downloadThroughput=self.bytes_s, uploadThroughput=self.bytes_s)

    async def heal(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.reset("downloadThroughput", "uploadThroughput")

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """What arrived from the page stays below the cap, while more was offered before the fault."""
        asked, band = {"bytes_s": self.bytes_s}, (1.0, OVER * self.bytes_s)
        before, during = (rates_bytes_s(telemetry, on, one) for one in (baseline, window))
        if not before or not during:
            return unmeasured(asked, band, oracle=ORACLE, note="no samples of both ends")
        measured = {"bytes_s": round(max(during), 0), "baseline_bytes_s": round(min(before), 0)}
        n = sum(one.received for one in passages(telemetry, on, window))
        if min(before) <= OVER * self.bytes_s:
            return Effect(
                asked, measured, band, n, in_band=False, oracle=ORACLE, note="the game offers less than the cap"
            )
        return Effect(asked, measured, band, n, band[0] <= max(during) <= band[1], ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        before, after = (rates_bytes_s(telemetry, on, one) for one in (baseline, window))
        if not before or not after:
            return unmeasured({}, (0.0, 0.0), oracle=ORACLE, note="no samples of both ends after the heal")
        asked, band = {"bytes_s": round(min(before), 0)}, (PASSES_AGAIN * min(before), float("inf"))
        n = sum(one.received for one in passages(telemetry, on, window))
        return Effect(asked, {"bytes_s": round(min(after), 0)}, band, n, min(after) >= band[0], ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        between = [one for one in passages(telemetry, others, window) if {one.sender, one.receiver} <= set(others)]
        return sorted({one.sender for one in between if one.sent and one.received < PASSES_AGAIN * one.sent})
