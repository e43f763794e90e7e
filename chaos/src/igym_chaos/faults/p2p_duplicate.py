"""p2p.duplicate: some packets arrive twice; the transport must swallow the second."""

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
class PeerDuplicate(Relayed):
    """`percent` of the packets in each direction are sent on twice, 2 ms apart."""

    kind: ClassVar[str] = "p2p.duplicate"
    knobs: ClassVar[tuple[str, ...]] = ("relay-copies",)

    percent: float

    def __post_init__(self) -> None:
        require_range(self.kind, "percent", self.percent, 1, 60)

    def policy(self) -> Policy:
        return Policy(duplicate=self.percent / 100)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The share of doubled packets, and that the browsers counted as many more arrivals than were sent."""
        decided = self.decided(telemetry, window)
        packets = all_of(decided)
        asked, band = {"percent": self.percent}, share_band(self.percent, len(packets))
        if len(packets) < MINIMUM_PACKETS:
            return self.too_few(asked, band, len(packets))
        doubled = 100 * sum(fate.copies > 1 for _, fate in packets) / len(packets)
        found = passages(telemetry, on, window)
        sent, received = sum(one.sent for one in found), sum(one.received for one in found)
        more = 100 * (received / sent - 1) if sent else 0.0
        measured = {"percent": round(doubled, 2), "counted_percent": round(more, 2)}
        in_band = band[0] <= doubled <= band[1] and abs(more - doubled) <= WITNESS_POINTS
        return Effect(asked, measured, band, len(packets), in_band and self.as_planned(decided), ORACLE)
