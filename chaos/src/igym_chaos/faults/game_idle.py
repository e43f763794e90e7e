"""game.idle: a participant lets go of its keys and presses none for a while; it is there, and does nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.played import ORACLE_INPUTS, changes, looks, players_of
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject


@dataclass(frozen=True)
class GameIdle(Fault):
    """No parameters."""

    kind: ClassVar[str] = "game.idle"
    injectors: ClassVar[tuple[str, ...]] = ("G",)
    knobs: ClassVar[tuple[str, ...]] = ("keys",)
    minimum_window_s: ClassVar[float] = 2.0

    async def inject(self, on: Sequence[Subject]) -> None:
        for player in players_of(on):
            await player.rest()

    async def heal(self, on: Sequence[Subject]) -> None:
        for player in players_of(on):
            await player.play_on()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """No action of theirs changed, and before it did: who never plays cannot fall idle."""
        asked, band, n = {"changes": 0.0}, (0.0, 0.0), looks(telemetry, on, window)
        before = [changes(telemetry, name, baseline) for name in on]
        during = [changes(telemetry, name, window) for name in on]
        known = [one for one in during if one is not None]
        if len(known) < len(on) or None in before:
            return unmeasured(asked, band, oracle=ORACLE_INPUTS, note="too few looks before it or in the window", n=n)
        played = min(one for one in before if one is not None)
        measured = {"changes": float(max(known)), "before": float(played)}
        return Effect(asked, measured, band, n, max(known) == 0 and played > 0, ORACLE_INPUTS)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """They play again."""
        asked, band, n = {"changes": 1.0}, (1.0, math.inf), looks(telemetry, on, window)
        known = [one for name in on if (one := changes(telemetry, name, window)) is not None]
        if len(known) < len(on):
            return unmeasured(asked, band, oracle=ORACLE_INPUTS, note="too few looks after the heal", n=n)
        return Effect(asked, {"changes": float(min(known))}, band, n, min(known) >= 1, ORACLE_INPUTS)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Touched: who played before and did nothing in the window."""
        return [name for name in others if changes(telemetry, name, window) == 0 and changes(telemetry, name, baseline)]
