"""The server as the target of a fault: its process and its database, by the name SERVER beside the participants."""

from __future__ import annotations

import asyncio
import http.client
from collections.abc import Iterator, Mapping
from pathlib import Path

from igym_chaos.errors import InjectorError
from igym_chaos.subjects import SERVER, ServerIdentity, Subject
from igym_harness import store_look
from igym_harness.clock import monotonic_ms
from igym_harness.errors import HarnessError
from igym_harness.stage import Stage
from igym_harness.store_look import DATABASE

HINDER_PATH = "/debug/hinder"


class ServerSubject:
    """Implements igym_chaos.subjects.Subject and ServerControl; the process is that of the stage, whenever it is asked."""

    name = SERVER
    network = server_path = turn_path = relay = frame_route = control = player = None

    def __init__(self, stage: Stage, data: Path) -> None:
        self._stage = stage
        self._data = data

    @property
    def server(self) -> ServerSubject:
        return self

    @property
    def database(self) -> Path:
        """Raises InjectorError if the server made none, or several."""
        found = sorted(self._data.glob(f"*/{DATABASE}"))
        if len(found) != 1:
            raise InjectorError(f"the server has {len(found)} databases below {self._data}, one is needed")
        return found[0]

    def signal(self, number: int) -> None:
        if self._stage.server is not None:
            self._stage.server.signal(number)

    async def end(self, number: int) -> int:
        """While nobody writes, what the database holds is read."""
        try:
            exit_code = await self._stage.end_server(number)
        except HarnessError as error:
            raise InjectorError(error.reason) from error
        self._stage.stores += await asyncio.to_thread(store_look.read, self._data, t_ms=monotonic_ms())
        return exit_code

    async def start(self) -> None:
        try:
            await self._stage.start_server()
        except HarnessError as error:
            raise InjectorError(error.reason) from error

    async def hinder(self, **wanted: float | bool | list[str]) -> dict[str, float]:
        assert self._stage.server is not None
        try:
            answer = await self._stage.server.post_json(HINDER_PATH, wanted)
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise InjectorError(f"the server's test hook cannot be set to {wanted}: {error}") from error
        return {name: float(answer[name]) for name in ("writes", "write_errors")}

    async def identity(self) -> ServerIdentity | None:
        if self._stage.server is None:
            return None
        try:
            health = await self._stage.server.health()
        except (OSError, ValueError, http.client.HTTPException):
            return None
        return ServerIdentity(int(health["pid"]), str(health["nonce"]))


class Subjects(Mapping[str, Subject]):
    """The participants, who come as they are opened, and the server."""

    def __init__(self, members: Mapping[str, Subject], server: Subject) -> None:
        self._members = members
        self._server = server

    def __getitem__(self, name: str) -> Subject:
        return self._server if name == SERVER else self._members[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._members, SERVER))

    def __len__(self) -> int:
        return len(self._members) + 1
