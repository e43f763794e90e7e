"""p2p.partition: the group falls into two parts that do not hear each other."""

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
class PeerPartition(Relayed):
    """The targets are one part, everybody else the other: nothing passes between the parts, everything within them."""

    kind: ClassVar[str] = "p2p.partition"
    knobs: ClassVar[tuple[str, ...]] = ("relay-loss",)
    minimum_window_s: ClassVar[float] = 1.0

    def policy(self) -> Policy:
        return Policy(blackout=True)

    def ways(self, relay: PeerRelay, on: Sequence[Subject]) -> list[Way]:
        part = {subject.name for subject in on}
        return [way for way in relay.ways_of(part) if not set(way) <= part]

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The matrix of who reached whom is exactly the planned one: every direction was tried."""
        part, everyone = set(on), telemetry.participants()
        wanted = {(a, b): ((a in part) == (b in part)) for a in everyone for b in everyone if a != b}
        asked, band = {"directions_wrong": 0.0}, (0.0, 0.0)
        reached: dict[Way, bool] = {}
        packets = telemetry.relayed(window)
        for one in packets:
            way = (one.sender, one.receiver)
            reached[way] = reached.get(way, False) or not one.dropped
        if untried := [way for way in wanted if way not in reached]:
            return unmeasured(
                asked, band, oracle=ORACLE, note=f"{untried[0][0]} sent nothing to {untried[0][1]}", n=len(packets)
            )
        wrong = sum(reached[way] != may for way, may in wanted.items())
        measured = {"directions_wrong": float(wrong), "directions": float(len(wanted))}
        return Effect(asked, measured, band, len(packets), wrong == 0, ORACLE)
