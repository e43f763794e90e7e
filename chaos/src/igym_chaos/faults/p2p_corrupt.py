"""p2p.corrupt: a bit of some packets is wrong; DTLS must throw those packets away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.bands import share_band
from igym_chaos.fault import Effect, require_range
from igym_chaos.impairment import Policy
from igym_chaos.relayed import MINIMUM_PACKETS, ORACLE, Relayed, all_of
from igym_chaos.samples import Telemetry, Window


@dataclass(frozen=True)
class PeerCorrupt(Relayed):
    """`percent` of the packets in each direction are sent on with one bit flipped; for the application they are lost."""

    kind: ClassVar[str] = "p2p.corrupt"
    knobs: ClassVar[tuple[str, ...]] = ("relay-content",)

    percent: float

    def __post_init__(self) -> None:
        require_range(self.kind, "percent", self.percent, 1, 40)

    def policy(self) -> Policy:
        return Policy(corrupt=self.percent / 100)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The share of packets that left damaged."""
        decided = self.decided(telemetry, window)
        packets = all_of(decided)
        asked, band = {"percent": self.percent}, share_band(self.percent, len(packets))
        if len(packets) < MINIMUM_PACKETS:
            return self.too_few(asked, band, len(packets))
        damaged = 100 * sum(fate.corrupted for packet, fate in packets if not packet.dropped) / len(packets)
        in_band = band[0] <= damaged <= band[1]
        return Effect(
            asked, {"percent": round(damaged, 2)}, band, len(packets), in_band and self.as_planned(decided), ORACLE
        )
