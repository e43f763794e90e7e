"""Faults are applied when due, healed always, and measured over the recorded telemetry."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from igym_chaos.anchors import parse
from igym_chaos.cdp import NetworkRules
from igym_chaos.fault import Effect, Fault
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject
from igym_chaos.toxiproxy import ProxiedPath
from igym_harness.history import History
from igym_harness.injection import SETTLE_MS, WITNESS_MS, Injection, LastLook, Planned, measure
from igym_harness.telemetry import Recorder
from igym_harness.timeline import Timeline


@dataclass(frozen=True)
class Pretend(Fault):
    """Sees its effect in every window of at least a second that began after `from_ms`."""

    kind: ClassVar[str] = "p2p.pretend"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ()
    log: list[str] = field(default_factory=list)
    breaks: bool = False

    async def inject(self, on: Sequence[Subject]) -> None:
        if self.breaks:
            raise RuntimeError("refused")
        self.log.append("inject")

    async def heal(self, on: Sequence[Subject]) -> None:
        self.log.append("heal")

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        length_ms = window.end_ms - window.start_ms
        return Effect({}, {"length_ms": length_ms}, (1_000.0, 1e9), 1, length_ms >= 1_000.0, "length")

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return self.effect(telemetry, on, window, baseline)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return list(others)


class Person:
    def __init__(self) -> None:
        self.name = "a"
        self.network: NetworkRules | None = None
        self.server_path: ProxiedPath | None = None
        self.turn_path: ProxiedPath | None = None
        self.relay = None
        self.frame_route = None
        self.player = None
        self.control = None
        self.server = None


class Stage:
    """A run with one fault and a clock that the test moves."""

    def __init__(
        self,
        fault: Pretend,
        at: str,
        *,
        for_ms: float | None = None,
        heal_by: str | None = None,
        last_look: LastLook | None = None,
    ) -> None:
        self.now_ms = 0.0
        self.timeline = Timeline(("a", "b"), frames=450)
        self.fault = fault
        self.history = History()
        by = parse(heal_by) if heal_by else None
        self.planned = Planned("f1", fault.kind, "C", ("a",), parse(at), for_ms, by, fault, {"page_ms": 100.0})
        more: dict[str, Any] = {} if last_look is None else {"last_look": last_look}
        self.injection = Injection(
            [self.planned],
            {"a": Person()},
            timeline=self.timeline,
            history=self.history,
            now_ms=lambda: self.now_ms,
            **more,
        )

    async def reaches(self, t_ms: float, log: list[str]) -> None:
        """Moves the clock, and waits until the fault has done exactly this."""
        self.now_ms = t_ms
        async with asyncio.timeout(2.0):
            while self.fault.log != log:  # noqa: ASYNC110 - the fault under test tells nobody
                await asyncio.sleep(0)


async def cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_fault_lives_from_its_anchor_to_its_duration() -> None:
    stage = Stage(Pretend(), "play+2s", for_ms=3_000.0)
    stage.injection.gate_passed.set()
    running = asyncio.create_task(stage.injection.run())
    stage.timeline.mark("play", 1_000.0)
    await stage.reaches(3_000.0, ["inject"])
    assert stage.injection.in_force() == ("p2p.pretend",)
    assert stage.injection.disturbed() == {"a"}
    await stage.reaches(6_000.0, ["inject", "heal"])
    async with asyncio.timeout(2.0):
        await running
    entry = stage.injection.entries["f1"]
    assert (entry.planned_ms, entry.requested_ms, entry.healed_ms) == (3_000.0, 3_000.0, 6_000.0)
    assert entry.window == Window(3_000.0 + SETTLE_MS, 6_000.0)
    assert [line["phase"] for line in entry.lines] == ["planned", "requested", "acknowledged", "healed"]
    assert stage.timeline.marks["f1.end"] == 6_000.0
    assert stage.injection.in_force() == ()
    assert stage.injection.in_force(margin_ms=1_000.0) == ("p2p.pretend",)


async def test_without_a_duration_it_is_healed_by_the_given_moment() -> None:
    stage = Stage(Pretend(), "play", heal_by="play+4s")
    stage.injection.gate_passed.set()
    stage.timeline.mark("play", 0.0)
    running = asyncio.create_task(stage.injection.run())
    await stage.reaches(1.0, ["inject"])
    await stage.reaches(4_000.0, ["inject", "heal"])
    await cancel(running)


async def test_a_fault_of_play_waits_for_the_gate() -> None:
    stage = Stage(Pretend(), "play", for_ms=100.0)
    stage.timeline.mark("play", 0.0)
    running = asyncio.create_task(stage.injection.run())
    stage.now_ms = 1_000.0
    for _ in range(100):
        await asyncio.sleep(0)
    assert stage.fault.log == []
    stage.injection.gate_passed.set()
    await stage.reaches(1_500.0, ["inject"])
    await cancel(running)


async def test_when_play_is_over_a_fault_is_healed_and_a_later_one_never_comes() -> None:
    stage = Stage(Pretend(), "boot", heal_by="frame>=400")
    stage.timeline.mark("boot", 0.0)
    running = asyncio.create_task(stage.injection.run())
    await stage.reaches(1.0, ["inject"])
    stage.injection.play_over.set()
    await stage.reaches(2.0, ["inject", "heal"])
    await running
    late = Stage(Pretend(), "frame>=400")
    late.injection.play_over.set()
    await late.injection.run()
    assert late.fault.log == []
    assert not late.injection.applied


async def test_a_cancelled_run_heals() -> None:
    stage = Stage(Pretend(), "boot", for_ms=1e9)
    stage.timeline.mark("boot", 0.0)
    running = asyncio.create_task(stage.injection.run())
    await stage.reaches(1.0, ["inject"])
    await cancel(running)
    assert stage.fault.log == ["inject", "heal"]
    assert stage.injection.healed


async def test_a_refused_injection_ends_the_run_and_heals() -> None:
    stage = Stage(Pretend(breaks=True), "boot")
    stage.timeline.mark("boot", 0.0)
    with pytest.raises(RuntimeError, match="refused"):
        await stage.injection.run()
    assert stage.fault.log == ["heal"]
    assert stage.injection.entries["f1"].acknowledged_ms is None


async def test_effect_first_effect_and_recovery_are_measured_afterwards() -> None:
    stage = Stage(Pretend(), "boot", for_ms=3_000.0)
    stage.timeline.mark("boot", 0.0)
    running = asyncio.create_task(stage.injection.run())
    await stage.reaches(1_000.0, ["inject"])
    await stage.reaches(4_000.0, ["inject", "heal"])
    await running
    entry = stage.injection.entries["f1"]
    telemetry = Recorder(("a", "b"), lambda _, t_ms: t_ms)
    measure(stage.planned, entry, telemetry, baseline=Window(0.0, 1_000.0), settle_ms=5_000.0, others=("b",))
    assert entry.effect is not None
    assert entry.effect.measured == {"length_ms": 2_500.0}
    assert entry.first_effect_ms == 2_500.0
    assert entry.touched == ("b",)
    assert entry.recovered is not None
    assert entry.recovered.measured == {"length_ms": 4_500.0}
    assert [line["phase"] for line in entry.lines[-2:]] == ["effect", "baseline"]


@dataclass(frozen=True)
class Removing(Pretend):
    """Its target is gone for good."""

    removes: ClassVar[bool] = True


async def test_a_removal_is_witnessed_from_before_it_and_missed_to_the_end() -> None:
    looked: list[str] = []

    async def last_look(name: str) -> None:
        assert stage.injection.removed() == frozenset()
        looked.append(f"{name} {stage.fault.log}")

    stage = Stage(Removing(), "play+2s", last_look=last_look)
    stage.injection.gate_passed.set()
    stage.timeline.mark("play", 1_000.0)
    running = asyncio.create_task(stage.injection.run())
    await stage.reaches(3_000.0, ["inject"])
    assert looked == ["a []"], "the page is asked once more, before"
    assert stage.injection.removed() == {"a"}
    await stage.reaches(3_000.0 + WITNESS_MS, ["inject", "heal"])
    async with asyncio.timeout(2.0):
        await running
    entry = stage.injection.entries["f1"]
    assert entry.window == Window(3_000.0, 3_000.0 + WITNESS_MS)
    assert entry.record().removes
    stage.now_ms += 60_000.0
    assert stage.injection.in_force() == ("p2p.pretend",), "nobody comes back, so the others wait for ever"
    assert stage.injection.removed() == {"a"}


async def test_any_other_fault_removes_nobody_and_takes_no_last_look() -> None:
    async def last_look(name: str) -> None:
        raise AssertionError(name)

    stage = Stage(Pretend(), "boot", for_ms=100.0, last_look=last_look)
    stage.timeline.mark("boot", 0.0)
    running = asyncio.create_task(stage.injection.run())
    await stage.reaches(1.0, ["inject"])
    assert stage.injection.removed() == frozenset()
    await cancel(running)
