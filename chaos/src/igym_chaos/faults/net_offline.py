"""net.offline: a page's whole network is gone, to its peers and to the server; a live socket holds what it is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.faults.p2p_blackout import IN_FLIGHT_PACKETS, PeerBlackout
from igym_chaos.peer_path import passages, rules_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "packets received, and echoes of the server"
LAST_S = 1.0
"""Echoes asked for in the last second may come right after the heal; earlier ones must have waited for it."""


@dataclass(frozen=True)
class Offline(Fault):
    """No parameters."""

    kind: ClassVar[str] = "net.offline"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("offline", "packetLoss")
    minimum_window_s: ClassVar[float] = 2.0

    async def inject(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.set_offline(offline=True)

    async def heal(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.set_offline(offline=False)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """No packet of a peer arrived, and no echo of the server came before the heal."""
        asked, band = {"received": 0.0}, (0.0, float(IN_FLIGHT_PACKETS))
        found = [one for one in passages(telemetry, on, window) if one.receiver in on]
        early = Window(window.start_ms, max(window.start_ms, window.end_ms - 1000 * LAST_S))
        quick = sum(rtt < 900 * LAST_S for name in on for rtt in telemetry.server_rtts(name, early))
        sent = sum(one.sent for one in passages(telemetry, on, window))
        if sent == 0:
            return unmeasured(asked, band, oracle=ORACLE, note="nobody sent a packet")
        received = sum(one.received for one in found)
        measured = {"received": float(received), "sent": float(sent), "quick_echoes": float(quick)}
        return Effect(asked, measured, band, sent, received <= IN_FLIGHT_PACKETS and quick == 0, ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return PeerBlackout().recovered(telemetry, on, window, baseline)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return PeerBlackout().untouched(telemetry, others, window, baseline)
