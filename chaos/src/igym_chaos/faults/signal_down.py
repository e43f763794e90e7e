"""signal.down: the server cannot be reached: all connections are closed and new ones refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_path import ServerPathFault, paths_of
from igym_chaos.subjects import Subject


@dataclass(frozen=True)
class SignalDown(ServerPathFault):
    """No parameters."""

    kind: ClassVar[str] = "signal.down"

    def attributes(self) -> Mapping[str, int]:
        return {}

    async def inject(self, on: Sequence[Subject]) -> None:
        for path in paths_of(on):
            await path.down()

    async def heal(self, on: Sequence[Subject]) -> None:
        for path in paths_of(on):
            await path.up()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return self.every_probe(telemetry, on, window, what="refused", holds=lambda one: one.end == "refused")
