"""p2p.queue: what a page sends meets a rate cap with a short queue: instead of waiting, packets are lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, require_range, unmeasured
from igym_chaos.faults.p2p_loss import PeerLoss
from igym_chaos.peer_path import MINIMUM_PINGS, mean_packet_bytes, passages, rtts, rules_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "transport packets sent against received, and peer ping p50 against a full queue"
LOST_PERCENT = 10.0
MINIMUM_PACKETS = 200
SHORT_PACKETS = 50
OVER = 4.0
"""Measured at 4,000 bytes a second: 2.8, 2.9 and 3.4 times a full queue of 5 packets at 75 to 80 % loss (under loss the channel's own congestion
control holds pings back too), 0.46 to 0.66 s; without a short queue 1.58 s, which would be 18 times."""


@dataclass(frozen=True)
class PeerQueue(Fault):
    """`bytes_s` that leave the page a second, `queue_packets` that may wait; the game must offer more. CDP bounds the sending side only (B18)."""

    kind: ClassVar[str] = "p2p.queue"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("throughput", "packetQueueLength")
    minimum_window_s: ClassVar[float] = 6.0

    bytes_s: float
    queue_packets: float

    def __post_init__(self) -> None:
        require_range(self.kind, "bytes_s", self.bytes_s, 500, 1e7)
        require_range(self.kind, "queue_packets", self.queue_packets, 1, SHORT_PACKETS)
        if self.queue_packets != round(self.queue_packets):
            raise ValueError(f"{self.kind}: queue_packets is {self.queue_packets!r}; give a whole number")

    async def inject(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.set(uploadThroughput=self.bytes_s, packetQueueLength=round(self.queue_packets))

    async def heal(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.reset("uploadThroughput", "packetQueueLength")

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """More than a tenth of what the page sent is lost, and what arrives waited no longer than a full queue takes to leave."""
        asked, band = {"percent": LOST_PERCENT}, (LOST_PERCENT, 100.0)
        found = [one for one in passages(telemetry, on, window) if one.sender in on]
        before, during = rtts(telemetry, on, baseline), rtts(telemetry, on, window)
        packet = mean_packet_bytes(telemetry, on, window)
        sent, received = sum(one.sent for one in found), sum(one.received for one in found)
        if sent < MINIMUM_PACKETS or not before or len(during) < MINIMUM_PINGS or packet is None:
            note = f"{sent} packets and {len(during)} pings; {MINIMUM_PACKETS} and {MINIMUM_PINGS} are needed"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=sent)
        lost = 100 * (1 - received / sent)
        full_ms = 1000.0 * self.queue_packets * packet / self.bytes_s * (2 if len(on) > 1 else 1)
        added = median(during) - median(before)
        measured = {"percent": round(lost, 2), "rtt_ms": round(added, 1), "full_queue_ms": round(full_ms, 1)}
        soon = added <= OVER * full_ms
        note = "" if soon else f"what arrives is late: more than {OVER:g} times a full queue"
        return Effect(asked, measured, band, sent, lost > LOST_PERCENT and soon, ORACLE, note)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return PeerLoss(LOST_PERCENT).recovered(telemetry, on, window, baseline)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return PeerLoss(LOST_PERCENT).untouched(telemetry, others, window, baseline)
