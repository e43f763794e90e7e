"""A whole server in this process, on a free port, and pages that talk to it."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import socketio
from hypercorn.asyncio import serve
from hypercorn.config import Config

from igym import assets, loading, runtime, serving
from igym.app import Options, Profile, Server
from igym.events import VERSION
from igym.runtime import Runtime

ANSWER_S = 10.0


@pytest.fixture(scope="session")
def kitchen() -> tuple[loading.Loaded, Runtime, assets.Assets]:
    """The shipped example, prepared once: its environment is inspected in a child process."""
    found = assets.find()
    loaded = loading.load("kitchen", found.examples)
    return loaded, runtime.prepare(loaded, found), found


@dataclass
class Page:
    """A page without a browser: it speaks Socket.IO, remembers what it heard."""

    client: socketio.AsyncClient
    heard: list[tuple[str, Any]] = field(default_factory=list)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @classmethod
    async def open(cls, url: str) -> Page:
        page = cls(socketio.AsyncClient(reconnection=False))
        page.client.on("*", page._hear)
        await page.client.connect(url, transports=["websocket"])
        return page

    async def ask(self, event: str, payload: Any) -> Any:
        return await self.client.call(event, payload, timeout=ANSWER_S)

    async def hello(self, participant_id: str, page_id: str = "page", tab_id: str = "tab") -> Any:
        return await self.ask(
            "page_hello",
            {"participant_id": participant_id, "page_id": page_id, "tab_id": tab_id, "registry_version": VERSION},
        )

    async def told(self, event: str) -> Any:
        """The newest payload of an event, waited for."""

        async def wait() -> Any:
            while not any(name == event for name, _ in self.heard):
                self._news.clear()
                await self._news.wait()
            return [payload for name, payload in self.heard if name == event][-1]

        return await asyncio.wait_for(wait(), ANSWER_S)

    async def _hear(self, event: str, payload: Any = None) -> None:
        self.heard.append((event, payload))
        self._news.set()


@dataclass
class Running:
    """A server that answers."""

    url: str
    data: Path
    pages: list[Page] = field(default_factory=list)

    async def page(self) -> Page:
        page = await Page.open(self.url)
        self.pages.append(page)
        return page

    async def get(self, path: str, *, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
        """(status, headers in lower case, body) without following a redirect."""
        return await asyncio.to_thread(_request, self.url + path, method)

    async def begin(self) -> str:
        """A new participant's id."""
        status, headers, _ = await self.get("/participants", method="POST")
        assert status == 303
        return headers["location"].removeprefix("/")


class Visitor:
    """Comes to any server."""

    async def begin(self, url: str) -> str:
        """A new participant's id."""
        status, headers, _ = await asyncio.to_thread(_request, f"{url}/participants", "POST")
        assert status == 303
        return headers["location"].removeprefix("/")

    async def open(self, url: str) -> Page:
        return await Page.open(url)


@pytest.fixture
def visitor() -> Visitor:
    return Visitor()


def _request(url: str, method: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=ANSWER_S)
    try:
        connection.request(method, parts.path)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


@asynccontextmanager
async def running(
    kitchen: tuple[loading.Loaded, Runtime, assets.Assets], data: Path, *, profile: Profile = "test"
) -> AsyncIterator[Running]:
    loaded, prepared, found = kitchen
    server = Server(loaded, prepared, found, Options(data, profile=profile, seed=1, nonce="nonce"))
    listening = serving.listen("127.0.0.1", 0)
    config = Config()
    config.bind = [f"fd://{listening.fileno()}"]
    config.graceful_timeout = 0.1
    config.errorlog = None
    stopping = asyncio.Event()
    port = listening.getsockname()[1]
    await server.start(port)
    serving_task = asyncio.create_task(serve(server.asgi, config, shutdown_trigger=stopping.wait, mode="asgi"))
    one = Running(f"http://127.0.0.1:{port}", data)
    try:
        yield one
    finally:
        for page in one.pages:
            await page.client.disconnect()
        stopping.set()
        await serving_task
        await server.stop()
        listening.detach()


@pytest.fixture
async def server(kitchen: tuple[loading.Loaded, Runtime, assets.Assets], tmp_path: Path) -> AsyncIterator[Running]:
    async with running(kitchen, tmp_path) as one:
        yield one


@pytest.fixture
async def production(kitchen: tuple[loading.Loaded, Runtime, assets.Assets], tmp_path: Path) -> AsyncIterator[Running]:
    async with running(kitchen, tmp_path, profile="production") as one:
        yield one
