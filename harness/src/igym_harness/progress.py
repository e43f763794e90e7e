"""The live line of a run: phase, frames per participant, faults in force with their measured effect."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TextIO

QUIET_S = 5.0
"""Without a terminal: at most one line in this time, and one per new phase."""


@dataclass(frozen=True)
class Scene:
    """What is shown. `effects`: fault -> measured values, empty while too early to tell."""

    phase: str
    elapsed_s: float
    frames: Mapping[str, int | None]
    effects: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    violation: str = ""
    """The first violation that was seen while the run goes on; empty: none yet."""


def text(scene: Scene) -> str:
    """One line."""
    people = "  ".join(f"{name} {'-' if frame is None else frame}" for name, frame in scene.frames.items())
    faults = "  ".join(f"[{fault}: {_values(measured)}]" for fault, measured in scene.effects.items())
    return "  ".join(part for part in (f"{scene.elapsed_s:6.1f} s  {scene.phase:<7}", people, faults) if part)


class ProgressLine:
    """Writes the line over itself on a terminal, and now and then elsewhere."""

    def __init__(self, out: TextIO, *, monotonic_s: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._monotonic_s = monotonic_s
        self._live = out.isatty()
        self._shown_s = float("-inf")
        self._phase = ""
        self._width = 0
        self._violation = ""

    def show(self, scene: Scene) -> None:
        if scene.violation and not self._violation:
            self._violation = scene.violation
            self.end()
            self._out.write(f"first violation: {scene.violation}\n")
        line = text(scene)
        if self._live:
            self._out.write("\r" + line.ljust(self._width))
            self._width = len(line)
        elif scene.phase != self._phase or self._monotonic_s() - self._shown_s >= QUIET_S:
            self._out.write(line + "\n")
            self._shown_s = self._monotonic_s()
        self._phase = scene.phase
        self._out.flush()

    def end(self) -> None:
        """Leaves the line behind."""
        if self._live and self._width:
            self._out.write("\n")
            self._out.flush()
        self._width = 0


def _values(measured: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.4g}" for name, value in measured.items()) or "not yet measured"
