"""Which processes of a browser there are, which of them works, and that its end is seen."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from igym_harness.audit import Process, table
from igym_harness.deadline import until
from igym_harness.processes import Worker, cpu_s, renderers

SPIN = "import time\nend = time.monotonic() + 30\nwhile time.monotonic() < end: pass"
WAIT = "import time\ntime.sleep(30)"


def start(code: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments])  # noqa: S603 - our own words


def children(parent: subprocess.Popen[bytes]) -> list[int]:
    return [row.process.pid for row in table().values() if row.parent == parent.pid]


def identity(pid: int) -> Process:
    return table()[pid].process


@pytest.fixture
def busy_and_idle() -> Iterator[tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]]]:
    both = start(SPIN), start(WAIT)
    yield both
    for one in both:
        one.kill()
        one.wait()


async def test_the_end_of_the_one_that_works_is_seen_and_that_of_another_is_not(
    busy_and_idle: tuple[subprocess.Popen[bytes], subprocess.Popen[bytes]],
) -> None:
    busy, idle = busy_and_idle
    worker = Worker()
    worker.know([identity(busy.pid), identity(idle.pid)])

    def works() -> bool:
        return not worker.ended() and worker.busiest is not None and worker.busiest.pid == busy.pid

    await until(lambda: works() and (cpu_s(identity(busy.pid)) or 0.0) > 0.2, timeout_s=20, reason="one that works")
    idle.kill()
    idle.wait()
    assert not worker.ended()
    busy.kill()  # a dead child that nobody has waited for is no more, either
    await until(worker.ended, timeout_s=5, reason="its end to be seen")
    assert worker.ended(), "and it stays so"


def test_a_process_id_that_was_given_away_is_another_process() -> None:
    one = start(WAIT)
    mine = identity(one.pid)
    assert cpu_s(mine) is not None
    assert cpu_s(Process(mine.pid, "0", mine.name)) is None
    one.kill()
    one.wait()
    assert cpu_s(mine) is None


def test_nobody_is_busiest_where_there_is_nobody() -> None:
    worker = Worker()
    assert worker.busiest is None
    assert not worker.ended()


async def test_renderers_are_told_by_their_command_line_below_their_browser() -> None:
    code = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(30)', sys.argv[1]]); time.sleep(30)"
    one, other = start(code, "--type=renderer"), start(code, "--type=utility")
    try:
        await until(lambda: bool(children(one) and children(other)), timeout_s=20, reason="both children")
        await until(lambda: bool(renderers(one.pid)), timeout_s=5, reason="the command line of the child")
        assert [found.pid for found in renderers(one.pid)] == children(one)
        assert renderers(other.pid) == set()
    finally:
        for parent in (one, other):
            for pid in children(parent):
                os.kill(pid, signal.SIGKILL)
            parent.kill()
            parent.wait()


async def test_looking_is_cheap() -> None:
    """It happens ten times a second on the loop that must not be late (HAR-2)."""
    one = start(WAIT)
    worker = Worker()
    worker.know([identity(one.pid)] * 4)
    began_s = time.process_time()
    for _ in range(100):
        worker.ended()
        await asyncio.sleep(0)
    assert time.process_time() - began_s < 0.5
    one.kill()
    one.wait()
