"""signal.limit: a connection is cut after so many bytes from the server."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from igym_chaos.fault import Effect, require_range
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_path import ServerPathFault, normal_bytes


@dataclass(frozen=True)
class SignalLimit(ServerPathFault):
    """`bytes` of each connection, counted from the moment of the fault; fewer than an answer has."""

    kind: ClassVar[str] = "signal.limit"
    toxic: ClassVar[str] = "limit_data"
    streams: ClassVar[tuple[str, ...]] = ("downstream",)

    bytes: float

    def __post_init__(self) -> None:
        require_range(self.kind, "bytes", self.bytes, 1, 1e7)

    def attributes(self) -> Mapping[str, int]:
        return {"bytes": round(self.bytes)}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Every connection got exactly that many bytes, and then the end."""
        wanted = normal_bytes(telemetry, on, baseline)
        effect = self.every_probe(telemetry, on, window, what="cut_there", holds=lambda one: one.received == self.bytes)
        longer = wanted is not None and wanted > self.bytes
        note = effect.note if longer else "an undisturbed answer is not longer than that, or was not seen"
        return replace(effect, in_band=effect.in_band and longer, note=note)
