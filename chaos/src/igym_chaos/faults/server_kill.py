"""server.kill: the server's process dies by SIGKILL; after the time another one starts on the same port, with the same data."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_faults import ORACLE, server_of
from igym_chaos.server_lives import RENEWED, RenewingFault
from igym_chaos.server_path import MINIMUM_PROBES, probes
from igym_chaos.subjects import SERVER, Subject


@dataclass(frozen=True)
class ServerKill(RenewingFault):
    """No parameters."""

    kind: ClassVar[str] = "server.kill"
    knobs: ClassVar[tuple[str, ...]] = RENEWED
    heal_s: ClassVar[float] = 6.0  # a server starts in 2 s on an idle machine
    minimum_window_s: ClassVar[float] = 2.0  # two connections of the harness, half a second apart

    async def inject(self, on: Sequence[Subject]) -> None:
        server = server_of(on)
        self.lives.before = await server.identity()
        self.lives.exit_code = await server.end(signal.SIGKILL)

    async def heal(self, on: Sequence[Subject]) -> None:
        server = server_of(on)
        await server.start()
        self.lives.after = await server.identity()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The process ended by the signal, and every connection to its own port is refused."""
        asked, band = {"refused": 1.0}, (1.0, 1.0)
        found = probes(telemetry, [SERVER], window)
        if len(found) < MINIMUM_PROBES:
            note = f"{len(found)} connections; {MINIMUM_PROBES} are needed"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=len(found))
        share = sum(one.end == "refused" for one in found) / len(found)
        killed = self.lives.exit_code == -signal.SIGKILL
        note = "" if killed else f"the exit code is {self.lives.exit_code}, not that of the signal"
        return Effect(asked, {"refused": round(share, 3)}, band, len(found), killed and share == 1.0, ORACLE, note)
