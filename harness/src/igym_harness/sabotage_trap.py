"""What stands between the harness and one of its faults; the honest one does what it is asked.

injection ─▶ trap.inject ─▶ fault.inject        injection ─▶ trap.heal ─▶ fault.heal        the run is over ─▶ trap.close
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Fault
from igym_chaos.subjects import Subject

if TYPE_CHECKING:
    from igym_chaos.cdp import NetworkRules
    from igym_chaos.frame_route import FrameRoute
    from igym_chaos.relay import PeerRelay
    from igym_chaos.subjects import PageControl, PlayerControl, ServerControl
    from igym_chaos.toxiproxy import ProxiedPath

AFTER_THE_ORACLE_S = 0.5


class Trap:
    """Honest. `settle_s`: how long the oracle looks after a heal."""

    def __init__(self, *, settle_s: float) -> None:
        self.settle_s = settle_s

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        await fault.inject(on)

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        await fault.heal(on)

    async def over(self) -> None:
        """Returns when nothing is left to be done."""

    async def close(self) -> None:
        """The run is over: what still disturbs ends now. Safe to call again."""


class Inert(Trap):
    """Does nothing, and says that it did."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None: ...

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None: ...


class NoHeal(Trap):
    """Says that it healed; it really does only when the oracle has looked, so that the next fault meets a healthy run."""

    def __init__(self, *, settle_s: float) -> None:
        super().__init__(settle_s=settle_s)
        self._late: list[asyncio.Task[None]] = []

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        self._late.append(asyncio.create_task(self._later(fault, on)))

    async def over(self) -> None:
        await asyncio.gather(*self._late)

    async def close(self) -> None:
        for task in self._late:
            task.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _later(self, fault: Fault, on: Sequence[Subject]) -> None:
        try:
            await asyncio.sleep(self.settle_s + AFTER_THE_ORACLE_S)
        finally:
            await fault.heal(on)


@dataclass(frozen=True)
class StandIn:
    """A participant as a fault sees it, with one part replaced."""

    name: str
    network: NetworkRules | None
    server_path: ProxiedPath | None
    relay: PeerRelay | None
    control: PageControl | None
    turn_path: ProxiedPath | None = None
    frame_route: FrameRoute | None = None
    player: PlayerControl | None = None
    server: ServerControl | None = None

    @classmethod
    def of(cls, subject: Subject, **replaced: Any) -> StandIn:
        parts = {part.name: getattr(subject, part.name) for part in fields(cls)}
        return cls(**{**parts, **replaced})


def control_of(subject: Subject) -> PageControl:
    """Raises InjectorError for a participant without a page."""
    if subject.control is None:
        raise InjectorError(f"participant {subject.name} has no page that can be sabotaged")
    return subject.control
