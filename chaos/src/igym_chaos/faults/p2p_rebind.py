"""p2p.rebind: the others see a page at another port from one moment on, as when a router forgets its mapping."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.relayed import relay_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "port that packets leave from, and answers to it"
NEEDED = 20
"""Packets that must have been answered to the new port."""


@dataclass(frozen=True)
class PeerRebind(Fault):
    """No parameters. It is done once; there is nothing to take back."""

    kind: ClassVar[str] = "p2p.rebind"
    injectors: ClassVar[tuple[str, ...]] = ("U",)
    knobs: ClassVar[tuple[str, ...]] = ("relay-port",)
    minimum_window_s: ClassVar[float] = 3.0
    ends_itself: ClassVar[bool] = True

    async def inject(self, on: Sequence[Subject]) -> None:
        for subject in on:
            await relay_of(on).rebind(subject.name)

    async def heal(self, on: Sequence[Subject]) -> None:
        """A router does not remember either."""

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Everyone answers to another port than before."""
        asked, band = {"packets": float(NEEDED)}, (float(NEEDED), float("inf"))
        before = {(one.sender, one.receiver): one.port for one in telemetry.relayed(baseline) if one.receiver in on}
        during = [one for one in telemetry.relayed(window) if one.receiver in on]
        moved = {
            way: sum(one.port != port for one in during if (one.sender, one.receiver) == way)
            for way, port in before.items()
        }
        if not moved:
            return unmeasured(asked, band, oracle=ORACLE, note="no packet before the rebind")
        return Effect(
            asked, {"packets": float(min(moved.values()))}, band, len(during), min(moved.values()) >= NEEDED, ORACLE
        )

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Packets pass both ways."""
        asked, band = {"directions_silent": 0.0}, (0.0, 0.0)
        ways = {
            (one.sender, one.receiver) for one in telemetry.relayed(baseline) if {one.sender, one.receiver} & set(on)
        }
        alive = {(one.sender, one.receiver) for one in telemetry.relayed(window) if not one.dropped}
        silent = ways - alive
        return Effect(
            asked, {"directions_silent": float(len(silent))}, band, len(alive), bool(ways) and not silent, ORACLE
        )

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Others who are answered at another port than before."""
        before = {(one.sender, one.receiver): one.port for one in telemetry.relayed(baseline) if one.receiver in others}
        during = {(one.sender, one.receiver): one.port for one in telemetry.relayed(window) if one.receiver in others}
        return sorted({way[1] for way, port in during.items() if before.get(way, port) != port})
