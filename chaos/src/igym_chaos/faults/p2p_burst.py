"""p2p.burst: packets are lost in runs, by a two-state chain (Gilbert-Elliott) that the seed walks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, require_range
from igym_chaos.impairment import Policy, loss_runs
from igym_chaos.relayed import MINIMUM_PACKETS, ORACLE, Relayed, all_of
from igym_chaos.samples import Telemetry, Window

LONGEST_AT_LEAST = 3
"""Packets lost one after another that make a burst."""


@dataclass(frozen=True)
class PeerBurst(Relayed):
    """`p_bad`: chance to enter the bad state before a packet, `p_good`: to leave it; `percent` of the packets are lost in it."""

    kind: ClassVar[str] = "p2p.burst"
    knobs: ClassVar[tuple[str, ...]] = ("relay-loss",)

    p_bad: float
    p_good: float
    percent: float = 100.0

    def __post_init__(self) -> None:
        require_range(self.kind, "p_bad", self.p_bad, 0.001, 0.5)
        require_range(self.kind, "p_good", self.p_good, 0.01, 1)
        require_range(self.kind, "percent", self.percent, 1, 100)

    def policy(self) -> Policy:
        return Policy(to_bad=self.p_bad, to_good=self.p_good, bad_loss=self.percent / 100)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Every decision as the chain gives it, and runs of lost packets among them."""
        share = 100 * self.p_bad / (self.p_bad + self.p_good) * self.percent / 100
        asked, band = (
            {"percent": round(share, 2), "longest_run": float(LONGEST_AT_LEAST)},
            (float(LONGEST_AT_LEAST), float("inf")),
        )
        decided = self.decided(telemetry, window)
        packets = all_of(decided)
        if len(packets) < MINIMUM_PACKETS:
            return self.too_few(asked, band, len(packets))
        runs = [run for one in decided.values() for run in loss_runs(fate.dropped for _, fate in one)]
        longest, lost = max(runs, default=0), sum(runs)
        measured = {
            "percent": round(100 * lost / len(packets), 2),
            "longest_run": float(longest),
            "runs": float(len(runs)),
        }
        return Effect(
            asked, measured, band, len(packets), longest >= LONGEST_AT_LEAST and self.as_planned(decided), ORACLE
        )
