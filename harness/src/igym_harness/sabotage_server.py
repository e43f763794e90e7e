"""A fault of the server path that reaches no connection, although the proxy has it (chaos.md 2.1, SAB-13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from igym_chaos.fault import Fault, Subject
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
