"""p2p.one-way: nothing gets from one page to another, everything gets back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, unmeasured
from igym_chaos.impairment import Policy
from igym_chaos.relay import PeerRelay, Way
from igym_chaos.relayed import ORACLE, Relayed
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject


@dataclass(frozen=True)
class PeerOneWay(Relayed):
    """Two targets, `on = ["a", "b"]`: packets of the first to the second are lost."""

    kind: ClassVar[str] = "p2p.one-way"
    knobs: ClassVar[tuple[str, ...]] = ("relay-loss",)
    targets: ClassVar[int | None] = 2
    minimum_window_s: ClassVar[float] = 1.0

    def policy(self) -> Policy:
        return Policy(blackout=True)

    def ways(self, relay: PeerRelay, on: Sequence[Subject]) -> list[Way]:
        return [(on[0].name, on[1].name)]

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Nothing passed the one way while packets came, and packets passed the other."""
        asked, band = {"passed": 0.0}, (0.0, 0.0)
        packets = telemetry.relayed(window)
        there = [one for one in packets if (one.sender, one.receiver) == (on[0], on[1])]
        back = [one for one in packets if (one.sender, one.receiver) == (on[1], on[0])]
        if not there:
            return unmeasured(asked, band, oracle=ORACLE, note=f"{on[0]} sent nothing")
        passed, passed_back = (sum(not one.dropped for one in some) for some in (there, back))
        measured = {"passed": float(passed), "sent": float(len(there)), "passed_back": float(passed_back)}
        return Effect(asked, measured, band, len(there), passed == 0 and passed_back > 0, ORACLE)
