"""What a run left on the machine: processes, open ports, folders (HAR-1).

Processes are followed by pid and start time from the moment they are seen, because an orphan changes its parent.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

PROC = Path("/proc")
_DEAD_STATES = frozenset({"Z", "X"})


@dataclass(frozen=True)
class Process:
    """A process for life: pids are used again, start times are not."""

    pid: int
    started: str
    name: str


@dataclass(frozen=True)
class _Row:
    process: Process
    parent: int


def table() -> dict[int, _Row]:
    """Every living process of the machine (zombies are dead)."""
    rows = _table_of_proc() if PROC.is_dir() else _table_of_ps()
    return {row.process.pid: row for row in rows}


def descendants(rows: dict[int, _Row], root: int) -> set[Process]:
    """Children, their children, and so on, of `root`."""
    children: dict[int, list[int]] = {}
    for pid, row in rows.items():
        children.setdefault(row.parent, []).append(pid)
    found: set[Process] = set()
    waiting = list(children.get(root, ()))
    while waiting:
        pid = waiting.pop()
        found.add(rows[pid].process)
        waiting.extend(children.get(pid, ()))
    return found


@dataclass
class Audit:
    """Follows what a run starts. `look` while it runs, as often as convenient; `leftovers` after the clean-up."""

    before: set[Process] = field(default_factory=lambda: descendants(table(), os.getpid()))
    seen: set[Process] = field(default_factory=set)
    ports: dict[str, int] = field(default_factory=dict)
    folders: list[Path] = field(default_factory=list)

    def look(self) -> None:
        self.seen |= descendants(table(), os.getpid()) - self.before

    def leftovers(self) -> tuple[str, ...]:
        """One line per thing still there."""
        alive = {row.process for row in table().values()}
        lines = [f"process {one.pid} ({one.name})" for one in sorted(self.seen & alive, key=lambda one: one.pid)]
        lines += [f"port {port} ({name}) still accepts" for name, port in self.ports.items() if accepts(port)]
        lines += [f"folder {folder}" for folder in self.folders if folder.exists()]
        return tuple(lines)


def accepts(port: int) -> bool:
    """Whether something listens on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1.0)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _table_of_proc() -> Iterable[_Row]:
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            text = (folder / "stat").read_text(encoding="utf-8", errors="replace")
        except OSError:  # it ended meanwhile
            continue
        name, _, rest = text.partition("(")[2].rpartition(")")
        fields = rest.split()  # state, parent, ...; start time is field 22 of proc(5), the 20th behind the name
        if fields[0] not in _DEAD_STATES:
            yield _Row(Process(int(folder.name), fields[19], name), int(fields[1]))


def _table_of_ps() -> Iterable[_Row]:
    """Systems without /proc."""
    command = ["ps", "-axo", "pid=,ppid=,state=,lstart=,comm="]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603 - fixed arguments
    for line in lines:
        pid, parent, state, *rest = line.split(None, 8)
        if state[0] not in _DEAD_STATES:
            yield _Row(Process(int(pid), " ".join(rest[:5]), rest[5] if len(rest) > 5 else "?"), int(parent))
