"""signal.reset: connections to the server that are opened now end by a reset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_path import ServerPathFault


@dataclass(frozen=True)
class SignalReset(ServerPathFault):
    """No parameters. A connection that stood before gets an ordinary end, when data next passes."""

    kind: ClassVar[str] = "signal.reset"
    toxic: ClassVar[str] = "reset_peer"

    def attributes(self) -> Mapping[str, int]:
        return {"timeout": 0}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return self.every_probe(telemetry, on, window, what="reset", holds=lambda one: one.end == "reset")
