"""The real Toxiproxy: what is asked for is really done, and nonsense never reaches it."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import requests
from toxiproxy.proxy import Proxy

from igym_chaos.errors import InjectorError
from igym_chaos.toxics import check_toxic
from igym_chaos.toxiproxy import ProxiedPath, ToxiproxyServer

DELAY_MS = 150


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[ToxiproxyServer]:
    binary = os.environ.get("IGYM_TOXIPROXY")
    assert binary, "IGYM_TOXIPROXY names no toxiproxy-server: run the tests with `nox -s unit`, which builds one"
    made = ToxiproxyServer(binary=Path(binary), log=tmp_path / "toxiproxy.log")
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def repeat(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Sends back what it hears."""
    while data := await reader.read(1024):
        writer.write(data)
        await writer.drain()


@pytest.fixture
async def path(serving: Callable[..., Awaitable[int]], server: ToxiproxyServer) -> ProxiedPath:
    return await server.proxy("a", upstream=f"127.0.0.1:{await serving(repeat)}")


async def round_trip_ms(path: ProxiedPath) -> float:
    reader, writer = await asyncio.open_connection("127.0.0.1", path.port)
    started_s = time.monotonic()
    writer.write(b"x")
    await reader.readexactly(1)
    took_ms = (time.monotonic() - started_s) * 1000
    writer.close()
    await writer.wait_closed()
    return took_ms


async def test_a_delay_is_there_and_gone_again(path: ProxiedPath) -> None:
    assert await round_trip_ms(path) < DELAY_MS
    await path.add("slow", "latency", stream="upstream", attributes={"latency": DELAY_MS, "jitter": 0})
    assert await round_trip_ms(path) >= DELAY_MS
    await path.update("slow", latency=2 * DELAY_MS)
    assert await round_trip_ms(path) >= 2 * DELAY_MS
    await path.remove("slow")
    await path.remove("slow")
    assert await round_trip_ms(path) < DELAY_MS


async def test_what_the_server_did_not_take_is_told(path: ProxiedPath) -> None:
    await path.add("slow", "latency", stream="upstream", attributes={"latency": 1, "jitter": 0})
    with pytest.raises(InjectorError, match="slow"):
        await path.add("slow", "latency", stream="upstream", attributes={"latency": 2, "jitter": 0})
    with pytest.raises(InjectorError, match="no toxic 'fast'"):
        await path.update("fast", latency=1)


async def test_changes_at_one_time_do_not_see_each_other_half_done(path: ProxiedPath) -> None:
    names = [f"slow-{number}" for number in range(20)]
    attributes = {"latency": 1, "jitter": 0}
    await asyncio.gather(*(path.add(name, "latency", stream="upstream", attributes=attributes) for name in names))
    await asyncio.gather(*(path.remove(name) for name in names))
    await path.compare(enabled=True, toxics={})


@pytest.mark.parametrize("lost", ["add_toxic", "destroy_toxic"])
async def test_a_toxic_is_healed_although_an_answer_was_lost(
    path: ProxiedPath, monkeypatch: pytest.MonkeyPatch, lost: str
) -> None:
    """The server did, or did not do, what was asked; the heal after it asks the server, not the memory."""
    really = {"add_toxic": Proxy.add_toxic, "destroy_toxic": lambda *_, **__: None}[lost]

    def unheard(proxy: Proxy, *args: object, **kwargs: object) -> None:
        really(proxy, *args, **kwargs)
        raise requests.ConnectionError("the answer was lost")

    async def inject_and_heal() -> None:
        await path.add("slow", "latency", stream="upstream", attributes={"latency": DELAY_MS, "jitter": 0})
        await path.remove("slow")

    with monkeypatch.context() as patch:
        patch.setattr(Proxy, lost, unheard)
        with pytest.raises(InjectorError, match="the answer was lost"):
            await inject_and_heal()
    await path.remove("slow")
    await path.compare(enabled=True, toxics={})
    assert await round_trip_ms(path) < DELAY_MS


async def test_a_change_that_was_answered_by_500_is_told(path: ProxiedPath, monkeypatch: pytest.MonkeyPatch) -> None:
    """SAB-14: the client's library keeps silent about a 500, and notes a switch as done; what is read back says otherwise."""
    monkeypatch.setattr(Proxy, "add_toxic", lambda *_, **__: None)
    monkeypatch.setattr(Proxy, "disable", lambda *_, **__: None)
    with pytest.raises(InjectorError, match="asked"):
        await path.add("slow", "latency", stream="upstream", attributes={"latency": 1, "jitter": 0})
    with pytest.raises(InjectorError, match="asked"):
        await path.down()


async def test_one_server_at_a_time(server: ToxiproxyServer, tmp_path: Path) -> None:
    other = ToxiproxyServer(binary=Path(os.environ["IGYM_TOXIPROXY"]), log=tmp_path / "other.log")
    with pytest.raises(InjectorError, match="stop it first"):
        await other.start()


async def test_another_program_is_not_taken_for_it(tmp_path: Path) -> None:
    script = tmp_path / "toxiproxy-server"
    script.write_text("#!/bin/sh\nexit 3\n", encoding="utf-8")
    script.chmod(0o755)
    with pytest.raises(InjectorError, match="did not start"):
        await ToxiproxyServer(binary=script, log=tmp_path / "log").start()


@pytest.mark.parametrize("mode", [None, 0o644])
async def test_a_program_that_cannot_be_started_is_named(tmp_path: Path, mode: int | None) -> None:
    binary = tmp_path / "toxiproxy-server"
    if mode is not None:
        binary.touch(mode)
    with pytest.raises(InjectorError, match=r"cannot be started: .*unset IGYM_TOXIPROXY"):
        await ToxiproxyServer(binary=binary, log=tmp_path / "log").start()


@pytest.mark.parametrize(
    ("kind", "stream", "attributes", "said"),
    [
        ("lag", "upstream", {}, "unknown toxic 'lag'"),
        ("latency", "sideways", {"latency": 1, "jitter": 0}, "upstream or downstream"),
        ("latency", "upstream", {"latency": -1, "jitter": 0}, "latency is -1"),
        ("latency", "upstream", {"latency": 1.5, "jitter": 0}, "give an integer"),
        ("latency", "upstream", {"latency": 1}, "jitter missing"),
        ("latency", "upstream", {"latency": 1, "jitter": 2}, "jitter 2 is above latency 1"),
        ("latency", "upstream", {"latency": 1, "jitter": 0, "rate": 5}, "unknown attribute 'rate'"),
        ("slicer", "upstream", {"average_size": 10, "size_variation": 10, "delay": 0}, "must be below"),
    ],
)
def test_nonsense_never_reaches_it(kind: str, stream: str, attributes: dict[str, int], said: str) -> None:
    with pytest.raises(InjectorError) as caught:
        check_toxic(kind, stream=stream, attributes=attributes)
    assert said in str(caught.value)
