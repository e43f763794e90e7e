"""What the harness asks every page over and over while a fault is planned whose oracle wants to know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from igym_chaos.samples import Telemetry, Window

Where = Literal["page", "worker", "another", "tabs", "network-service"]


@dataclass(frozen=True)
class Question:
    """`where`: in the page, its game worker, or a second tab of the participant; then `expression` is JavaScript whose value is a number.

    Or to the browser: how many tabs are at the page's address, or which process (pid) carries its network.
    """

    where: Where
    expression: str = ""


@dataclass(frozen=True)
class Reading:
    """An answer, `t_ms` on the harness clock: the middle between question and answer. `late_ms`: half of the time between them."""

    t_ms: float
    value: float
    late_ms: float = 0.0


def newest(telemetry: Telemetry, name: str, what: str, window: Window) -> float | None:
    """The last answer in the window; None: there is none."""
    found = telemetry.readings(name, what, window)
    return found[-1].value if found else None


def count(telemetry: Telemetry, names: Sequence[str], questions: Sequence[str], window: Window) -> int:
    """How many answers there are at all."""
    return sum(len(telemetry.readings(name, what, window)) for name in names for what in questions)
