"""tab.close: a participant's tab is closed, as a person does who has had enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.endings import RemovingFault
from igym_chaos.page_path import controls_of
from igym_chaos.subjects import Subject


@dataclass(frozen=True)
class TabClose(RemovingFault):
    """No parameters. The participant may share its browser."""

    kind: ClassVar[str] = "tab.close"
    oracle: ClassVar[str] = "the browser's list of its tabs; the server's log"
    required: ClassVar[tuple[str, ...]] = ("tab", "socket")

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.close()
