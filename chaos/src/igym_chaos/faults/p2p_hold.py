"""p2p.hold: nothing passes between a page and the relay for a while, then everything that was held arrives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, unmeasured
from igym_chaos.peer_path import passages, rtts
from igym_chaos.samples import Telemetry, Window
from igym_chaos.turn_path import TurnPathFault

ORACLE = "transport packets received, and the age of what came after"
IN_FLIGHT_PACKETS = 2
"""Under way at an edge of a window."""
OLDEST_SHARE = 0.7
"""Of the window: its first ping goes out within 400 ms and comes back at the release."""
RELEASED_WITHIN_MS = 1_000.0
LOST_SHARE = 0.1
"""Of what was sent meanwhile; the counters of two busy ends are read at different instants (up to 10 packets of 700 apart, measured)."""


@dataclass(frozen=True)
class PeerHold(TurnPathFault):
    """No parameters."""

    kind: ClassVar[str] = "p2p.hold"
    toxic: ClassVar[str] = "bandwidth"
    minimum_window_s: ClassVar[float] = 2.5

    def attributes(self) -> Mapping[str, int]:
        return {"rate": 0}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Nothing received of what was sent, the server path alive, and pings of the window answered at its end."""
        asked, band = {"received": 0.0}, (0.0, float(IN_FLIGHT_PACKETS))
        found = passages(telemetry, on, window)
        sent, received = sum(one.sent for one in found), sum(one.received for one in found)
        if sent == 0:
            return unmeasured(asked, band, oracle=ORACLE, note="nobody sent a packet")
        oldest_ms = max(rtts(telemetry, on, window), default=0.0)
        length_ms = window.end_ms - window.start_ms
        held = OLDEST_SHARE * length_ms <= oldest_ms <= length_ms + RELEASED_WITHIN_MS
        alive = all(telemetry.server_rtts(name, window) for name in on)
        note = "" if alive else "the server path was silent too"
        measured = {"received": float(received), "backlog": float(sent), "oldest_ms": round(oldest_ms, 0)}
        in_band = received <= IN_FLIGHT_PACKETS and held and alive
        return Effect(asked, measured, band, sent, in_band, ORACLE, note or ("" if held else "no ping has that age"))

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """From before the hold until now as many packets arrived as were sent: what was held is among them."""
        asked = {"lost": 0.0}
        meanwhile = passages(telemetry, on, Window(baseline.end_ms, window.start_ms))
        whole, now = passages(telemetry, on, Window(baseline.end_ms, window.end_ms)), passages(telemetry, on, window)
        margin = LOST_SHARE * sum(one.sent for one in meanwhile)
        band = (-margin, margin)
        if not whole or not meanwhile or not all(one.received for one in now):
            return unmeasured(asked, band, oracle=ORACLE, note="no packet after the release")
        lost = sum(one.sent - one.received for one in whole)
        return Effect(asked, {"lost": float(lost)}, band, sum(one.sent for one in whole), abs(lost) <= margin, ORACLE)
