"""Whoever looks comes first: the harness's own loop and Playwright's driver get the processor before the pages they watch.

A page that waits for the processor is late by itself; a harness that waits calls everything late (HAR-2). Niceness does not do it:
a browser is a session of its own, and Linux then shares the processor between sessions first (sched(7), autogroup). Where the system
does not allow a real-time policy, which is the rule for a user who is not root, nothing changes.
"""

from __future__ import annotations

import os
from pathlib import Path

LOWEST = 1
"""Of the real-time priorities; each comes before every ordinary process."""


def children() -> set[int]:
    """Process ids of our direct children; empty where the system does not tell (no /proc)."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for one in lists for pid in one.read_text(encoding="ascii").split()}


def first(pid: int) -> bool:
    """A process's first thread (0: the caller's own) comes before ordinary ones, what it starts does not; false if the system refuses."""
    return hasattr(os, "SCHED_RR") and _put(pid, os.SCHED_RR | os.SCHED_RESET_ON_FORK, LOWEST)


def ordinary(pid: int) -> bool:
    """As every process begins."""
    return hasattr(os, "SCHED_OTHER") and _put(pid, os.SCHED_OTHER, 0)


def _put(pid: int, policy: int, priority: int) -> bool:
    try:
        os.sched_setscheduler(pid, policy, os.sched_param(priority))
    except (PermissionError, ProcessLookupError):
        return False
    return True
