"""signal.bandwidth: the server path carries so many bytes a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from igym_chaos.fault import Effect, require_range, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_path import MINIMUM_PROBES, ORACLE, ServerPathFault, probes

UNIT = 1000
OVER = 1.1
SLICE_S = 0.1


@dataclass(frozen=True)
class SignalBandwidth(ServerPathFault):
    """`bytes_s`: thousands only, Toxiproxy counts in them."""

    kind: ClassVar[str] = "signal.bandwidth"
    toxic: ClassVar[str] = "bandwidth"
    minimum_window_s: ClassVar[float] = 4.0  # two answers at that rate

    bytes_s: float

    def __post_init__(self) -> None:
        require_range(self.kind, "bytes_s", self.bytes_s, UNIT, 1e8)
        if self.bytes_s % UNIT:
            raise ValueError(f"{self.kind}: bytes_s is {self.bytes_s!r}; give a multiple of {UNIT}")

    def attributes(self) -> Mapping[str, int]:
        return {"rate": round(self.bytes_s / UNIT)}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Bytes a second of each connection, at least one of which was slowed; the first 100 ms worth may come at once."""
        asked, band = {"bytes_s": self.bytes_s}, (1.0, OVER * self.bytes_s)
        found = [one for one in probes(telemetry, on, window) if one.received > 0]
        if len(found) < MINIMUM_PROBES:
            return unmeasured(asked, band, oracle=ORACLE, note=f"{len(found)} connections with an answer", n=len(found))
        rates = [max(0.0, one.received - SLICE_S * self.bytes_s) / (one.total_ms / 1000.0) for one in found]
        return Effect(
            asked, {"bytes_s": round(median(rates), 0)}, band, len(found), band[0] <= median(rates) <= band[1], ORACLE
        )
