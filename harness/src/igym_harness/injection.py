"""Applies the planned faults when they are due, heals them when their time is over, and measures both after the fact.

due ─▶ inject ─▶ (settle) ─▶ window ─▶ heal ─▶ (settle) ─▶ recovery window
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from igym_chaos.anchors import Anchor
from igym_chaos.fault import Fault
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject
from igym_harness.clock import monotonic_ms
from igym_harness.history import History
from igym_harness.ledger import Entry
from igym_harness.sabotage_trap import Trap
from igym_harness.timeline import Timeline

SETTLE_MS = 500.0
"""After each change, before a window opens (chaos.md 1.1)."""
TICK_S = 0.02
STEP_MS = 250.0
WITNESS_MS = 2_000.0
"""After a page was removed, until its witnesses are asked."""


@dataclass(frozen=True)
class Planned:
    """One fault of the lock, ready to be applied. `for_ms` None: until `heal_by`."""

    id: str
    do: str
    via: str
    on: tuple[str, ...]
    at: Anchor
    for_ms: float | None
    heal_by: Anchor | None
    fault: Fault
    asked: dict[str, float | str]


LastLook = Callable[[str], Awaitable[None]]


async def _no_look(_participant: str) -> None: ...


class Injection:
    """The faults of one run.

    `gate_passed` is set by the run when the steady state was seen, `play_over` when nothing is left to disturb: then
    what is in force is healed, and what is not yet due never comes. `traps`: by fault id, for a run that is sabotaged.
    `last_look` is called with each participant that a fault will remove, just before.
    """

    def __init__(
        self,
        planned: Sequence[Planned],
        subjects: Mapping[str, Subject],
        *,
        timeline: Timeline,
        history: History,
        now_ms: Callable[[], float] = monotonic_ms,
        traps: Mapping[str, Trap] = MappingProxyType({}),
        last_look: LastLook = _no_look,
    ) -> None:
        self.gate_passed = asyncio.Event()
        self.play_over = asyncio.Event()
        self.entries = {
            one.id: Entry(
                one.id, one.do, one.via, one.on, dict(one.asked), removes=one.fault.removes, renews=one.fault.renews
            )
            for one in planned
        }
        self._planned = list(planned)
        self._subjects = subjects
        self._timeline = timeline
        self._history = history
        self._now_ms = now_ms
        self._last_look = last_look
        self._traps = {one.id: traps.get(one.id) or Trap(settle_s=0.0) for one in planned}

    @property
    def any_requested(self) -> bool:
        return any(entry.requested_ms is not None for entry in self.entries.values())

    @property
    def healed(self) -> bool:
        """Every fault was applied and is over."""
        return all(entry.healed_ms is not None for entry in self.entries.values())

    @property
    def applied(self) -> bool:
        return all(entry.acknowledged_ms is not None for entry in self.entries.values())

    def in_force(self, margin_ms: float = 0.0) -> tuple[str, ...]:
        """Kinds of the faults that disturb now, or did within the last `margin_ms`; who was removed is missed until the end."""
        since_ms = self._now_ms() - margin_ms
        return tuple(
            entry.do
            for one in self._planned
            if (entry := self.entries[one.id]).requested_ms is not None
            and (one.fault.removes or entry.healed_ms is None or entry.healed_ms > since_ms)
        )

    def removed(self) -> frozenset[str]:
        """Participants that a fault was to remove by now; whether it did is for the witnesses to say."""
        return frozenset(
            name
            for one in self._planned
            if one.fault.removes and self.entries[one.id].requested_ms is not None
            for name in one.on
        )

    def disturbed(self) -> frozenset[str]:
        """Participants that a fault is aimed at now."""
        return frozenset(name for entry in self.entries.values() if entry.in_force for name in entry.on)

    async def run(self) -> None:
        """Every fault from its anchor to its heal. The first error ends all; what was injected is healed always."""
        lives = [asyncio.create_task(self._live(one)) for one in self._planned]
        try:
            await asyncio.gather(*lives)
            await asyncio.gather(*(trap.over() for trap in self._traps.values()))
        finally:
            for life in lives:
                life.cancel()
            await asyncio.gather(*lives, return_exceptions=True)
            await asyncio.gather(*(trap.close() for trap in self._traps.values()))

    async def _live(self, one: Planned) -> None:
        entry, trap = self.entries[one.id], self._traps[one.id]
        entry.planned_ms = await self._due(one.at)
        if entry.planned_ms is None:
            return
        self._note(entry, "planned")
        subjects = [self._subjects[name] for name in one.on]
        if one.fault.removes or one.fault.renews:
            for name in one.on:
                await self._last_look(name)
        entry.requested_ms = self._now_ms()
        self._timeline.mark(f"{one.id}.start", entry.requested_ms)
        self._note(entry, "requested")
        try:
            await trap.inject(one.fault, subjects)
            entry.acknowledged_ms = self._now_ms()
            self._note(entry, "acknowledged")
            await self._over(one, entry.acknowledged_ms)
        finally:
            heal_ms = self._now_ms()
            await trap.heal(one.fault, subjects)
            entry.healed_ms = self._now_ms()
            self._timeline.mark(f"{one.id}.end", entry.healed_ms)
            if entry.acknowledged_ms is not None:
                entry.window = _window(one, entry, heal_ms)
            self._note(entry, "healed")

    async def _over(self, one: Planned, since_ms: float) -> None:
        """Returns when the fault's time is over: its duration, the moment by which all is healed, the end of play."""
        for_ms = WITNESS_MS if one.fault.removes else one.for_ms
        while True:
            heal_by_ms = self._timeline.due_ms(one.heal_by) if one.heal_by is not None else None
            if for_ms is not None and self._now_ms() >= since_ms + for_ms:
                return
            if heal_by_ms is not None and self._now_ms() >= heal_by_ms:
                return
            if self.play_over.is_set():
                return
            await asyncio.sleep(TICK_S)

    async def _due(self, anchor: Anchor) -> float | None:
        """The planned time, when it has come; None: play was over before."""
        while not self.play_over.is_set():
            due_ms = self._timeline.due_ms(anchor)
            gate_passed = self.gate_passed.is_set() or not anchor.needs_gate
            if gate_passed and due_ms is not None and self._now_ms() >= due_ms:
                return due_ms
            await asyncio.sleep(TICK_S)
        return None

    def _note(self, entry: Entry, phase: str) -> None:
        t_ms = {
            "planned": entry.planned_ms,
            "requested": entry.requested_ms,
            "acknowledged": entry.acknowledged_ms,
            "healed": entry.healed_ms,
        }[phase]
        assert t_ms is not None
        line = entry.note(phase, t_ms)  # type: ignore[arg-type]  # the keys above are phases
        self._history.add(t_ms, entry.id, f"fault-{phase}", line)


def _window(one: Planned, entry: Entry, heal_ms: float) -> Window:
    """In which the effect is measured: of an end, from before it; of anything else, once it has settled."""
    assert entry.requested_ms is not None
    assert entry.acknowledged_ms is not None
    if one.fault.removes:
        return Window(entry.requested_ms, heal_ms)
    return Window(min(entry.acknowledged_ms + SETTLE_MS, heal_ms), heal_ms)


def live_effect(
    one: Planned, entry: Entry, telemetry: Telemetry, baseline: Window, now_ms: float
) -> Mapping[str, float]:
    """What the oracle measures right now, for the progress line; empty while it is too early."""
    if entry.acknowledged_ms is None or now_ms - entry.acknowledged_ms < 2 * SETTLE_MS:
        return {}
    window = entry.window or _window(one, entry, now_ms)
    return one.fault.effect(telemetry, one.on, window, baseline).measured


def recovered_now(one: Planned, entry: Entry, telemetry: Telemetry, baseline: Window, now_ms: float) -> bool:
    """Whether the oracle is back at its baseline, as far as it was recorded by now."""
    if entry.healed_ms is None or now_ms <= entry.healed_ms + SETTLE_MS:
        return False
    return one.fault.recovered(telemetry, one.on, Window(entry.healed_ms + SETTLE_MS, now_ms), baseline).in_band


def measure(
    one: Planned, entry: Entry, telemetry: Telemetry, *, baseline: Window, settle_ms: float, others: Sequence[str]
) -> None:
    """Judges one fault over the finished telemetry: effect, first effect, recovery, whom else it touched."""
    if entry.window is not None:
        entry.effect = one.fault.effect(telemetry, one.on, entry.window, baseline)
        entry.touched = tuple(one.fault.untouched(telemetry, others, entry.window, baseline))
        entry.first_effect_ms = _first_effect_ms(one, entry, telemetry, baseline)
        entry.note("effect", entry.window.end_ms)
    if entry.healed_ms is not None and entry.acknowledged_ms is not None:
        after = Window(entry.healed_ms + SETTLE_MS, entry.healed_ms + max(settle_ms, 2 * SETTLE_MS))
        entry.recovered = one.fault.recovered(telemetry, one.on, after, baseline)
        entry.note("baseline", after.end_ms)


def _first_effect_ms(one: Planned, entry: Entry, telemetry: Telemetry, baseline: Window) -> float | None:
    """End of the shortest window in which the oracle already saw the fault; None if it never did."""
    assert entry.window is not None
    end_ms = entry.window.start_ms + STEP_MS
    while end_ms <= entry.window.end_ms:
        if one.fault.effect(telemetry, one.on, Window(entry.window.start_ms, end_ms), baseline).in_band:
            return end_ms
        end_ms += STEP_MS
    return None
