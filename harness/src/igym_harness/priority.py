"""Whoever looks comes first: the harness's own loop and Playwright's driver get the processor before the pages they watch.

A page that waits for the processor is late by itself; a harness that waits calls everything late (HAR-2). Where the system does not
allow it, which is the rule for a user who is not root, nothing changes.
"""

from __future__ import annotations

import os
from pathlib import Path

LOOKING = -10
NORMAL = 0


def children() -> set[int]:
    """Process ids of our direct children; empty where the system does not tell (no /proc)."""
    lists = Path("/proc/self/task").glob("*/children")
    return {int(pid) for one in lists for pid in one.read_text(encoding="ascii").split()}


def put(pid: int, niceness: int) -> bool:
    """Sets the niceness of a process's first thread (0: the caller's own thread); false if the system refuses."""
    try:
        os.setpriority(os.PRIO_PROCESS, pid, niceness)
    except (PermissionError, ProcessLookupError):
        return False
    return True
