"""Oracles of pages and threads, shared by their faults: rates of a page's own counters, and silences of its threads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import PageControl, Subject

ORACLE_RATES = "the page's own counters, per second"
ORACLE_GAPS = "silences of the page's threads"
TIMERS_ALIVE = 10.0
"""Of 20 a second."""


def controls_of(subjects: Sequence[Subject], *, own: bool = False) -> list[PageControl]:
    """InjectorError names who has no page to act on, or (own) shares its browser with others."""
    controls = []
    for subject in subjects:
        if subject.control is None:
            raise InjectorError(f"participant {subject.name} has no page that can be acted on")
        if own and not subject.control.own_process:
            raise InjectorError(
                f'participant {subject.name} shares its browser: give it {{ process = "own" }} in [participants]'
            )
        controls.append(subject.control)
    return controls


@dataclass(frozen=True)
class Rates:
    """Per second over a window; the flags of its last sample, and how often each event happened."""

    raf: float
    timers: float
    worker: float
    hidden: bool
    focused: bool
    blurs: int
    hides: int
    freezes: int
    resumes: int
    samples: int


def rates(telemetry: Telemetry, name: str, window: Window) -> Rates | None:
    """None with fewer than two samples of one document."""
    samples = telemetry.meters(name, window)
    samples = [one for one in samples if one.document == samples[-1].document]
    if len(samples) < 2 or samples[-1].t_ms <= samples[0].t_ms:
        return None
    first, last = samples[0], samples[-1]
    span_s = (last.t_ms - first.t_ms) / 1000.0
    return Rates(
        raf=(last.raf - first.raf) / span_s,
        timers=(last.timers - first.timers) / span_s,
        worker=(last.worker - first.worker) / span_s,
        hidden=last.hidden,
        focused=last.focused,
        blurs=last.blurs - first.blurs,
        hides=last.hides - first.hides,
        freezes=last.freezes - first.freezes,
        resumes=last.resumes - first.resumes,
        samples=len(samples),
    )


def longest_gap_ms(
    telemetry: Telemetry, names: Sequence[str], window: Window, thread: Literal["main", "worker"]
) -> list[float]:
    """The longest silence of a thread at each of these, 0 where it was never silent."""
    return [max(telemetry.gaps(name, window, thread), default=0.0) for name in names]


def page_alive(telemetry: Telemetry, on: Sequence[str], window: Window) -> Effect:
    """After a heal: visible, focused or not as it was, and its timers run."""
    asked, band = {"timers_s": TIMERS_ALIVE}, (TIMERS_ALIVE, float("inf"))
    found = [rates(telemetry, name, window) for name in on]
    known = [one for one in found if one is not None]
    if len(known) < len(found):
        return unmeasured(asked, band, oracle=ORACLE_RATES, note="no two looks at the page after the heal")
    timers = min(one.timers for one in known)
    in_band = timers >= TIMERS_ALIVE and not any(one.hidden for one in known)
    return Effect(asked, {"timers_s": round(timers, 1)}, band, sum(one.samples for one in known), in_band, ORACLE_RATES)


def disturbed_pages(
    telemetry: Telemetry, others: Sequence[str], window: Window, *, silent_ms: float = 1_500.0
) -> list[str]:
    """Others whose page was hidden, or one of whose threads was silent for long."""
    found = []
    for name in others:
        hidden = any(sample.hidden for sample in telemetry.meters(name, window))
        gaps = [gap for thread in ("main", "worker") for gap in telemetry.gaps(name, window, thread)]
        if hidden or max(gaps, default=0.0) >= silent_ms:
            found.append(name)
    return found
