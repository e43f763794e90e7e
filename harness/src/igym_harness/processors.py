"""How much of the machine's processors nobody used, by the system's own count. A machine without any left makes every page late."""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass, field
from pathlib import Path

from igym_chaos.samples import Window
from igym_harness.clock import monotonic_ms

STAT = Path("/proc/stat")
PROBE_S = 0.5
NONE_LEFT = 0.05
"""Idle share of all processors below which pages wait for each other."""


@dataclass
class Processors:
    """(when, clock ticks idle, clock ticks in all) since the machine started; ms of the harness clock."""

    samples: list[tuple[float, int, int]] = field(default_factory=list)

    async def probe(self, stat: Path = STAT) -> None:
        """Runs until cancelled; ends at once on a system that does not count."""
        while (now := counted(stat)) is not None:
            self.samples.append((monotonic_ms(), *now))
            await asyncio.sleep(PROBE_S)

    def idle(self, window: Window) -> float:
        """Idle share of all processors in the window, 0 to 1. NaN if it was not counted."""
        known = [one for one in self.samples if window.start_ms <= one[0] <= window.end_ms]
        if len(known) < 2 or known[-1][2] == known[0][2]:
            return math.nan
        return (known[-1][1] - known[0][1]) / (known[-1][2] - known[0][2])


def counted(stat: Path) -> tuple[int, int] | None:
    """(idle, all) of the first line of /proc/stat: user nice system idle iowait irq softirq steal; guests are in user (proc(5))."""
    if not stat.is_file():
        return None
    first = stat.read_text(encoding="ascii").split("\n", 1)[0]
    user, nice, system, idle, iowait, irq, softirq, steal = map(int, first.split()[1:9])
    return idle + iowait, user + nice + system + idle + iowait + irq + softirq + steal
