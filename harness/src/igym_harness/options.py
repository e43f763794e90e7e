"""What a person or a test may choose about a run beyond its scenario."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from igym_harness.progress import Scene


def quiet(_: Scene) -> None:
    """Shows nothing."""


@dataclass(frozen=True)
class Options:
    """`browser`, `toxiproxy`: see parts. `show` gets the live line's content.

    `sabotage`: see sabotage and sabotage_traps. `source`: a copy of the source tree that the server runs from and serves.
    """

    runs: Path = Path("runs")
    browser: str | None = None
    toxiproxy: str | None = None
    headed: bool = False
    slow_mo_ms: float = 0.0
    sabotage: str | None = None
    source: Path | None = None
    show: Callable[[Scene], None] = quiet
