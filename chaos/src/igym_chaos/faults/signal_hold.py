"""signal.hold: nothing passes between a page and the server; what was held goes on at the heal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.server_path import SilentPathFault


@dataclass(frozen=True)
class SignalHold(SilentPathFault):
    """No parameters."""

    kind: ClassVar[str] = "signal.hold"
    toxic: ClassVar[str] = "bandwidth"

    def attributes(self) -> Mapping[str, int]:
        return {"rate": 0}
