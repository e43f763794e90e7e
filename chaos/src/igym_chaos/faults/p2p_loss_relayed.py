"""p2p.loss via U: each packet of a page is dropped with a fixed probability, both directions, at the UDP relay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.bands import share_band
from igym_chaos.fault import Effect, require_range
from igym_chaos.impairment import Policy
from igym_chaos.peer_path import passages
from igym_chaos.relayed import MINIMUM_PACKETS, ORACLE, Relayed, all_of
from igym_chaos.samples import Telemetry, Window

WITNESS_POINTS = 3.0
"""How far the browsers' own counters may lie from the ledger: packets in flight at the window's edges."""


@dataclass(frozen=True)
class RelayedLoss(Relayed):
    """`percent` of the packets in each direction, whether one end is named or both."""

    kind: ClassVar[str] = "p2p.loss"
    knobs: ClassVar[tuple[str, ...]] = ("relay-loss",)

    percent: float

    def __post_init__(self) -> None:
        require_range(self.kind, "percent", self.percent, 1, 60)

    def policy(self) -> Policy:
        return Policy(loss=self.percent / 100)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The ledger's share in its band, every decision as planned, and the browsers' counters agree."""
        decided = self.decided(telemetry, window)
        packets = all_of(decided)
        asked, band = {"percent": self.percent}, share_band(self.percent, len(packets))
        if len(packets) < MINIMUM_PACKETS:
            return self.too_few(asked, band, len(packets))
        lost = 100 * sum(fate.dropped for _, fate in packets) / len(packets)
        found = passages(telemetry, on, window)
        sent, received = sum(one.sent for one in found), sum(one.received for one in found)
        counted = 100 * (1 - received / sent) if sent else 0.0
        measured = {"percent": round(lost, 2), "counted_percent": round(counted, 2)}
        in_band = band[0] <= lost <= band[1] and abs(counted - lost) <= WITNESS_POINTS
        return Effect(asked, measured, band, len(packets), in_band and self.as_planned(decided), ORACLE)
