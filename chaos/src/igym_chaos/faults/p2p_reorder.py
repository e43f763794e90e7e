"""p2p.reorder: some packets are held back so long that later ones overtake them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.bands import share_band
from igym_chaos.fault import Effect, require_range
from igym_chaos.impairment import Policy
from igym_chaos.relayed import MINIMUM_PACKETS, ORACLE, Relayed, all_of, inversions
from igym_chaos.samples import Telemetry, Window


@dataclass(frozen=True)
class PeerReorder(Relayed):
    """`percent` of the packets in each direction leave `hold_ms` later than they would."""

    kind: ClassVar[str] = "p2p.reorder"
    knobs: ClassVar[tuple[str, ...]] = ("relay-order",)

    percent: float
    hold_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "percent", self.percent, 1, 60)
        require_range(self.kind, "hold_ms", self.hold_ms, 20, 1_000)

    def policy(self) -> Policy:
        return Policy(reorder=self.percent / 100, hold_ms=self.hold_ms)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The share that was held, and that others did overtake them."""
        decided = self.decided(telemetry, window)
        packets = all_of(decided)
        asked, band = {"percent": self.percent}, share_band(self.percent, len(packets))
        if len(packets) < MINIMUM_PACKETS:
            return self.too_few(asked, band, len(packets))
        held = 100 * sum(fate.held for _, fate in packets) / len(packets)
        overtaken = sum(inversions(packet for packet, _ in one) for one in decided.values())
        measured = {"percent": round(held, 2), "inversions": float(overtaken)}
        return Effect(
            asked,
            measured,
            band,
            len(packets),
            band[0] <= held <= band[1] and overtaken > 0 and self.as_planned(decided),
            ORACLE,
        )
