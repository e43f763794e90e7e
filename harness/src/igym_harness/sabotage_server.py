"""Faults of the server and of the way to it that are not what they seem (chaos.md 11.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from igym_chaos.fault import Fault
from igym_chaos.subjects import ServerControl, ServerIdentity, Subject
from igym_chaos.toxiproxy import ProxiedPath
from igym_harness.sabotage_trap import StandIn, Trap


class ToxicityZero(Trap):
    """SAB-13: the toxic is there, and hits no connection."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        await fault.inject([StandIn.of(one, server_path=_Blunt(one.server_path)) for one in on])


class _Blunt:
    """A proxy whose toxics have toxicity 0; everything else is the real one's."""

    def __init__(self, path: ProxiedPath | None) -> None:
        self._path = path

    def __getattr__(self, name: str) -> Any:
        return getattr(self._path, name)

    async def add(self, name: str, kind: str, *, stream: str, attributes: Mapping[str, int]) -> None:
        assert self._path is not None
        await self._path.add(name, kind, stream=stream, attributes=attributes, toxicity=0.0)


class OldNonce(Trap):
    """SAB-24: the server dies and another one comes, but what answers the question who it is, is as it was before."""

    def __init__(self, *, settle_s: float) -> None:
        super().__init__(settle_s=settle_s)
        self._first: list[ServerIdentity | None] = []

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        await fault.inject(self._behind(on))

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        await fault.heal(self._behind(on))

    def _behind(self, on: Sequence[Subject]) -> list[Subject]:
        return [StandIn.of(one, server=_Impostor(one.server, self._first)) for one in on]


class _Impostor:
    """The real server, except who it is after the first question."""

    def __init__(self, server: ServerControl | None, first: list[ServerIdentity | None]) -> None:
        self._server = server
        self._first = first

    def __getattr__(self, name: str) -> Any:
        return getattr(self._server, name)

    async def identity(self) -> ServerIdentity | None:
        assert self._server is not None
        if not self._first:
            self._first.append(await self._server.identity())
        return self._first[0]
