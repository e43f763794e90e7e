"""What several tests of faults need."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
Serving = Callable[[Answer], Awaitable[int]]

CLOSED_WITHIN_S = 10


@pytest.fixture
async def serving() -> AsyncIterator[Serving]:
    """Starts a TCP server on loopback that answers so -> its port. A connection that a fault cuts is closed like any other."""
    servers: list[asyncio.Server] = []
    connections: list[asyncio.Task[None]] = []

    async def answered(answer: Answer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                await answer(reader, writer)
            finally:
                writer.close()
                await writer.wait_closed()

    async def start(answer: Answer) -> int:
        def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            connections.append(asyncio.create_task(answered(answer, reader, writer)))

        servers.append(await asyncio.start_server(connected, "127.0.0.1", 0))
        port: int = servers[-1].sockets[0].getsockname()[1]
        return port

    yield start
    for server in servers:
        server.close()
    async with asyncio.timeout(CLOSED_WITHIN_S):
        await asyncio.gather(*connections)
