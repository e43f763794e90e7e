"""The kitchen at the price of this field's worlds: about 4 ms a step, 0.5 ms each to get and to set a state, whatever the machine.

A widely used NumPy kitchen costs so much in WebAssembly. The time is spent waiting, so rows and hashes are those of the kitchen.
"""

from __future__ import annotations

import time
from typing import Any

from kitchen import Kitchen

Outcome = tuple[dict[int, Any], dict[int, float], dict[int, bool], dict[int, bool], dict[int, dict[str, Any]]]
STEP_S = 0.004
STATE_S = 0.0005


def spend(seconds: float) -> None:
    """Busy, as arithmetic would be."""
    until = time.perf_counter() + seconds
    while time.perf_counter() < until:
        pass


class Heavy(Kitchen):  # type: ignore[misc] # a file beside this one, not a package
    """The same game."""

    def step(self, actions: dict[int, int]) -> Outcome:
        spend(STEP_S)
        outcome: Outcome = super().step(actions)
        return outcome

    def get_state(self) -> dict[str, Any]:
        spend(STATE_S)
        state: dict[str, Any] = super().get_state()
        return state

    def set_state(self, state: dict[str, Any]) -> None:
        spend(STATE_S)
        super().set_state(state)
