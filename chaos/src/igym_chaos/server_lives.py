"""What the faults share after which another process is the server: who it was, how it ended, who it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from igym_chaos.fault import Effect
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_faults import ServerFault
from igym_chaos.subjects import ServerIdentity

RENEWED = ("server-process", "server-delay", "database-size", "database-lock")
"""A new process knows nothing of what was done to the one before, and does not start while its database is locked."""


@dataclass
class Lives:
    """What the injector noted of the process that ended, and of the next one."""

    before: ServerIdentity | None = None
    exit_code: int | None = None
    after: ServerIdentity | None = None

    @property
    def code(self) -> float:
        """NaN: it has not ended."""
        return math.nan if self.exit_code is None else float(self.exit_code)

    @property
    def renewed(self) -> bool:
        """Another process, and not one that answers with the name of the first."""
        if self.before is None or self.after is None:
            return False
        return self.after.pid != self.before.pid and self.after.nonce != self.before.nonce


@dataclass(frozen=True)
class RenewingFault(ServerFault):
    """The server's process ends, and another one takes its place."""

    lives: Lives = field(default_factory=Lives, init=False, repr=False, compare=False)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Connections are answered as before, by a process with another id and another nonce."""
        answers = super().recovered(telemetry, on, window, baseline)
        asked = {"new_process": 1.0, **answers.asked}
        measured = {"new_process": float(self.lives.renewed), **answers.measured}
        in_band = self.lives.renewed and answers.in_band
        return Effect(asked, measured, answers.band, answers.n, in_band, answers.oracle, answers.note)
