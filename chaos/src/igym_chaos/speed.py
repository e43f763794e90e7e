"""Oracle of faults that slow threads down: how much longer one and the same work takes than before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from igym_chaos.fault import Effect, unmeasured
from igym_chaos.samples import SpeedSample, Telemetry, Window

ORACLE_SPEED = "a fixed loop in the page's threads, against before"
MINIMUM_SAMPLES = 3
AGAIN_MOST = 1.5
"""After the heal: a mean that is slower than before by more than this is not back."""


@dataclass(frozen=True)
class Factors:
    """How many times longer the work takes: the smallest change among the participants. `samples`: fewest of one.

    worker_best: the quickest loop against the quickest before, the greatest change among them. Other load makes some loops slower,
    a slowed thread all of them.
    """

    main: float
    worker: float
    worker_best: float
    samples: int


def factors(
    telemetry: Telemetry,
    on: Sequence[str],
    window: Window,
    baseline: Window,
    asked: dict[str, float],
    band: tuple[float, float],
) -> Factors | Effect:
    """Means in the window against means before: a stop falls into some loops whole, into others not.

    An unmeasured effect where there are too few samples.
    """
    pairs = [(telemetry.speeds(name, baseline), telemetry.speeds(name, window)) for name in on]
    fewest_before, fewest = (min(len(pair[at]) for pair in pairs) for at in (0, 1))
    if fewest_before < MINIMUM_SAMPLES or fewest < MINIMUM_SAMPLES:
        note = f"{fewest_before} loops before and {fewest} in the window; {MINIMUM_SAMPLES} are needed"
        return unmeasured(asked, band, oracle=ORACLE_SPEED, note=note, n=fewest)
    return Factors(
        main=min(_main(after) / _main(before) for before, after in pairs),
        worker=min(_worker(after) / _worker(before) for before, after in pairs),
        worker_best=max(_best(after) / _best(before) for before, after in pairs),
        samples=fewest,
    )


def as_fast_as_before(telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
    """After the heal: both threads of everyone take about as long as before."""
    asked, band = {"worker_factor": 1.0}, (0.0, AGAIN_MOST)
    each = [factors(telemetry, [name], window, baseline, asked, band) for name in on]
    missing = next((one for one in each if isinstance(one, Effect)), None)
    if missing is not None:
        return missing
    known = [one for one in each if isinstance(one, Factors)]
    main, worker = max(one.main for one in known), max(one.worker for one in known)
    measured = {"worker_factor": round(worker, 2), "main_factor": round(main, 2)}
    samples = min(one.samples for one in known)
    return Effect(asked, measured, band, samples, max(main, worker) <= AGAIN_MOST, ORACLE_SPEED)


def _main(samples: Sequence[SpeedSample]) -> float:
    return fmean(sample.main_ms for sample in samples)


def _best(samples: Sequence[SpeedSample]) -> float:
    return min(sample.worker_ms for sample in samples)


def _worker(samples: Sequence[SpeedSample]) -> float:
    return fmean(sample.worker_ms for sample in samples)
