"""One clock for a run: offsets of pages and server against the harness, measured by ping exchange (chaos.md 6.2).

harness   sent ──────────────▶ received        offset = remote - (sent + received) / 2
remote            ▲ remote                     error <= (received - sent) / 2
"""

from __future__ import annotations

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
    """The offsets of every remote clock of a run, by source name (participant, or "server")."""

    first: dict[str, Offset] = field(default_factory=dict)
    last: dict[str, Offset] = field(default_factory=dict)

    def record(self, source: str, offset: Offset) -> None:
        """The first measurement converts times; the latest one tells the drift."""
        self.first.setdefault(source, offset)
        self.last[source] = offset

    def to_harness(self, source: str, remote_ms: float) -> float:
        """Raises KeyError for a clock that was never measured."""
        return self.first[source].to_harness(remote_ms)

    def drifts_ms(self) -> dict[str, float]:
        return {source: drift_ms(self.first[source], last) for source, last in self.last.items()}
