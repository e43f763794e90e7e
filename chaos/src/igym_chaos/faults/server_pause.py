"""server.pause: the server's process is stopped, and continued: its port accepts and nobody answers."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_faults import ORACLE, ServerFault, server_of
from igym_chaos.server_path import MINIMUM_PROBES, probes
from igym_chaos.subjects import SERVER, Subject


@dataclass(frozen=True)
class ServerPause(ServerFault):
    """No parameters."""

    kind: ClassVar[str] = "server.pause"
    knobs: ClassVar[tuple[str, ...]] = ("server-process",)
    minimum_window_s: ClassVar[float] = 6.0  # two connections of the harness, each until it gives up

    async def inject(self, on: Sequence[Subject]) -> None:
        server_of(on).signal(signal.SIGSTOP)

    async def heal(self, on: Sequence[Subject]) -> None:
        server_of(on).signal(signal.SIGCONT)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Every connection is accepted, by the system, and gets no byte."""
        asked, band = {"silent": 1.0}, (1.0, 1.0)
        found = probes(telemetry, [SERVER], window)
        if len(found) < MINIMUM_PROBES:
            note = f"{len(found)} connections; {MINIMUM_PROBES} are needed"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=len(found))
        silent = sum(one.connect_ms is not None and one.received == 0 and one.end == "timeout" for one in found)
        share = silent / len(found)
        return Effect(asked, {"silent": round(share, 3)}, band, len(found), share == 1.0, ORACLE)
