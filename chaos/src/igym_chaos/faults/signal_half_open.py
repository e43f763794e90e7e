"""signal.half-open: the server path swallows everything; its connections are closed at the heal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.server_path import SilentPathFault


@dataclass(frozen=True)
class SignalHalfOpen(SilentPathFault):
    """No parameters."""

    kind: ClassVar[str] = "signal.half-open"
    toxic: ClassVar[str] = "timeout"

    def attributes(self) -> Mapping[str, int]:
        return {"timeout": 0}
