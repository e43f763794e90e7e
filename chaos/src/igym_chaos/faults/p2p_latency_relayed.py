"""p2p.latency via U: a fixed delay on every packet of a page, both directions, at the UDP relay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from igym_chaos.fault import Effect, require_range
from igym_chaos.faults.p2p_latency import PeerLatency
from igym_chaos.impairment import Policy
from igym_chaos.relayed import Relayed
from igym_chaos.samples import Telemetry, Window


@dataclass(frozen=True)
class RelayedLatency(Relayed):
    """`page_ms`: delay of each packet in each direction; a round trip grows by twice that, however many ends are named."""

    kind: ClassVar[str] = "p2p.latency"
    knobs: ClassVar[tuple[str, ...]] = ("relay-delay",)

    page_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "page_ms", self.page_ms, 1, 10_000)

    def policy(self) -> Policy:
        return Policy(delay_ms=self.page_ms)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The round trips that the pages measured, and every decision as planned."""
        effect = PeerLatency(self.page_ms).effect(telemetry, on[:1], window, baseline)
        return replace(effect, in_band=effect.in_band and self.as_planned(self.decided(telemetry, window)))

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return PeerLatency(self.page_ms).recovered(telemetry, on, window, baseline)
