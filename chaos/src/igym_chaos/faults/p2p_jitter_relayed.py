"""p2p.jitter via U: each packet has a delay of its own, drawn from the seed; packets overtake each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, require_range
from igym_chaos.impairment import Policy
from igym_chaos.relayed import MINIMUM_PACKETS, ORACLE, Relayed, all_of, inversions
from igym_chaos.samples import Telemetry, Window

SHARE = 0.2


@dataclass(frozen=True)
class RelayedJitter(Relayed):
    """`page_ms` ± `jitter_ms`, uniform, for each packet in each direction."""

    kind: ClassVar[str] = "p2p.jitter"
    knobs: ClassVar[tuple[str, ...]] = ("relay-delay",)

    page_ms: float
    jitter_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "page_ms", self.page_ms, 1, 10_000)
        require_range(self.kind, "jitter_ms", self.jitter_ms, 1, self.page_ms)

    def policy(self) -> Policy:
        return Policy(delay_ms=self.page_ms, jitter_ms=self.jitter_ms)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """p95 - p5 of the one-way delays within 20 % of plan, and packets that overtook others."""
        spread_ms = 2 * self.jitter_ms * 0.9
        asked, band = {"p95_p5_ms": round(spread_ms, 1)}, ((1 - SHARE) * spread_ms, (1 + SHARE) * spread_ms)
        decided = self.decided(telemetry, window)
        packets = all_of(decided)
        delays = sorted(one.left_ms - one.t_ms for one, _ in packets if one.left_ms is not None)
        if len(delays) < MINIMUM_PACKETS:
            return self.too_few(asked, band, len(delays))
        found_ms = delays[int(0.95 * len(delays))] - delays[int(0.05 * len(delays))]
        overtaken = sum(inversions(packet for packet, _ in one) for one in decided.values())
        measured = {"p95_p5_ms": round(found_ms, 1), "inversions": float(overtaken)}
        in_band = band[0] <= found_ms <= band[1] and overtaken > 0
        return Effect(asked, measured, band, len(delays), in_band and self.as_planned(decided), ORACLE)
