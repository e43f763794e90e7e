"""signal.slow-close: the end of a connection arrives late, its data does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import ClassVar

from igym_chaos.fault import Effect, require_range, unmeasured
from igym_chaos.samples import ProbeSample, Telemetry, Window
from igym_chaos.server_path import MINIMUM_PROBES, ORACLE, ServerPathFault, probes

SHARE, FLOOR_MS = 0.1, 20.0


@dataclass(frozen=True)
class SignalSlowClose(ServerPathFault):
    """`delay_ms` between the last byte and the end."""

    kind: ClassVar[str] = "signal.slow-close"
    toxic: ClassVar[str] = "slow_close"
    streams: ClassVar[tuple[str, ...]] = ("downstream",)

    delay_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "delay_ms", self.delay_ms, 100, 1_000)

    def attributes(self) -> Mapping[str, int]:
        return {"delay": round(self.delay_ms)}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """How much later the end came after the first byte than before the fault."""
        margin = max(FLOOR_MS, SHARE * self.delay_ms)
        asked, band = {"late_ms": self.delay_ms}, (self.delay_ms - margin, self.delay_ms + margin)
        before, during = (_tails(probes(telemetry, on, one)) for one in (baseline, window))
        if not before or len(during) < MINIMUM_PROBES:
            return unmeasured(
                asked,
                band,
                oracle=ORACLE,
                note=f"{len(before)} ends before and {len(during)} during the fault",
                n=len(during),
            )
        late_ms = median(during) - median(before)
        return Effect(asked, {"late_ms": round(late_ms, 1)}, band, len(during), band[0] <= late_ms <= band[1], ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """As with every fault of the path, and the end comes when it did before: a short delay is no slow answer."""
        back = super().recovered(telemetry, on, window, baseline)
        before, after = (_tails(probes(telemetry, on, one)) for one in (baseline, window))
        if not back.measured or not before or not after:
            return replace(back, in_band=False)
        late_ms = median(after) - median(before)
        measured = {**back.measured, "late_ms": round(late_ms, 1)}
        return replace(back, measured=measured, in_band=back.in_band and late_ms < self.delay_ms / 2)


def _tails(found: Sequence[ProbeSample]) -> list[float]:
    """Time from the first byte to the end, of connections that ended."""
    return [one.total_ms - one.first_byte_ms for one in found if one.end == "fin" and one.first_byte_ms is not None]
