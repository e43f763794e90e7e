"""clock.jump: the wall clock of a page and its worker jumps, as when a person or the network sets it; the monotonic clock does not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from types import MappingProxyType
from typing import Any, ClassVar

from igym_chaos.fault import Effect, Fault, require_range, unmeasured
from igym_chaos.page_path import controls_of
from igym_chaos.readings import Question, Reading, count
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "Date and performance.now of page and worker, against the harness's clock"
FARTHEST_MS = 10.0 * 365 * 86_400_000
NEAREST_MS = 1_000.0
NEAR_MS = 20.0
"""The two clocks of one thread are read one after the other; nothing but the jump moves them apart by more."""
WALLS = ("wall_page", "wall_worker")
STEADIES = ("steady_page", "steady_worker")
_STEADY = "performance.timeOrigin + performance.now()"
_WALL = f"Date.now() - ({_STEADY})"
_JUMP = """
(() => {
  const Real = globalThis.__igymRealDate ?? Date, by = BY_MS;
  Object.defineProperty(globalThis, "__igymRealDate", { value: Real, configurable: true });
  if (by === 0) { globalThis.Date = Real; return; }
  const now = () => Real.now() + by;
  globalThis.Date = new Proxy(Real, {
    construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
    apply: () => new Real(now()).toString(),
    get: (target, name, whole) => (name === "now" ? now : Reflect.get(target, name, whole)),
  });
})()
"""
"""Date alone: it is what a jump of the system's clock changes for a page; performance.now is monotonic by its specification."""


@dataclass(frozen=True)
class ClockJump(Fault):
    """`by_ms`: how far, forward or (negative) back."""

    kind: ClassVar[str] = "clock.jump"
    injectors: ClassVar[tuple[str, ...]] = ("J",)
    knobs: ClassVar[tuple[str, ...]] = ("wall-clock",)
    minimum_window_s: ClassVar[float] = 2.0
    asks: ClassVar[Mapping[str, Question]] = MappingProxyType(
        {
            "wall_page": Question("page", _WALL),
            "wall_worker": Question("worker", _WALL),
            "steady_page": Question("page", _STEADY),
            "steady_worker": Question("worker", _STEADY),
        }
    )

    by_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "by_ms", self.by_ms, -FARTHEST_MS, FARTHEST_MS)
        if abs(self.by_ms) < NEAREST_MS:
            raise ValueError(f"{self.kind}: by_ms is {self.by_ms!r}; less than {NEAREST_MS:g} ms is no jump")

    async def inject(self, on: Sequence[Subject]) -> None:
        await _set(on, self.by_ms)

    async def heal(self, on: Sequence[Subject]) -> None:
        await _set(on, 0)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Date moved by what was asked in both threads, and the monotonic clocks ran on."""
        return self._moved(telemetry, on, window, baseline, by_ms=self.by_ms)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Date is where it was before."""
        return self._moved(telemetry, on, window, baseline, by_ms=0.0)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Others of whom a clock moved."""
        moved = {what: moved_ms(telemetry, others, what, window, baseline) for what in (*WALLS, *STEADIES)}
        return [name for name in others if any(abs(found.get(name, 0.0)) > NEAR_MS for found in moved.values())]

    def _moved(
        self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window, *, by_ms: float
    ) -> Effect:
        asked, band = {"date_ms": by_ms}, (by_ms - NEAR_MS, by_ms + NEAR_MS)
        answers = count(telemetry, on, WALLS, window)
        found = {what: moved_ms(telemetry, on, what, window, baseline) for what in (*WALLS, *STEADIES)}
        if unread := [what for what, one in found.items() if len(one) < len(on)]:
            note = f"{', '.join(unread)} not read both before and now"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=answers)
        measured = {
            "page_ms": _farthest(found["wall_page"], by_ms),
            "worker_ms": _farthest(found["wall_worker"], by_ms),
            "steady_ms": max((_farthest(found[what], 0.0) for what in STEADIES), key=abs),
        }
        jumped = all(band[0] <= measured[what] <= band[1] for what in ("page_ms", "worker_ms"))
        steady = abs(measured["steady_ms"]) <= NEAR_MS
        note = "" if steady else "the monotonic clock moved too"
        return Effect(asked, measured, band, answers, jumped and steady, ORACLE, note)


def moved_ms(
    telemetry: Telemetry, names: Sequence[str], what: str, window: Window, baseline: Window
) -> dict[str, float]:
    """How far a clock is from where it was in the baseline, by participant; whoever was not read in both is left out."""
    steady = what in STEADIES
    known: dict[str, float] = {}
    for name in names:
        before, now = (telemetry.readings(name, what, one) for one in (baseline, window))
        if before and now:
            known[name] = round(_place(now, steady=steady) - _place(before, steady=steady), 1)
    return known


def _place(readings: Sequence[Reading], *, steady: bool) -> float:
    """Against the harness's clock by the quickest answers, as a wait only blurs; against the thread's other clock by the middle one."""
    if not steady:
        return median(one.value for one in readings)
    quickest = min(readings, key=lambda one: one.late_ms)
    return quickest.value - quickest.t_ms


def _farthest(found: Mapping[str, float], wanted: float) -> float:
    return max(found.values(), key=lambda moved: abs(moved - wanted))


def jump_script(by_ms: float) -> str:
    """Moves Date to so many ms from the real time; 0: back to it."""
    return _JUMP.replace("BY_MS", repr(float(by_ms)))


async def _set(on: Sequence[Subject], by_ms: float) -> None:
    jump = jump_script(by_ms)
    for control in controls_of(on):
        threads: tuple[Callable[[str], Awaitable[Any]], ...] = (control.run, control.run_in_worker)
        for run in threads:
            await run(jump)
