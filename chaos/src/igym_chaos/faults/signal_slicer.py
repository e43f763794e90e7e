"""signal.slicer: what the server sends arrives in small pieces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import ClassVar

from igym_chaos.fault import Effect, require_range, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_path import MINIMUM_PROBES, ORACLE, ServerPathFault, normal_bytes, probes

FACTOR = 5.0


@dataclass(frozen=True)
class SignalSlicer(ServerPathFault):
    """`bytes`: size of a piece; `delay_ms`: time between two."""

    kind: ClassVar[str] = "signal.slicer"
    toxic: ClassVar[str] = "slicer"
    streams: ClassVar[tuple[str, ...]] = ("downstream",)
    minimum_window_s: ClassVar[float] = 4.0  # a sliced answer takes its time

    bytes: float
    delay_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "bytes", self.bytes, 2, 100_000)
        require_range(self.kind, "delay_ms", self.delay_ms, 1, 1_000)

    def attributes(self) -> Mapping[str, int]:
        return {"average_size": round(self.bytes), "size_variation": 1, "delay": round(1000 * self.delay_ms)}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Each answer came in at least five times as many reads as before, and whole."""
        asked, band = {"reads": FACTOR}, (FACTOR, float("inf"))
        wanted, before = normal_bytes(telemetry, on, baseline), probes(telemetry, on, baseline)
        found = [one for one in probes(telemetry, on, window) if one.end == "fin"]
        if wanted is None or len(found) < MINIMUM_PROBES:
            return unmeasured(asked, band, oracle=ORACLE, note=f"{len(found)} whole answers", n=len(found))
        factor = min(one.reads for one in found) / max(1.0, median(one.reads for one in before))
        whole = all(one.received == wanted for one in found)
        return Effect(asked, {"reads": round(factor, 1)}, band, len(found), factor >= FACTOR and whole, ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """As with every fault of the path, and in as few reads as before: small slices are quick, and whole in the end."""
        back = super().recovered(telemetry, on, window, baseline)
        before, after = (probes(telemetry, on, one) for one in (baseline, window))
        if not back.measured or not before:
            return back
        factor = max(one.reads for one in after) / max(1.0, median(one.reads for one in before))
        return replace(
            back, measured={**back.measured, "reads": round(factor, 1)}, in_band=back.in_band and factor < FACTOR
        )
