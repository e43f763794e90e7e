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
from igym_chaos.fault import Fault
from igym_chaos.faults import server_disk_full
from igym_chaos.faults.server_db_locked import LOOKS_AFTER, ServerDbLocked
from igym_chaos.faults.server_disk_full import ServerDiskFull
from igym_chaos.faults.server_kill import ServerKill
from igym_chaos.faults.server_pause import ServerPause
from igym_chaos.faults.server_restart import ServerRestart
from igym_chaos.faults.server_slow import ServerSlow
from igym_chaos.samples import ProbeSample, Window
from igym_chaos.subjects import SERVER, ServerIdentity
from igym_harness.server_probe import probe

LISTEN = """
import socket, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
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
    network = server_path = turn_path = relay = frame_route = player = control = None

    def __init__(self, database: Path, process: subprocess.Popen[bytes] | None = None) -> None:
        self.database = database
        self._process = process
        self.identities: list[ServerIdentity | None] = []
        self.answers: list[dict[str, float]] = []
        self.hindered: list[dict[str, float | bool | list[str]]] = []

    @property
    def server(self) -> Target:
        return self

    def signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    async def end(self, number: int) -> int:
        self.signal(number)
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait)

    async def start(self) -> None:
        """Tests of the harness start real servers; here the next one is there already, or nobody is."""

    async def identity(self) -> ServerIdentity | None:
        return self.identities.pop(0)

    async def hinder(self, **wanted: float | bool | list[str]) -> dict[str, float]:
        self.hindered.append(wanted)
        return self.answers.pop(0)


class Telemetry:
    def __init__(self) -> None:
        self.samples: list[ProbeSample] = []

    def server_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        assert participant == SERVER
        return [one for one in self.samples if window.holds(one.t_ms)]


@pytest.fixture
def listening() -> Iterator[subprocess.Popen[bytes]]:
    process = program(0)
    yield process
    process.send_signal(signal.SIGCONT)
    process.kill()
    process.communicate()


def program(port: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", LISTEN, str(port)], stdout=subprocess.PIPE)  # noqa: S603 - our own program


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
    async with asyncio.timeout(10):
        while len(fault.holding.looks) < 5:  # noqa: ASYNC110 - looks are no event
            await asyncio.sleep(0.01)
    window = Window(start_ms, now_ms())
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        sqlite3.connect(database, timeout=0).execute("INSERT INTO log VALUES ('x')")
    await fault.heal([Target(database)])
    effect = fault.effect(telemetry, [SERVER], window, window)
    assert (effect.measured, effect.in_band) == ({"locked": 1.0}, True)
    assert [held for _, held in fault.holding.looks[-LOOKS_AFTER + 1 :]] == [False] * (LOOKS_AFTER - 1)
    answers: Any = Timed((2.0, 2.0), (3.0, 3.0))
    for free_ms, believed in ((DURING.start_ms - 500.0, True), (DURING.start_ms + 500.0, False), (None, False)):
        fault.holding.free_ms = free_ms
        assert fault.recovered(answers, [SERVER], DURING, BEFORE).in_band is believed, (
            "let go when nobody looked any more"
        )
    with sqlite3.connect(database, timeout=0) as db:
        db.execute("INSERT INTO log VALUES ('x')")
    db.close()
    await fault.heal([Target(database)])


FIRST, SECOND = ServerIdentity(1, "first"), ServerIdentity(2, "second")


async def killed(
    process: subprocess.Popen[bytes], database: Path, who: list[ServerIdentity | None]
) -> tuple[ServerKill, Any, tuple[Window, Window, Window]]:
    """A server that dies and another one on its port: before, without it, and after."""
    assert process.stdout is not None
    port = int(process.stdout.readline())
    telemetry: Any = Telemetry()
    fault, target = ServerKill(), Target(database, process)
    target.identities = who
    before = await look(telemetry, port)
    await fault.inject([target])
    during = await look(telemetry, port)
    following = program(port)
    try:
        assert following.stdout is not None
        assert int(following.stdout.readline()) == port
        await fault.heal([target])
        after = await look(telemetry, port)
    finally:
        following.kill()
        following.communicate()
    return fault, telemetry, (before, during, after)


async def test_a_killed_server_refuses_everybody_until_another_one_answers(
    listening: subprocess.Popen[bytes], database: Path
) -> None:
    fault, telemetry, (before, during, after) = await killed(listening, database, [FIRST, SECOND])
    assert fault.effect(telemetry, [SERVER], during, before).in_band, telemetry.samples
    assert not fault.effect(telemetry, [SERVER], before, before).in_band
    assert not fault.recovered(telemetry, [SERVER], during, before).in_band
    assert fault.recovered(telemetry, [SERVER], after, before).in_band, telemetry.samples


@pytest.mark.parametrize("impostor", [None, FIRST, ServerIdentity(2, "first"), ServerIdentity(1, "second")])
async def test_whoever_answers_with_the_name_of_the_dead_is_no_new_server(
    listening: subprocess.Popen[bytes], database: Path, impostor: ServerIdentity | None
) -> None:
    """SAB-24."""
    fault, telemetry, (before, _, after) = await killed(listening, database, [FIRST, impostor])
    found = fault.recovered(telemetry, [SERVER], after, before)
    assert (found.in_band, found.measured["new_process"]) == (False, 0.0)


async def test_a_port_that_refuses_is_no_proof_that_the_process_died(database: Path) -> None:
    telemetry: Any = Telemetry()
    telemetry.samples = [ProbeSample(t_ms, None, None, 0.3, 0, 0, "refused") for t_ms in range(0, 3_000, 500)]
    window = Window(0.0, 3_000.0)
    effect = ServerKill().effect(telemetry, [SERVER], window, window)
    assert (effect.in_band, effect.measured, effect.note) == (
        False,
        {"refused": 1.0},
        "the exit code is None, not that of the signal",
    )


@pytest.mark.parametrize(
    ("number", "who", "believed"),
    [
        (signal.SIGTERM, [FIRST, SECOND], True),
        (signal.SIGTERM, [FIRST, FIRST], False),
        (signal.SIGTERM, [FIRST, None], False),
        (signal.SIGKILL, [FIRST, SECOND], False),
    ],
)
async def test_a_restart_is_an_end_without_an_error_and_another_process(
    listening: subprocess.Popen[bytes],
    database: Path,
    number: int,
    who: list[ServerIdentity | None],
    believed: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert listening.stdout is not None
    listening.stdout.readline()
    target, window, telemetry = Target(database, listening), Window(0.0, 1.0), Telemetry()
    target.identities = who
    monkeypatch.setattr(target, "signal", lambda _: listening.send_signal(number))
    fault = ServerRestart()
    await fault.inject([target])
    await fault.heal([target])
    assert fault.effect(telemetry, [SERVER], window, window).in_band is believed  # type: ignore[arg-type]


@pytest.mark.parametrize("fault", [ServerPause(), ServerDbLocked(), ServerKill()], ids=lambda fault: fault.kind)
def test_an_injector_that_does_nothing_is_not_believed(fault: Fault) -> None:
    telemetry: Any = Telemetry()
    answered = {"connect_ms": 0.3, "first_byte_ms": 0.9, "total_ms": 1.2, "received": 3000, "reads": 1}
    telemetry.samples = [ProbeSample(t_ms, end="fin", **answered) for t_ms in range(0, 10_000, 500)]  # type: ignore[arg-type]
    if isinstance(fault, ServerDbLocked):
        fault.holding.looks += [(float(t_ms), False) for t_ms in range(0, 10_000, 250)]
    effect = fault.effect(telemetry, [SERVER], Window(4_000.0, 9_000.0), Window(0.0, 4_000.0))
    assert effect.n >= 4
    assert not effect.in_band


def test_a_restart_that_nobody_did_is_not_believed() -> None:
    telemetry: Any = Telemetry()
    effect = ServerRestart().effect(telemetry, [SERVER], Window(0.0, 1.0), Window(0.0, 1.0))
    assert (effect.in_band, effect.note) == (False, "no process ended")


async def test_a_database_that_is_not_there_is_no_fault(tmp_path: Path) -> None:
    with pytest.raises(InjectorError, match="is not at"):
        await ServerDbLocked().inject([Target(tmp_path / "igym.sqlite3")])


class Timed(Telemetry):
    """Answer times by window: of the harness's connections, and of the sockets of a and b."""

    def __init__(self, probe_ms: tuple[float, float], socket_ms: tuple[float, float], *, n: int = 8) -> None:
        super().__init__()
        self._socket_ms, self._n = socket_ms, n
        for start_ms, total_ms in ((0.0, probe_ms[0]), (5_000.0, probe_ms[1])):
            self.samples += [
                ProbeSample(start_ms + 500.0 * i, 0.1, total_ms, total_ms, 3_000, 1, "fin") for i in range(n)
            ]

    def participants(self) -> tuple[str, ...]:
        return ("a", "b")

    def server_rtts(self, participant: str, window: Window) -> list[float]:
        return [self._socket_ms[window.start_ms >= 5_000.0]] * self._n


BEFORE, DURING = Window(0.0, 4_900.0), Window(5_000.0, 9_900.0)


@pytest.mark.parametrize(
    ("probe_ms", "socket_ms", "believed"),
    [
        ((2.0, 402.0), (3.0, 404.0), True),
        ((2.0, 2.0), (3.0, 3.0), False),
        ((2.0, 402.0), (3.0, 3.0), False),
        ((2.0, 2.0), (3.0, 404.0), False),
        ((2.0, 302.0), (3.0, 303.0), False),
        ((2.0, 702.0), (3.0, 404.0), False),
    ],
)
def test_a_slow_server_is_slow_for_everybody_and_by_as_much_as_asked(
    probe_ms: tuple[float, float], socket_ms: tuple[float, float], believed: bool
) -> None:
    telemetry: Any = Timed(probe_ms, socket_ms)
    fault = ServerSlow(delay_ms=400)
    assert fault.effect(telemetry, [SERVER], DURING, BEFORE).in_band is believed
    quick = max(probe_ms[1] - probe_ms[0], socket_ms[1] - socket_ms[0]) < 5
    assert fault.recovered(telemetry, [SERVER], DURING, BEFORE).in_band is quick


def test_too_few_answers_tell_nothing_of_a_delay() -> None:
    telemetry: Any = Timed((2.0, 402.0), (3.0, 404.0), n=3)
    effect = ServerSlow(delay_ms=400).effect(telemetry, [SERVER], DURING, BEFORE)
    assert (effect.in_band, effect.measured) == (False, {})


@pytest.mark.parametrize("delay_ms", [0, 49, 1_001, True, "400"])
def test_a_delay_out_of_range_is_refused(delay_ms: Any) -> None:
    with pytest.raises(ValueError, match=r"server\.slow: delay_ms"):
        ServerSlow(delay_ms=delay_ms)


async def test_the_delay_is_set_and_taken_away(database: Path) -> None:
    target = Target(database)
    target.answers = [{}, {}]
    await ServerSlow(delay_ms=400).inject([target])
    await ServerSlow(delay_ms=400).heal([target])
    assert target.hindered == [{"delay_ms": 400}, {"delay_ms": 0.0}]


def answers(*pairs: tuple[int, int]) -> list[dict[str, float]]:
    return [{"writes": float(writes), "write_errors": float(errors)} for writes, errors in pairs]


@pytest.mark.parametrize(
    ("counted", "full", "freed"),
    [
        (answers((100, 0), (103, 7), (120, 7)), True, True),
        (answers((100, 0), (160, 0), (170, 0)), False, True),
        (answers((100, 0), (103, 7), (103, 9)), True, False),
        (answers((100, 0), (103, 7), (103, 7)), True, False),
        (answers((100, 3), (103, 3), (104, 3)), False, True),
    ],
    ids=["full", "never full", "still full", "silent", "full before"],
)
async def test_a_full_disk_is_what_the_store_counted(
    database: Path, monkeypatch: pytest.MonkeyPatch, counted: list[dict[str, float]], full: bool, freed: bool
) -> None:
    monkeypatch.setattr(server_disk_full, "EVERY_S", 0.0)
    target, telemetry, fault = Target(database), Timed((2.0, 2.0), (3.0, 3.0)), ServerDiskFull()
    target.answers = [*counted, *counted[-1:] * server_disk_full.LOOKS]
    await fault.inject([target])
    await fault.heal([target])
    assert target.hindered[:3] == [{"full": True}, {"full": False}, {}]
    assert fault.effect(telemetry, [SERVER], DURING, BEFORE).in_band is full  # type: ignore[arg-type]
    fault.counted.healed_ms = DURING.start_ms - 500.0
    assert fault.recovered(telemetry, [SERVER], DURING, BEFORE).in_band is freed  # type: ignore[arg-type]
    fault.counted.healed_ms = DURING.start_ms + 500.0
    late = fault.recovered(telemetry, [SERVER], DURING, BEFORE)  # type: ignore[arg-type]
    assert not late.in_band, "a heal that came when nobody looked any more"


def test_a_disk_that_nobody_filled_is_not_believed() -> None:
    telemetry: Any = Timed((2.0, 2.0), (3.0, 3.0))
    assert not ServerDiskFull().effect(telemetry, [SERVER], DURING, BEFORE).in_band
    assert not ServerDiskFull().recovered(telemetry, [SERVER], DURING, BEFORE).in_band
