"""p2p.relay-reset: the page's connection to the relay ends, and those that it opens now end by a reset."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from igym_chaos.faults.p2p_relay_cut import RelayCut
from igym_chaos.subjects import Subject
from igym_chaos.turn_path import TurnPathFault


@dataclass(frozen=True)
class RelayReset(RelayCut):
    """No parameters. The connection that stands gets an ordinary end with the next packet; Toxiproxy resets only what is opened later."""

    kind: ClassVar[str] = "p2p.relay-reset"
    toxic: ClassVar[str] = "reset_peer"
    new_connections: ClassVar[Literal["refused", "reset"]] = "reset"

    def attributes(self) -> Mapping[str, int]:
        return {"timeout": 0}

    async def inject(self, on: Sequence[Subject]) -> None:
        await TurnPathFault.inject(self, on)

    async def heal(self, on: Sequence[Subject]) -> None:
        await TurnPathFault.heal(self, on)
