"""server.restart: the server is asked to stop, ends by itself, and another one starts at once on the same port, with the same data."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_faults import server_of
from igym_chaos.server_lives import RENEWED, RenewingFault
from igym_chaos.subjects import Subject

ORACLE = "exit code, process id and nonce"


@dataclass(frozen=True)
class ServerRestart(RenewingFault):
    """No parameters. It is over when the new process answers."""

    kind: ClassVar[str] = "server.restart"
    knobs: ClassVar[tuple[str, ...]] = RENEWED
    ends_itself: ClassVar[bool] = True

    async def inject(self, on: Sequence[Subject]) -> None:
        server = server_of(on)
        self.lives.before = await server.identity()
        self.lives.exit_code = await server.end(signal.SIGTERM)
        await server.start()
        self.lives.after = await server.identity()

    async def heal(self, on: Sequence[Subject]) -> None:
        """Only an injection that was interrupted has left something to start."""
        await server_of(on).start()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """It ended by itself without an error, and somebody else answers."""
        asked, band = {"exit_code": 0.0, "new_process": 1.0}, (0.0, 0.0)
        if self.lives.exit_code is None:
            return unmeasured(asked, band, oracle=ORACLE, note="no process ended")
        measured = {"exit_code": self.lives.code, "new_process": float(self.lives.renewed)}
        return Effect(asked, measured, band, 1, self.lives.code == 0.0 and self.lives.renewed, ORACLE)
