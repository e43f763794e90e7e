"""How round trips, frame rates, rollbacks and guesses were before, during and after the faults, from a run sheet."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy

from igym_harness.run_sheet import Lane, RunSheet, Sample

PLAYING = "playing"


@dataclass(frozen=True)
class Spread:
    """p50, p95 and largest of n values; rates are frames per second between looks that are neighbours."""

    n: int
    p50: float
    p95: float
    largest: float


@dataclass(frozen=True)
class Row:
    """One participant in one part of the run; None where nothing was sampled."""

    participant: str
    part: str
    rtt_ms: Spread | None
    frames_per_s: Spread | None
    depth: Spread | None
    """Frames of each rollback."""
    unconfirmed: Spread | None
    """Frames simulated with a guess, at each look."""


def rows(sheet: RunSheet) -> list[Row]:
    """Participants times before, during, after; without a fault there is only the whole of play."""
    parts = _parts(sheet)
    return [_row(lane, part, start_ms, end_ms) for lane in sheet.lanes.values() for part, start_ms, end_ms in parts]


def spread(values: Iterable[float]) -> Spread | None:
    known = numpy.array(list(values), dtype=float)
    if not known.size:
        return None
    p50, p95 = numpy.percentile(known, [50, 95])
    return Spread(int(known.size), float(p50), float(p95), float(known.max()))


def _parts(sheet: RunSheet) -> list[tuple[str, float, float]]:
    starts = [row["requested_ms"] for row in sheet.effects if row.get("requested_ms") is not None]
    ends = [row["healed_ms"] for row in sheet.effects if row.get("healed_ms") is not None]
    first_ms, last_ms = sheet.span_ms()
    if not starts:
        return [("play", first_ms, last_ms)]
    healed_ms = max(ends) if ends else last_ms
    return [("before", first_ms, min(starts)), ("during", min(starts), healed_ms), ("after", healed_ms, last_ms)]


def _row(lane: Lane, part: str, start_ms: float, end_ms: float) -> Row:
    inside = [sample for sample in lane.samples if start_ms <= sample.t_ms < end_ms and sample.state == PLAYING]
    rtts = spread(sample.rtt_ms for sample in inside if sample.rtt_ms is not None)
    depths = spread(
        float(event["depth"])
        for event in lane.kind("rollback")
        if start_ms <= event["t_ms"] < end_ms and event.get("depth") is not None
    )
    unconfirmed = spread(float(sample.unconfirmed) for sample in inside if sample.unconfirmed is not None)
    return Row(lane.name, part, rtts, spread(_rates(inside)), depths, unconfirmed)


def _rates(samples: Sequence[Sample]) -> list[float]:
    pairs = itertools.pairwise(samples)
    return [
        1000.0 * (b.frame - a.frame) / (b.t_ms - a.t_ms) for a, b in pairs if a.episode == b.episode and b.t_ms > a.t_ms
    ]
