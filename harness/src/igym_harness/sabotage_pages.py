"""Faults of pages and threads done with the wrong means: accepted without a word, and something else happens (chaos.md 1.4)."""

from __future__ import annotations

from collections.abc import Sequence

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Fault
from igym_chaos.faults.tab_hidden_script import TabHiddenScript
from igym_chaos.faults.tab_main_stall import TabMainStall
from igym_chaos.subjects import Subject
from igym_harness.page_control import PageControl
from igym_harness.sabotage_trap import Trap, control_of

FOCUS_EMULATION = "Emulation.setFocusEmulationEnabled"
CPU_THROTTLING = "Emulation.setCPUThrottlingRate"
THROTTLED = 8


class FocusEmulation(Trap):
    """SAB-10, SAB-11: as on a page that Playwright manages, no other tab hides it and nothing freezes it (B30)."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await control_of(subject).send(FOCUS_EMULATION, {"enabled": True})
        await super().inject(fault, on)

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        await super().heal(fault, on)
        for subject in on:
            await control_of(subject).send(FOCUS_EMULATION, {"enabled": False})


class HiddenByScript(Trap):
    """SAB-12: the page is only told that it is hidden (B35)."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        await TabHiddenScript().inject(on)

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        await TabHiddenScript().heal(on)


class CpuThrottle(Trap):
    """SAB-21: the throttle reaches the main thread only, the simulation runs on at full speed (B39)."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await control_of(subject).send(CPU_THROTTLING, {"rate": THROTTLED})

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await control_of(subject).send(CPU_THROTTLING, {"rate": 1})


class MainStall(Trap):
    """SAB-22: the main thread is stalled in place of the worker (B36)."""

    def __init__(self, *, settle_s: float) -> None:
        super().__init__(settle_s=settle_s)
        self._other: TabMainStall | None = None

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        self._other = TabMainStall(getattr(fault, "stall_ms", 1_000.0))
        await self._other.inject(on)

    async def heal(self, fault: Fault, on: Sequence[Subject]) -> None:
        if self._other is not None:
            await self._other.heal(on)


class SpareRenderer(Trap):
    """SAB-23: the signal goes to a renderer that has nothing to do with the page."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            control = control_of(subject)
            if not isinstance(control, PageControl):
                raise InjectorError(f"participant {subject.name} has no browser of this harness")
            await control.mistake_renderer()
        await super().inject(fault, on)
