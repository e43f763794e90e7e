"""p2p.blackout via U: no packet of a page passes the UDP relay; its server path is alive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, unmeasured
from igym_chaos.impairment import Policy
from igym_chaos.relayed import ORACLE, Relayed
from igym_chaos.samples import Telemetry, Window


@dataclass(frozen=True)
class RelayedBlackout(Relayed):
    """No parameters: nothing passes."""

    kind: ClassVar[str] = "p2p.blackout"
    knobs: ClassVar[tuple[str, ...]] = ("relay-loss",)
    minimum_window_s: ClassVar[float] = 1.0

    def policy(self) -> Policy:
        return Policy(blackout=True)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Packets came and none passed, and the socket to the server answered."""
        asked, band = {"passed": 0.0}, (0.0, 0.0)
        packets = [one for one in telemetry.relayed(window) if {one.sender, one.receiver} & set(on)]
        if not packets:
            return unmeasured(asked, band, oracle=ORACLE, note="nobody sent a packet")
        passed = sum(not one.dropped for one in packets)
        alive = all(telemetry.server_rtts(name, window) for name in on)
        note = "" if alive else "the server path was silent too"
        return Effect(
            asked,
            {"passed": float(passed), "sent": float(len(packets))},
            band,
            len(packets),
            passed == 0 and alive,
            ORACLE,
            note,
        )
