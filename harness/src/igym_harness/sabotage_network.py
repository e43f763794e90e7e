"""Network rules given wrongly: each of these commands is answered with success and does nothing (chaos.md 1.2, SAB-03 to SAB-09)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from igym_chaos.cdp import COMMAND, NEUTRAL
from igym_chaos.errors import InjectorError
from igym_chaos.fault import Fault
from igym_chaos.subjects import Subject
from igym_harness.participant import Participant
from igym_harness.sabotage_trap import Trap, control_of

LEGACY = "Network.emulateNetworkConditions"
LEGACY_NEUTRAL: dict[str, Any] = {"offline": False, **NEUTRAL}


class ClearedRules(Trap):
    """SAB-03: the heal is an empty list, which unhooks the live sockets for good; the next fault of the page is dead (B10)."""

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        await super().heal(fault, on)
        for subject in on:
            await control_of(subject).send(COMMAND, {"offline": False, "matchedNetworkConditions": []})


class LegacyZero(Trap):
    """SAB-04: the legacy command with all its values neutral is the heal; the next fault of the page is dead (B11)."""

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        await super().heal(fault, on)
        for subject in on:
            await control_of(subject).send(LEGACY, LEGACY_NEUTRAL)


class LegacyLoss(Trap):
    """SAB-05: loss by the legacy command, without a latency: the browser discards it (B12)."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        percent = getattr(fault, "percent", 100.0)
        for subject in on:
            await control_of(subject).send(LEGACY, {**LEGACY_NEUTRAL, "packetLoss": percent})

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None: ...


class DetachedSession(Trap):
    """SAB-06: the page's session is left for another one, and with it the hooks of its sockets (B13)."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await _participant(subject).reopen_session()
        await super().inject(fault, on)


class SetOffline(Trap):
    """SAB-07: the context's own switch is offered as a blackout; the peer path goes on (B14)."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await _participant(subject).page.context.set_offline(True)

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await _participant(subject).page.context.set_offline(False)


class EntryOffline(Trap):
    """SAB-08: `offline` inside a rule's entry is offered as a blackout; nothing happens (B8)."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        entry = {"urlPattern": "", **NEUTRAL, "offline": True}
        for subject in on:
            await control_of(subject).send(COMMAND, {"offline": False, "matchedNetworkConditions": [entry]})


class ForeignThread(Trap):
    """SAB-09: the commands come from another thread than Playwright's. The run is broken, not quietly without a fault."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        await asyncio.to_thread(lambda: asyncio.run(fault.inject(on)))


def _participant(subject: Subject) -> Participant:
    if not isinstance(subject, Participant):
        raise InjectorError(f"participant {subject.name} is no page of this harness")
    return subject
