"""p2p.relay-cut: the relay of a page cannot be reached: its connection is closed and new ones refused; then it can again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from igym_chaos.fault import Effect, unmeasured
from igym_chaos.peer_path import passages
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_path import MINIMUM_PROBES
from igym_chaos.subjects import Subject
from igym_chaos.turn_path import TurnPathFault, answers_of, turn_paths_of

ORACLE = "transport packets received, and the harness's own connections to the relay"
IN_FLIGHT_PACKETS = 2
"""Under way when the connection ended, counted at the window's edge."""
NEWEST_MS = 1_500.0
"""The path stands again if packets passed so lately."""


@dataclass(frozen=True)
class RelayCut(TurnPathFault):
    """No parameters. The allocation dies with its connection: only a new one, by an ICE restart, brings the session back."""

    kind: ClassVar[str] = "p2p.relay-cut"
    minimum_window_s: ClassVar[float] = 2.5
    new_connections: ClassVar[Literal["refused", "reset"]] = "refused"

    def attributes(self) -> Mapping[str, int]:
        return {}

    async def inject(self, on: Sequence[Subject]) -> None:
        for path in turn_paths_of(on):
            await path.down()

    async def heal(self, on: Sequence[Subject]) -> None:
        for path in turn_paths_of(on):
            await path.up()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Nothing received of what was sent, the server path alive, each new connection to the relay ended as it should."""
        asked, band = {"received": 0.0}, (0.0, float(IN_FLIGHT_PACKETS))
        found = passages(telemetry, on, window)
        asking = answers_of(telemetry, on, window)
        sent, received = sum(one.sent for one in found), sum(one.received for one in found)
        if sent == 0 or len(asking) < MINIMUM_PROBES:
            note = f"{sent} packets sent, {len(asking)} connections to the relay"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=sent)
        ended = sum(one.end == self.new_connections for one in asking) / len(asking)
        alive = all(telemetry.server_rtts(name, window) for name in on)
        measured = {"received": float(received), "sent": float(sent), self.new_connections: round(ended, 3)}
        in_band = received <= IN_FLIGHT_PACKETS and ended == 1.0 and alive
        return Effect(asked, measured, band, sent, in_band, ORACLE, "" if alive else "the server path was silent too")

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Packets pass in both directions of every link, and each target has another relayed port than before."""
        asked, band = {"new_allocations": float(len(on))}, (float(len(on)), float(len(on)))
        found = passages(telemetry, on, Window(max(window.start_ms, window.end_ms - NEWEST_MS), window.end_ms))
        renewed = sum(_renewed(telemetry, name, window, baseline) for name in on)
        received = sum(one.received for one in found)
        if not found:
            return unmeasured(asked, band, oracle=ORACLE, note="no samples of both ends after the heal")
        measured = {"new_allocations": float(renewed), "received": float(received)}
        passing = all(one.received > 0 for one in found)
        return Effect(asked, measured, band, received, passing and renewed == len(on), ORACLE)


def _renewed(telemetry: Telemetry, name: str, window: Window, baseline: Window) -> bool:
    """Every link of a participant uses another port than any that it used before the fault."""
    before = {sample.local_port for sample in telemetry.transport(name, baseline)} - {0}
    newest = {sample.peer: sample.local_port for sample in telemetry.transport(name, window)}
    return bool(before) and bool(newest) and not set(newest.values()) & (before | {0})
