"""p2p.loss: each packet of a page's peer connections is dropped with a fixed probability, sent and received alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.bands import share_band
from igym_chaos.fault import Effect, Fault, require_range, unmeasured
from igym_chaos.peer_path import loss_percent, passages, rules_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "transport packets sent against received"
MINIMUM_PACKETS = 600
HEALED_PERCENT = 1.0


@dataclass(frozen=True)
class PeerLoss(Fault):
    """`percent` of the packets in each direction of each link of the page."""

    kind: ClassVar[str] = "p2p.loss"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("packetLoss",)
    minimum_window_s: ClassVar[float] = 6.0

    percent: float

    def __post_init__(self) -> None:
        require_range(self.kind, "percent", self.percent, 0.5, 60)

    async def inject(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.set(packetLoss=self.percent)

    async def heal(self, on: Sequence[Subject]) -> None:
        for rules in rules_of(on):
            await rules.reset("packetLoss")

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Both directions of all links together against the band of a share; both ends impaired add up."""
        through = (1 - self.percent / 100) ** (2 if len(on) > 1 else 1)
        asked_percent = round(100 * (1 - through), 6)
        asked = {"percent": asked_percent}
        found = passages(telemetry, on, window)
        sent, received = sum(one.sent for one in found), sum(one.received for one in found)
        if sent < MINIMUM_PACKETS:
            band = share_band(asked_percent, max(sent, 1))
            return unmeasured(asked, band, oracle=ORACLE, note=f"{sent} packets; {MINIMUM_PACKETS} are needed", n=sent)
        band = share_band(asked_percent, sent)
        lost = 100 * (1 - received / sent)
        measured = {
            "percent": round(lost, 2),
            **{f"{one.sender}>{one.receiver}": round(loss_percent(one), 2) for one in found},
        }
        return Effect(asked, measured, band, sent, band[0] <= lost <= band[1], ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        asked, band = {"percent": 0.0}, (-HEALED_PERCENT, HEALED_PERCENT)
        found = passages(telemetry, on, window)
        sent, received = sum(one.sent for one in found), sum(one.received for one in found)
        if sent == 0:
            return unmeasured(asked, band, oracle=ORACLE, note="no packet after the heal")
        lost = 100 * (1 - received / sent)
        return Effect(asked, {"percent": round(lost, 2)}, band, sent, abs(lost) <= HEALED_PERCENT, ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Counters of two ends are read at different instants: of few packets, one in flight is more than a percent."""
        between = [one for one in passages(telemetry, others, window) if {one.sender, one.receiver} <= set(others)]
        return sorted({one.sender for one in between if loss_percent(one) > share_band(HEALED_PERCENT, one.sent)[1]})
