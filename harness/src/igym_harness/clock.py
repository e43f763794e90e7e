"""One clock for a run: offsets of pages and server against the harness, measured by ping exchange (chaos.md 6.2).

harness   sent ──────────────▶ received        offset = remote - (sent + received) / 2
remote            ▲ remote                     error <= (received - sent) / 2
"""

from __future__ import annotations

import math
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field

EXCHANGES = 15


def monotonic_ms() -> float:
    """The harness's clock, in ms; the only one that files of a run speak."""
    return time.monotonic() * 1000.0


@dataclass(frozen=True)
class Exchange:
    """One question to a remote clock; all in ms, `remote_ms` on the remote clock."""

    sent_ms: float
    remote_ms: float
    received_ms: float

    @property
    def round_trip_ms(self) -> float:
        return self.received_ms - self.sent_ms


@dataclass(frozen=True)
class Offset:
    """remote clock = harness clock + offset_ms, known to +- error_ms."""

    offset_ms: float
    error_ms: float

    def to_harness(self, remote_ms: float) -> float:
        return remote_ms - self.offset_ms


def offset_of(exchanges: Iterable[Exchange]) -> Offset:
    """Offset from the exchange with the shortest round trip: queueing only ever adds. Raises ValueError without one."""
    best = min(exchanges, key=lambda exchange: exchange.round_trip_ms)
    middle_ms = (best.sent_ms + best.received_ms) / 2.0
    return Offset(best.remote_ms - middle_ms, best.round_trip_ms / 2.0)


def drift_ms(first: Offset, last: Offset) -> float:
    """How far apart two measurements of one clock are beyond what their errors explain; signed, 0 inside them.

    A busy machine makes an exchange inexact; that is lag (HAR-2), not drift (HAR-3).
    """
    difference = last.offset_ms - first.offset_ms
    unexplained = max(0.0, abs(difference) - first.error_ms - last.error_ms)
    return unexplained if difference >= 0 else -unexplained


async def measure(
    ask: Callable[[], Awaitable[float]], *, exchanges: int = EXCHANGES, now_ms: Callable[[], float] = monotonic_ms
) -> Offset:
    """Asks a remote clock some times, one after the other."""
    samples = []
    for _ in range(exchanges):
        sent_ms = now_ms()
        remote_ms = await ask()
        samples.append(Exchange(sent_ms, remote_ms, now_ms()))
    return offset_of(samples)


@dataclass
class Clocks:
    """The offsets of every remote clock of a run, by source name (participant, or "server").

    Each document of a page counts from an origin of its own: `renew` begins another clock of the same source.
    """

    last: dict[str, Offset] = field(default_factory=dict)
    _first: dict[str, list[tuple[float, Offset]]] = field(default_factory=dict)
    """(from when on, on the remote clock; the offset that converts), oldest first."""

    def record(self, source: str, offset: Offset) -> None:
        """The first measurement of a clock converts its times; the latest one tells the drift."""
        self._first.setdefault(source, [(-math.inf, offset)])
        self.last[source] = offset

    def renew(self, source: str, since_remote_ms: float, offset: Offset) -> None:
        """From now on the source speaks by another clock, which began at this time of its own. Raises KeyError if it had none."""
        self._first[source].append((since_remote_ms, offset))
        self.last[source] = offset

    def knows(self, source: str) -> bool:
        return source in self._first

    def offset(self, source: str) -> Offset:
        """What converts the times of the newest clock of a source. Raises KeyError for one that was never measured."""
        return self._first[source][-1][1]

    def to_harness(self, source: str, remote_ms: float) -> float:
        """By the clock that the time was read on. Raises KeyError for a source that was never measured."""
        of_that_time = next(offset for since_ms, offset in reversed(self._first[source]) if since_ms <= remote_ms)
        return of_that_time.to_harness(remote_ms)

    def drifts_ms(self) -> dict[str, float]:
        """Of each source's newest clock."""
        return {source: drift_ms(self.offset(source), last) for source, last in self.last.items()}
