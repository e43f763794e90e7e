"""The harness may come before the pages, and never takes a refusal for an error."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from igym_harness.priority import children, put


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process
    process.communicate()


def test_a_child_is_known_and_can_wait_longer(child: subprocess.Popen[bytes]) -> None:
    assert child.pid in children()
    now = os.getpriority(os.PRIO_PROCESS, child.pid)
    assert put(child.pid, now + 1)
    assert os.getpriority(os.PRIO_PROCESS, child.pid) == now + 1


def test_a_process_that_ended_is_no_error(child: subprocess.Popen[bytes]) -> None:
    child.communicate()
    assert not put(child.pid, 5)
