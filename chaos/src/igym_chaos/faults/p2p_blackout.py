"""p2p.blackout: the peer path of a page is dead in both directions, its server path alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.peer_path import passages, rules_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "transport packets received"
BACK_WITHIN_MS = 1_000.0
IN_FLIGHT_PACKETS = 2
"""Packets that had passed the rule before it came, counted at the window's edge."""


@dataclass(frozen=True)
class PeerBlackout(Fault):
    """No parameters: nothing passes."""

    kind: ClassVar[str] = "p2p.blackout"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("packetLoss",)
    minimum_window_s: ClassVar[float] = 1.0

    async def inject(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.set(packetLoss=100)

    async def heal(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.reset("packetLoss")

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Nothing received on any link while packets were sent, and the socket to the server answered."""
        asked, band = {"received": 0.0}, (0.0, float(IN_FLIGHT_PACKETS))
        found = passages(telemetry, on, window)
        sent, received = sum(one.sent for one in found), sum(one.received for one in found)
        if sent == 0:
            return unmeasured(asked, band, oracle=ORACLE, note="nobody sent a packet")
        alive = all(telemetry.server_rtts(name, window) for name in on)
        note = "" if alive else "the server path was silent too"
        return Effect(
            asked,
            {"received": float(received), "sent": float(sent)},
            band,
            sent,
            received <= IN_FLIGHT_PACKETS and alive,
            ORACLE,
            note,
        )

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Packets arrive again within a second of the heal."""
        asked, band = {"received": 1.0}, (1.0, float("inf"))
        first = Window(window.start_ms, min(window.end_ms, window.start_ms + BACK_WITHIN_MS))
        found = passages(telemetry, on, first)
        if not found:
            return unmeasured(asked, band, oracle=ORACLE, note="no samples of both ends after the heal")
        received = sum(one.received for one in found)
        return Effect(asked, {"received": float(received)}, band, received, received >= 1, ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        between = [one for one in passages(telemetry, others, window) if {one.sender, one.receiver} <= set(others)]
        return sorted({one.receiver for one in between if one.sent and not one.received})
