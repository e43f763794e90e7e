"""Faults that slow threads down: the same work against before, which thread it is, and what is not believed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from igym_chaos.fault import Fault
from igym_chaos.faults.proc_main_slow import ProcMainSlow
from igym_chaos.faults.proc_slow import ProcSlow
from igym_chaos.samples import SpeedSample, Window

BEFORE, DURING, AFTER = Window(0, 3_000), Window(3_500, 9_000), Window(9_500, 13_000)
USUAL_MS = 10.0


@dataclass
class Threads:
    """Loops of participant a, every 400 ms; factors while the fault is in force, and after it."""

    main: float = 1.0
    worker: float = 1.0
    after: float = 1.0
    sparse: bool = False

    def speeds(self, participant: str, window: Window) -> list[SpeedSample]:
        return [
            self._sample(float(t_ms)) for t_ms in range(0, 13_000, 5_000 if self.sparse else 400) if window.holds(t_ms)
        ]

    def _sample(self, t_ms: float) -> SpeedSample:
        main, worker = (self.main, self.worker) if DURING.holds(t_ms) else (1.0, 1.0)
        late = self.after if t_ms >= AFTER.start_ms else 1.0
        return SpeedSample(t_ms, USUAL_MS * main * late, USUAL_MS * worker * late)

    def meters(self, participant: str, window: Window) -> list[Any]:
        return []

    def gaps(self, participant: str, window: Window, thread: str) -> list[float]:
        return []


DONE: list[tuple[Fault, Threads]] = [
    (ProcSlow(75), Threads(main=4.0, worker=4.2)),
    (ProcSlow(50), Threads(main=2.0, worker=1.9)),
    (ProcMainSlow(6), Threads(main=4.0, worker=1.2)),
]
NOT_DONE: list[tuple[Fault, Threads]] = [
    (ProcSlow(75), Threads()),
    (ProcSlow(75), Threads(main=8.0)),  # SAB-21: the throttle of the display thread
    (ProcSlow(50), Threads(main=4.0, worker=4.0)),
    (ProcSlow(75), Threads(main=4.0, worker=4.0, sparse=True)),
    (ProcMainSlow(6), Threads()),
    (ProcMainSlow(6), Threads(main=4.0, worker=4.0)),
    (ProcMainSlow(6), Threads(main=4.0, sparse=True)),
]


@pytest.mark.parametrize(("fault", "threads"), DONE)
def test_what_was_asked_is_in_band_and_over_afterwards(fault: Fault, threads: Any) -> None:
    effect = fault.effect(threads, ["a"], DURING, BEFORE)
    assert effect.in_band, effect
    assert fault.recovered(threads, ["a"], AFTER, BEFORE).in_band
    assert fault.untouched(threads, ["b"], DURING, BEFORE) == []


@pytest.mark.parametrize(("fault", "threads"), NOT_DONE)
def test_an_injector_that_does_nothing_or_something_else_is_not_believed(fault: Fault, threads: Any) -> None:
    assert not fault.effect(threads, ["a"], DURING, BEFORE).in_band


@pytest.mark.parametrize("fault", [ProcSlow(75), ProcMainSlow(6)])
def test_threads_that_are_still_slow_are_not_healed(fault: Fault) -> None:
    still: Any = Threads(main=4.0, worker=4.0, after=3.0)
    assert not fault.recovered(still, ["a"], AFTER, BEFORE).in_band


def test_one_quick_loop_shows_that_the_worker_is_not_slowed_though_the_machine_is_busy() -> None:
    class Busy(Threads):
        def _sample(self, t_ms: float) -> SpeedSample:
            sample = super()._sample(t_ms)
            busy = DURING.holds(t_ms) and t_ms % 2_000 != 0
            return SpeedSample(t_ms, sample.main_ms, sample.worker_ms * (1.8 if busy else 1.0))

    busy: Any = Busy(main=4.0)
    assert ProcMainSlow(6).effect(busy, ["a"], DURING, BEFORE).in_band


@pytest.mark.parametrize(("kind", "value"), [(ProcSlow, 5), (ProcSlow, 100), (ProcMainSlow, 1), (ProcMainSlow, True)])
def test_a_value_that_could_not_be_told_from_noise_is_refused(kind: Any, value: float) -> None:
    with pytest.raises(ValueError, match=r"proc\.(slow|main-slow): (percent|rate) is"):
        kind(value)
