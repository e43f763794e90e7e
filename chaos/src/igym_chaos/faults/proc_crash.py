"""proc.crash: the process that runs a page and its worker crashes, the browser goes on. Needs a browser of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.endings import RemovingFault
from igym_chaos.page_path import controls_of
from igym_chaos.subjects import Subject


@dataclass(frozen=True)
class ProcCrash(RemovingFault):
    """No parameters. In a browser of its own the system can tell whose process it was."""

    kind: ClassVar[str] = "proc.crash"
    oracle: ClassVar[str] = "the page's crash event; the process that played, from the system; the server's log"
    required: ClassVar[tuple[str, ...]] = ("crash", "renderer", "socket")

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.crash()
