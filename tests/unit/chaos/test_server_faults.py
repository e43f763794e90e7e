"""Faults of the server itself: a real process that is stopped, a real database that is locked, and injectors that do nothing."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from igym_chaos.errors import InjectorError
from igym_chaos.fault import SERVER, Fault, ProbeSample, Window
from igym_chaos.faults.server_db_locked import LOOKS_AFTER, ServerDbLocked
from igym_chaos.faults.server_pause import ServerPause
from igym_harness.server_probe import probe

LISTEN = """
import socket
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    one, _ = listener.accept()
    one.recv(4096)
    one.sendall(b"HTTP/1.1 200 OK\\r\\nConnection: close\\r\\n\\r\\n" + b"x" * 3000)
    one.close()
"""


class Target:
    """What ServerSubject is, around a process of this test."""

    name = SERVER
    network = server_path = turn_path = relay = control = None

    def __init__(self, database: Path, process: subprocess.Popen[bytes] | None = None) -> None:
        self.database = database
        self._process = process

    @property
    def server(self) -> Target:
        return self

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)


class Telemetry:
    def __init__(self) -> None:
        self.samples: list[ProbeSample] = []

    def server_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        assert participant == SERVER
        return [one for one in self.samples if window.holds(one.t_ms)]


@pytest.fixture
def listening() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", LISTEN], stdout=subprocess.PIPE)  # noqa: S603 - our own program
    yield process
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.communicate()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "igym.sqlite3"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("CREATE TABLE log (line TEXT)")
    db.close()
    return path


def now_ms() -> float:
    return time.monotonic() * 1000.0


async def look(telemetry: Telemetry, port: int) -> Window:
    start_ms = now_ms()
    for _ in range(3):
        telemetry.samples.append(await probe(port, "/", limit_s=0.5))
    return Window(start_ms, now_ms())


async def test_a_stopped_server_answers_nobody_and_answers_again_after(
    listening: subprocess.Popen[bytes], database: Path
) -> None:
    assert listening.stdout is not None
    port = int(listening.stdout.readline())
    telemetry: Any = Telemetry()
    fault, on = ServerPause(), [Target(database, listening)]
    before = await look(telemetry, port)
    assert not fault.effect(telemetry, [SERVER], before, before).in_band, "a server that runs is not stopped"
    await fault.inject(on)
    during = await look(telemetry, port)
    await fault.heal(on)
    after = await look(telemetry, port)
    assert fault.effect(telemetry, [SERVER], during, before).in_band, telemetry.samples
    assert not fault.recovered(telemetry, [SERVER], during, before).in_band
    assert fault.recovered(telemetry, [SERVER], after, before).in_band, telemetry.samples


async def test_a_locked_database_is_locked_for_everybody_until_the_heal(database: Path) -> None:
    telemetry: Any = Telemetry()
    fault = ServerDbLocked()
    start_ms = now_ms()
    await fault.inject([Target(database)])
    while len(fault.holding.looks) < 5:  # noqa: ASYNC110 - looks are no event
        await asyncio.sleep(0.01)
    window = Window(start_ms, now_ms())
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(database, timeout=0).execute("INSERT INTO log VALUES ('x')")
    await fault.heal([Target(database)])
    effect = fault.effect(telemetry, [SERVER], window, window)
    assert (effect.measured, effect.in_band) == ({"locked": 1.0}, True)
    assert [held for _, held in fault.holding.looks[-LOOKS_AFTER + 1 :]] == [False] * (LOOKS_AFTER - 1)
    with sqlite3.connect(database, timeout=0) as db:
        db.execute("INSERT INTO log VALUES ('x')")
    db.close()
    await fault.heal([Target(database)])


@pytest.mark.parametrize("fault", [ServerPause(), ServerDbLocked()], ids=lambda fault: fault.kind)
def test_an_injector_that_does_nothing_is_not_believed(fault: Fault) -> None:
    telemetry: Any = Telemetry()
    answered = {"connect_ms": 0.3, "first_byte_ms": 0.9, "total_ms": 1.2, "received": 3000, "reads": 1}
    telemetry.samples = [ProbeSample(t_ms, end="fin", **answered) for t_ms in range(0, 10_000, 500)]  # type: ignore[arg-type]
    if isinstance(fault, ServerDbLocked):
        fault.holding.looks += [(float(t_ms), False) for t_ms in range(0, 10_000, 250)]
    effect = fault.effect(telemetry, [SERVER], Window(4_000.0, 9_000.0), Window(0.0, 4_000.0))
    assert effect.n >= 4
    assert not effect.in_band


async def test_a_database_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    with pytest.raises(InjectorError, match="is not at"):
        await ServerDbLocked().inject([Target(tmp_path / "igym.sqlite3")])
