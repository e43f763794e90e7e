"""Faults of the server path through a real Toxiproxy, judged by real connections: before, during, after, and when nothing was done."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from igym_chaos.fault import Fault
from igym_chaos.faults.signal_bandwidth import SignalBandwidth
from igym_chaos.faults.signal_down import SignalDown
from igym_chaos.faults.signal_half_open import SignalHalfOpen
from igym_chaos.faults.signal_hold import SignalHold
from igym_chaos.faults.signal_limit import SignalLimit
from igym_chaos.faults.signal_reset import SignalReset
from igym_chaos.faults.signal_slicer import SignalSlicer
from igym_chaos.faults.signal_slow_close import SignalSlowClose
from igym_chaos.samples import ProbeSample, Window
from igym_chaos.toxiproxy import ProxiedPath, ToxiproxyServer
from igym_harness.errors import HarnessError
from igym_harness.server_probe import keep_probing, probe

ANSWER = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"x" * 6_000
LIMIT_S = 0.8
PROBES = 3


class Subject:
    name = "a"
    network = turn_path = relay = frame_route = player = control = server = None

    def __init__(self, path: ProxiedPath) -> None:
        self.server_path = path


class Telemetry:
    def __init__(self) -> None:
        self.samples: list[ProbeSample] = []

    def server_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        return [one for one in self.samples if window.holds(one.t_ms)]


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A small web server's one answer."""
    await reader.readuntil(b"\r\n\r\n")
    writer.write(ANSWER)


@pytest.fixture
async def path(tmp_path: Path, serving: Callable[..., Awaitable[int]]) -> AsyncIterator[ProxiedPath]:
    binary = os.environ.get("IGYM_TOXIPROXY")
    assert binary, "IGYM_TOXIPROXY names no toxiproxy-server: run the tests with `nox -s unit`, which builds one"
    server = ToxiproxyServer(binary=Path(binary), log=tmp_path / "toxiproxy.log")
    await server.start()
    try:
        yield await server.proxy("a", upstream=f"127.0.0.1:{await serving(answer)}")
    finally:
        await server.stop()


async def look(path: ProxiedPath, telemetry: Telemetry) -> Window:
    """A few connections, all in the window."""
    start_ms = time.monotonic() * 1000.0
    for _ in range(PROBES):
        telemetry.samples.append(await probe(path.port, "/", limit_s=LIMIT_S))
    return Window(start_ms, time.monotonic() * 1000.0)


KINDS: list[Fault] = [
    SignalHold(),
    SignalHalfOpen(),
    SignalReset(),
    SignalDown(),
    SignalBandwidth(10_000),
    SignalSlicer(200, 5),
    SignalSlowClose(300),
    SignalLimit(1_000),
]


@pytest.mark.parametrize("fault", KINDS, ids=lambda fault: fault.kind)
async def test_a_real_fault_is_in_band_and_over_after_the_heal(path: ProxiedPath, fault: Fault) -> None:
    telemetry: Any = Telemetry()
    on: list[Any] = [Subject(path)]
    before = await look(path, telemetry)
    await fault.inject(on)
    during = await look(path, telemetry)
    effect = fault.effect(
        telemetry, ["a"], Window(before.end_ms, during.end_ms), Window(before.start_ms, before.end_ms)
    )
    assert effect.in_band, (effect, telemetry.samples)
    assert fault.untouched(telemetry, ["a"], during, before) == ["a"], "who sees what the target sees was touched"
    await fault.heal(on)
    after = await look(path, telemetry)
    later = Window(during.end_ms, after.end_ms)
    assert fault.recovered(telemetry, ["a"], later, before).in_band, telemetry.samples
    assert fault.untouched(telemetry, ["a"], before, before) == []
    await fault.heal(on)


def test_a_connection_that_is_open_at_the_heal_does_not_count() -> None:
    telemetry: Any = Telemetry()
    silent: dict[str, Any] = {"connect_ms": 1.0, "first_byte_ms": None, "received": 0, "reads": 0}
    telemetry.samples = [ProbeSample(t_ms, total_ms=1_500.0, end="timeout", **silent) for t_ms in (500.0, 2_500.0)]
    telemetry.samples.append(ProbeSample(4_500.0, total_ms=600.0, end="reset", **silent))
    effect = SignalHalfOpen().effect(telemetry, ["a"], Window(500.0, 5_000.0), Window(0.0, 500.0))
    assert (effect.n, effect.in_band) == (2, True)


@pytest.mark.parametrize(
    "fault", [*KINDS, SignalSlicer(1_000, 1), SignalSlowClose(100)], ids=lambda fault: repr(fault).partition("(")[0]
)
async def test_a_heal_that_does_nothing_is_not_believed(path: ProxiedPath, fault: Fault) -> None:
    """Also where it hardly slows anything."""
    telemetry: Any = Telemetry()
    on: list[Any] = [Subject(path)]
    before = await look(path, telemetry)
    await fault.inject(on)
    still = await look(path, telemetry)
    effect = fault.recovered(telemetry, ["a"], still, before)
    assert not effect.in_band, (effect, telemetry.samples)


@pytest.mark.parametrize("fault", KINDS, ids=lambda fault: fault.kind)
async def test_an_injector_that_does_nothing_is_not_believed(path: ProxiedPath, fault: Fault) -> None:
    telemetry: Any = Telemetry()
    before = await look(path, telemetry)
    during = await look(path, telemetry)
    assert not fault.effect(telemetry, ["a"], during, before).in_band


async def test_an_answer_that_is_not_the_file_measures_nothing(serving: Callable[..., Awaitable[int]]) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 NOT FOUND\r\nConnection: close\r\n\r\nno such file")

    with pytest.raises(HarnessError, match=r"asked the server for /x.*404 NOT FOUND"):
        await probe(await serving(refuse), "/x")


async def test_participants_are_probed_beside_each_other(path: ProxiedPath) -> None:
    seen: dict[str, list[ProbeSample]] = {"a": [], "b": []}
    task = asyncio.create_task(
        keep_probing({"a": path.port, "b": path.port}, lambda name, one: seen[name].append(one), path="/", every_s=0.01)
    )
    async with asyncio.timeout(10):
        while min(map(len, seen.values())) < 3:  # noqa: ASYNC110 - samples are no event
            await asyncio.sleep(0.01)
    task.cancel()
    assert {one.end for one in (*seen["a"], *seen["b"])} == {"fin"}


@pytest.mark.parametrize(
    ("kind", "parameters", "said"),
    [
        (SignalBandwidth, {"bytes_s": 1_500}, "multiple of 1000"),
        (SignalSlicer, {"bytes": 1, "delay_ms": 5}, "bytes is 1"),
        (SignalSlowClose, {"delay_ms": 5}, "delay_ms is 5"),
        (SignalLimit, {"bytes": 0}, "bytes is 0"),
    ],
)
def test_values_that_cannot_be_done_are_refused(kind: type[Fault], parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=kind.kind) as caught:
        kind(**parameters)
    assert said in str(caught.value)
