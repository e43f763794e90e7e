"""The harness's own requests for a WebSocket through a participant's proxy: what they are answered says whether sockets are to be had."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress

from igym_chaos.samples import UpgradeSample
from igym_harness.clock import monotonic_ms
from igym_harness.server_probe import EVERY_S, HOST, LIMIT_S, keep_asking

REQUEST = (
    "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
"""The key is that of RFC 6455, 1.3."""
CLOSE = b"\x88\x82\x00\x00\x00\x00\x03\xe8"
"""A close frame, masked with zeros: 1000, normal."""


async def ask(port: int, *, limit_s: float = LIMIT_S, now_ms: Callable[[], float] = monotonic_ms) -> UpgradeSample:
    """One request, as a page that calls the server by this port would make it. Trouble of the network is status 0."""
    start_ms = now_ms()
    try:
        async with asyncio.timeout(limit_s):
            return UpgradeSample(start_ms, await _status(port))
    except (TimeoutError, OSError, asyncio.IncompleteReadError):
        return UpgradeSample(start_ms, 0)


async def keep_asking_for_sockets(
    ports: Mapping[str, int], record: Callable[[str, UpgradeSample], None], *, every_s: float = EVERY_S
) -> None:
    """Until cancelled; a slow path delays no other."""
    await keep_asking(ports, record, ask, every_s=every_s)


async def _status(port: int) -> int:
    """Of the answer's first line; a socket that was granted is closed as it should be."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(REQUEST.format(host=f"{HOST}:{port}").encode())
        head = await reader.readuntil(b"\r\n\r\n")
        writer.write(CLOSE)
        return int(head.split(b" ", 2)[1])
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
