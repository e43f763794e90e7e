"""What the test profile's hook does to a server, and that a production server has none."""

from __future__ import annotations

import asyncio
import http.client
import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from igym.hindrance import Hindrance
from igym.store import Store
from igym_harness.upgrade_probe import ask as ask_for_socket


def post(url: str, wanted: Any) -> tuple[int, bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10.0)
    try:
        connection.request("POST", "/debug/hinder", json.dumps(wanted), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


async def timed_ms(work: Any) -> float:
    start_s = time.monotonic()
    await work
    return (time.monotonic() - start_s) * 1000.0


async def test_everything_is_late_except_what_one_looks_through(server: Any) -> None:
    page = await server.page()
    await page.hello(await server.begin())
    status, _ = await asyncio.to_thread(post, server.url, {"delay_ms": 400})
    assert status == 200
    assert await timed_ms(page.ask("page_ping", {"seq": 1})) >= 400
    assert await timed_ms(server.get("/static/client/style.css")) >= 400
    assert await timed_ms(server.get("/healthz")) < 400
    assert await timed_ms(server.get("/debug/snapshot")) < 400
    await asyncio.to_thread(post, server.url, {"delay_ms": 0})
    assert await timed_ms(page.ask("page_ping", {"seq": 2})) < 400


async def test_a_host_that_is_refused_gets_no_socket_until_it_is_admitted(server: Any, visitor: Any) -> None:
    """A page that calls the server by another name gets one, and so does everybody who wants something else."""
    port = urlsplit(server.url).port
    host, other = f"127.0.0.1:{port}", f"http://localhost:{port}"
    await asyncio.to_thread(post, server.url, {"refuse": [host]})
    assert (await ask_for_socket(port)).status == 503
    assert (await server.get("/socket.io/?EIO=4&transport=polling"))[0] == 503
    assert (await server.get("/static/client/style.css"))[0] == 200
    page = await visitor.open(other)
    await page.client.disconnect()
    await asyncio.to_thread(post, server.url, {"delay_ms": 0})
    assert (await ask_for_socket(port)).status == 503
    await asyncio.to_thread(post, server.url, {"admit": [host]})
    assert (await ask_for_socket(port)).status == 101
    await (await server.page()).hello(await server.begin())


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"delay_ms": -1}, b"delay_ms is -1"),
        ({"delay_ms": True}, b"delay_ms is True"),
        ({"slow": 1}, b"unknown: slow"),
        ({"refuse": "x"}, b"refuse is 'x'"),
    ],
)
async def test_nonsense_is_refused_by_name(server: Any, wanted: Any, said: bytes) -> None:
    status, body = await asyncio.to_thread(post, server.url, wanted)
    assert (status, body[: len(said)]) == (400, said)


async def test_the_counters_tell_writes_that_failed(tmp_path: Path) -> None:
    store = Store(tmp_path / "igym.sqlite3")
    hindrance = Hindrance(store)
    before = await hindrance.change({"full": True})
    failed = 0
    while failed == 0:
        try:
            await store.log("x", {"text": "y" * 3_000})
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted below
            failed += type(error).__name__ == "StoreUnavailableError"
    assert (await hindrance.change({"full": False}))["write_errors"] - before["write_errors"] == 1
    await store.log("x", {"text": "y" * 3_000})
    after = await hindrance.change({})
    assert after["write_errors"] - before["write_errors"] == 1
    assert after["writes"] > before["writes"]
    store.close()


async def test_a_production_server_has_no_such_hook(production: Any) -> None:
    status, _ = await asyncio.to_thread(post, production.url, {"delay_ms": 400})
    assert status == 404
