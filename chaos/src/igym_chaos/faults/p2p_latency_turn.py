"""p2p.latency via R: a fixed delay on every byte between a page and the relay, both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, require_range
from igym_chaos.faults.p2p_latency import PeerLatency
from igym_chaos.samples import Telemetry, Window
from igym_chaos.turn_path import TurnPathFault


@dataclass(frozen=True)
class TurnLatency(TurnPathFault):
    """`page_ms`: delay in each direction, whole ms; the round trip of its links grows by twice that, by four times if both ends have it."""

    kind: ClassVar[str] = "p2p.latency"
    toxic: ClassVar[str] = "latency"
    minimum_window_s: ClassVar[float] = 3.0

    page_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "page_ms", self.page_ms, 1, 10_000)

    def attributes(self) -> Mapping[str, int]:
        return {"latency": round(self.page_ms), "jitter": 0}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return self._judged().effect(telemetry, on, window, baseline)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return self._judged().recovered(telemetry, on, window, baseline)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return self._judged().untouched(telemetry, others, window, baseline)

    def _judged(self) -> PeerLatency:
        """What the pages measure is the same, whatever delays them."""
        return PeerLatency(self.page_ms)
