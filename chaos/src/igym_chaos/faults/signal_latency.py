"""signal.latency: everything between a page and the server is late, through the participant's own Toxiproxy proxy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from igym_chaos.bands import latency_band
from igym_chaos.fault import Effect, Fault, require_range, unmeasured
from igym_chaos.peer_path import median_or_none
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_path import paths_of
from igym_chaos.subjects import Subject

ORACLE = "socket echo p50 over baseline"
MINIMUM_ECHOES = 5
BACK_TO_BASELINE_MS = 50.0
TOXICS = (("signal-latency-up", "upstream"), ("signal-latency-down", "downstream"))


@dataclass(frozen=True)
class SignalLatency(Fault):
    """`page_ms`: delay in each direction; a round trip to the server grows by twice that."""

    kind: ClassVar[str] = "signal.latency"
    injectors: ClassVar[tuple[str, ...]] = ("T",)
    knobs: ClassVar[tuple[str, ...]] = ("server-path",)
    minimum_window_s: ClassVar[float] = 5.0

    page_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "page_ms", self.page_ms, 1, 30_000)

    async def inject(self, on: Sequence[Subject]) -> None:
        for path in paths_of(on):
            for name, stream in TOXICS:
                await path.add(name, "latency", stream=stream, attributes={"latency": round(self.page_ms), "jitter": 0})

    async def heal(self, on: Sequence[Subject]) -> None:
        for path in paths_of(on):
            for name, _ in TOXICS:
                await path.remove(name)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        asked_ms = 2.0 * self.page_ms
        asked, band = {"rtt_ms": asked_ms}, latency_band(asked_ms)
        added: list[float] = []
        n = 0
        for name in on:
            before, during = telemetry.server_rtts(name, baseline), telemetry.server_rtts(name, window)
            if not before or len(during) < MINIMUM_ECHOES:
                note = f"{name}: {len(before)} echoes before and {len(during)} during the fault; {MINIMUM_ECHOES} are needed"
                return unmeasured(asked, band, oracle=ORACLE, note=note, n=len(during))
            added.append(median(during) - median(before))
            n += len(during)
        measured = {"rtt_ms": round(median(added), 2)}
        return Effect(asked, measured, band, n, all(band[0] <= one <= band[1] for one in added), ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        asked, band = {"rtt_ms": 0.0}, (-BACK_TO_BASELINE_MS, BACK_TO_BASELINE_MS)
        added = [self._added(telemetry, name, window, baseline) for name in on]
        known = [one for one in added if one is not None]
        if len(known) < len(added):
            return unmeasured(asked, band, oracle=ORACLE, note="no echo after the heal", n=len(known))
        return Effect(
            asked,
            {"rtt_ms": round(median(known), 2)},
            band,
            sum(len(telemetry.server_rtts(name, window)) for name in on),
            all(abs(one) <= BACK_TO_BASELINE_MS for one in known),
            ORACLE,
        )

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        added = {name: self._added(telemetry, name, window, baseline) for name in others}
        return [name for name, one in added.items() if one is not None and one > BACK_TO_BASELINE_MS]

    @staticmethod
    def _added(telemetry: Telemetry, name: str, window: Window, baseline: Window) -> float | None:
        before, after = (
            median_or_none(telemetry.server_rtts(name, baseline)),
            median_or_none(telemetry.server_rtts(name, window)),
        )
        return None if before is None or after is None else after - before
