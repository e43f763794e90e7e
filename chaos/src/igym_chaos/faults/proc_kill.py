"""proc.kill: a participant's whole browser dies by SIGKILL. Needs a browser of its own."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.endings import RemovingFault
from igym_chaos.page_path import controls_of
from igym_chaos.samples import Ending
from igym_chaos.subjects import Subject


@dataclass(frozen=True)
class ProcKill(RemovingFault):
    """No parameters."""

    kind: ClassVar[str] = "proc.kill"
    oracle: ClassVar[str] = "exit code of the browser's process, from the system; the server's log"
    required: ClassVar[tuple[str, ...]] = ("browser", "socket")

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.kill_browser()

    def counts(self, one: Ending) -> bool:
        """A browser that left by itself was not killed."""
        return one.code == -signal.SIGKILL if one.what == "browser" else super().counts(one)
