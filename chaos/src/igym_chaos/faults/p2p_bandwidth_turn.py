"""p2p.bandwidth via R: the way to the relay carries so many bytes a second; what does not fit waits, nothing is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, require_range
from igym_chaos.faults.p2p_bandwidth import PeerBandwidth
from igym_chaos.samples import Telemetry, Window
from igym_chaos.turn_path import TurnPathFault

UNIT = 1000


@dataclass(frozen=True)
class TurnBandwidth(TurnPathFault):
    """`bytes_s`: in each direction, thousands only, Toxiproxy counts in them. The game must offer more than that."""

    kind: ClassVar[str] = "p2p.bandwidth"
    toxic: ClassVar[str] = "bandwidth"
    minimum_window_s: ClassVar[float] = 5.0

    bytes_s: float

    def __post_init__(self) -> None:
        require_range(self.kind, "bytes_s", self.bytes_s, UNIT, 1e7)
        if self.bytes_s % UNIT:
            raise ValueError(f"{self.kind} via R: bytes_s is {self.bytes_s!r}; give a multiple of {UNIT}")

    def attributes(self) -> Mapping[str, int]:
        return {"rate": round(self.bytes_s / UNIT)}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return PeerBandwidth(self.bytes_s).effect(telemetry, on, window, baseline)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return PeerBandwidth(self.bytes_s).recovered(telemetry, on, window, baseline)
