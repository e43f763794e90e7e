"""server.slow: the server waits before each answer, to pages and to everybody, as one that is overloaded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.bands import latency_band
from igym_chaos.fault import Effect, require_range, unmeasured
from igym_chaos.peer_path import decile
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_faults import ServerFault, server_of
from igym_chaos.server_path import probes
from igym_chaos.subjects import SERVER, Subject

ORACLE = "answer time of the harness's own connections and of every page's socket, lowest decile over baseline"
NEEDED = 4
BACK_TO_BASELINE_MS = 20.0


@dataclass(frozen=True)
class ServerSlow(ServerFault):
    """`delay_ms`: before each answer. A connection of the harness gives up after 1,500 ms."""

    kind: ClassVar[str] = "server.slow"
    knobs: ClassVar[tuple[str, ...]] = ("server-delay",)
    minimum_window_s: ClassVar[float] = 5.0

    delay_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "delay_ms", self.delay_ms, 50, 1_000)

    async def inject(self, on: Sequence[Subject]) -> None:
        await server_of(on).hinder(delay_ms=self.delay_ms)

    async def heal(self, on: Sequence[Subject]) -> None:
        await server_of(on).hinder(delay_ms=0.0)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Everybody's answers take longer by the delay: load only ever adds, so the quickest ones tell."""
        return _added(telemetry, window, baseline, asked_ms=self.delay_ms, band=latency_band(self.delay_ms))

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        band = (-BACK_TO_BASELINE_MS, BACK_TO_BASELINE_MS)
        return _added(telemetry, window, baseline, asked_ms=0.0, band=band)


def _added(
    telemetry: Telemetry, window: Window, baseline: Window, *, asked_ms: float, band: tuple[float, float]
) -> Effect:
    """`probe_ms` of the harness's connections, `socket_ms` of the page that differs most from what was asked."""
    asked = {"added_ms": asked_ms}
    times = {SERVER: [[one.total_ms for one in probes(telemetry, [SERVER], part)] for part in (baseline, window)]}
    for name in telemetry.participants():
        times[name] = [telemetry.server_rtts(name, part) for part in (baseline, window)]
    n = sum(len(during) for _, during in times.values())
    few = [name for name, parts in times.items() if min(map(len, parts)) < NEEDED]
    if few:
        note = f"{', '.join(few)}: fewer than {NEEDED} answers before, or in the window"
        return unmeasured(asked, band, oracle=ORACLE, note=note, n=n)
    added = {name: decile(during) - decile(before) for name, (before, during) in times.items()}
    probe_ms = added.pop(SERVER)
    socket_ms = max(added.values(), key=lambda one: abs(one - asked_ms), default=probe_ms)
    measured = {"probe_ms": round(probe_ms, 2), "socket_ms": round(socket_ms, 2)}
    in_band = all(band[0] <= one <= band[1] for one in (probe_ms, socket_ms))
    return Effect(asked, measured, band, n, in_band, ORACLE)
