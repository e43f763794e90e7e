"""The harness may come before the pages, what it starts does not, and a refusal is no error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from igym_harness.priority import children, first, ordinary


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.communicate()


def test_what_comes_first_starts_ordinary_processes() -> None:
    allowed = first(0)
    try:
        assert (os.sched_getscheduler(0) & ~os.SCHED_RESET_ON_FORK == os.SCHED_RR) == allowed
        policy = "import os; print(os.sched_getscheduler(0) == os.SCHED_OTHER)"
        told = subprocess.run([sys.executable, "-c", policy], capture_output=True, text=True, check=True)  # noqa: S603 - our own
        assert told.stdout.strip() == "True"
    finally:
        assert ordinary(0)
    assert os.sched_getscheduler(0) == os.SCHED_OTHER


def test_a_child_is_known(child: subprocess.Popen[bytes]) -> None:
    assert child.pid in children()


def test_a_process_that_ended_is_no_error(child: subprocess.Popen[bytes]) -> None:
    child.communicate()
    assert not first(child.pid)
    assert not ordinary(child.pid)
