"""The harness's own connections through each participant's proxy: one GET after another, read to its end, whatever happens.

They are the oracle of the server path: the reply of an API proves nothing (chaos.md 2).
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, TypeVar

from igym_chaos.samples import ProbeSample
from igym_harness.clock import monotonic_ms
from igym_harness.errors import HarnessError

HOST = "127.0.0.1"
Sample = TypeVar("Sample")
EVERY_S = 0.5
LIMIT_S = 1.5
FOUND = b"HTTP/1.1 200"
READ_BYTES = 65_536
End = Literal["fin", "reset", "refused", "timeout"]


async def probe(
    port: int, path: str, *, limit_s: float = LIMIT_S, now_ms: Callable[[], float] = monotonic_ms
) -> ProbeSample:
    """One connection. Trouble of the network is an answer, not an error.

    Raises HarnessError when the server answers with anything but the file: then nothing would be measured.
    """

    def check(data: bytes) -> None:
        if len(data) >= len(FOUND) and not data.startswith(FOUND):
            line = data.split(b"\r\n", 1)[0].decode("latin-1")
            raise HarnessError(
                f"the harness asked the server for {path} to measure its path, and was answered {line!r}"
            )

    request = f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n\r\n".encode()
    return await exchange(port, Question(request, check=check), limit_s=limit_s, now_ms=now_ms)


@dataclass(frozen=True)
class Question:
    """What is asked over one connection. `whole`: this is all of the answer; `check` looks at what comes first, and may raise."""

    request: bytes
    whole: Callable[[bytes], bool] = lambda _: False
    check: Callable[[bytes], None] = lambda _: None


async def exchange(
    port: int, question: Question, *, limit_s: float = LIMIT_S, now_ms: Callable[[], float] = monotonic_ms
) -> ProbeSample:
    """One connection, read until the other side ends it or the answer is whole: both count as its end."""
    start_ms = now_ms()
    seen = _Seen()
    try:
        async with asyncio.timeout(limit_s):
            end = await _ask(port, question, seen, lambda: now_ms() - start_ms)
    except TimeoutError:
        end = "timeout"
    return ProbeSample(
        start_ms, seen.connect_ms, seen.first_byte_ms, now_ms() - start_ms, seen.received, seen.reads, end
    )


class _Seen:
    """What one connection has shown so far."""

    def __init__(self) -> None:
        self.connect_ms: float | None = None
        self.first_byte_ms: float | None = None
        self.received = 0
        self.reads = 0


async def _ask(port: int, question: Question, seen: _Seen, since_ms: Callable[[], float]) -> End:
    answer = b""
    try:
        reader, writer = await asyncio.open_connection(HOST, port)
    except OSError:
        return "refused"
    seen.connect_ms = since_ms()
    try:
        writer.write(question.request)
        while not question.whole(answer) and (data := await reader.read(READ_BYTES)):
            if not answer:
                question.check(data)
            answer += data
            seen.first_byte_ms = since_ms() if seen.first_byte_ms is None else seen.first_byte_ms
            seen.received += len(data)
            seen.reads += 1
    except OSError:
        return "reset"
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
    return "fin"


async def keep_probing(
    ports: Mapping[str, int],
    record: Callable[[str, ProbeSample], None],
    *,
    path: str,
    every_s: float = EVERY_S,
    limit_s: float = LIMIT_S,
) -> None:
    """Until cancelled; a slow path delays no other."""
    await keep_asking(ports, record, lambda port: probe(port, path, limit_s=limit_s), every_s=every_s)


async def keep_asking(
    ports: Mapping[str, int],
    record: Callable[[str, Sample], None],
    ask: Callable[[int], Awaitable[Sample]],
    *,
    every_s: float = EVERY_S,
) -> None:
    """The same with any question."""

    async def one(name: str, port: int) -> None:
        while True:
            record(name, await ask(port))
            await asyncio.sleep(every_s)

    async with asyncio.TaskGroup() as group:
        for name, port in ports.items():
            group.create_task(one(name, port))
