"""signal.half-open: the server path swallows everything; its connections are closed at the heal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Telemetry, Window
from igym_chaos.server_path import ServerPathFault


@dataclass(frozen=True)
class SignalHalfOpen(ServerPathFault):
    """No parameters."""

    kind: ClassVar[str] = "signal.half-open"
    minimum_window_s: ClassVar[float] = 6.0  # two connections of the harness, each until it gives up
    toxic: ClassVar[str] = "timeout"

    def attributes(self) -> Mapping[str, int]:
        return {"timeout": 0}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Connections are accepted and get no byte."""
        return self.every_probe(
            telemetry,
            on,
            window,
            what="silent",
            holds=lambda one: one.connect_ms is not None and one.received == 0 and one.end == "timeout",
        )
