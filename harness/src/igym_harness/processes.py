"""The renderer processes of a browser, as the system tells of them: which there are, which works, and which is no more."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field

from igym_harness.audit import PROC, Process, descendants, table

RENDERER = b"--type=renderer"
_DEAD_STATES = frozenset({"Z", "X"})
_STARTED, _UTIME, _STIME = 19, 11, 12
"""Places behind the name in a process's stat (proc(5))."""


def renderers(root: int) -> set[Process]:
    """Of the browser whose main process is `root`; empty where the system does not tell (no /proc)."""
    return {one for one in descendants(table(), root) if RENDERER in _command_line(one.pid)}


def cpu_s(process: Process) -> float | None:
    """Processor time that it had so far; None: it is no more."""
    try:
        text = (PROC / str(process.pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    if fields[0] in _DEAD_STATES or fields[_STARTED] != process.started:
        return None
    return (int(fields[_UTIME]) + int(fields[_STIME])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Worker:
    """The one of some processes that has worked most: in a participant's own browser, the one that plays."""

    _cpu_s: dict[Process, float] = field(default_factory=dict)

    def know(self, processes: Iterable[Process]) -> None:
        """Processes that may be new."""
        for one in processes:
            self._cpu_s.setdefault(one, 0.0)

    @property
    def busiest(self) -> Process | None:
        return max(self._cpu_s, key=lambda one: self._cpu_s[one], default=None)

    def ended(self) -> bool:
        """Looks at each anew; true once the busiest of them is no more."""
        now_s = {one: cpu_s(one) for one in self._cpu_s}
        busiest = self.busiest
        if busiest is not None and now_s[busiest] is None:
            return True
        self._cpu_s = {one: cpu for one, cpu in now_s.items() if cpu is not None}
        return False


def _command_line(pid: int) -> bytes:
    try:
        return (PROC / str(pid) / "cmdline").read_bytes()
    except OSError:
        return b""
