"""Oracles of the peer path, shared by its faults: round trips against the baseline, packets sent against packets received."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from igym_chaos.cdp import NetworkRules
from igym_chaos.errors import InjectorError
from igym_chaos.samples import Telemetry, TransportSample, Window
from igym_chaos.subjects import Subject

MINIMUM_PINGS = 10


def rules_of(subjects: Sequence[Subject]) -> list[NetworkRules]:
    """The network rules of each; InjectorError names who has none."""
    rules = []
    for subject in subjects:
        if subject.network is None:
            raise InjectorError(f"participant {subject.name} has no network rules: open its page armed")
        rules.append(subject.network)
    return rules


def rtts(telemetry: Telemetry, names: Iterable[str], window: Window) -> list[float]:
    """Round trips of all links of these participants, ms."""
    return [rtt for name in names for rtt in telemetry.link_rtts(name, window)]


def stun_rtt_ms(telemetry: Telemetry, names: Iterable[str], window: Window) -> float | None:
    """Mean of the transport's own round trips, the second witness; None with fewer than 3 answers."""
    total, responses = 0.0, 0
    for name in names:
        for first, last in _ends(telemetry.transport(name, window)).values():
            total += last.stun_rtt_total_s - first.stun_rtt_total_s
            responses += last.stun_responses - first.stun_responses
    return 1000 * total / responses if responses >= 3 else None


def quartile(values: Sequence[float]) -> float:
    """The lower quartile."""
    return sorted(values)[(len(values) - 1) // 4]


def decile(values: Sequence[float]) -> float:
    """The lowest decile: a fixed delay moves it as it moves the median; a busy machine and retransmissions, which only ever add, do not."""
    return sorted(values)[(len(values) - 1) // 10]


def median_or_none(values: Sequence[float]) -> float | None:
    return median(values) if values else None


@dataclass(frozen=True)
class Passage:
    """Packets of one direction of one link in a window, by the counters of its two ends."""

    sender: str
    receiver: str
    sent: int
    received: int


def passages(telemetry: Telemetry, on: Sequence[str], window: Window) -> list[Passage]:
    """Both directions of every link of these participants, each link once.

    The two ends are sampled at different instants, so each end's counters are read at the same two times: linearly between its
    samples, at the latest first and the earliest last sample of both. Packets in flight at an edge are few against the window's n.
    """
    found: list[Passage] = []
    seen: set[frozenset[str]] = set()
    for name in on:
        for peer in telemetry.peers(name):
            if frozenset((name, peer)) in seen:
                continue
            seen.add(frozenset((name, peer)))
            here = [sample for sample in telemetry.transport(name, window) if sample.peer == peer]
            there = [sample for sample in telemetry.transport(peer, window) if sample.peer == name]
            if len(here) < 2 or len(there) < 2:
                continue
            start_ms, end_ms = max(here[0].t_ms, there[0].t_ms), min(here[-1].t_ms, there[-1].t_ms)
            if end_ms <= start_ms:
                continue
            sent = {
                end: _between(samples, "packets_sent", start_ms, end_ms)
                for end, samples in ((name, here), (peer, there))
            }
            got = {
                end: _between(samples, "packets_received", start_ms, end_ms)
                for end, samples in ((name, here), (peer, there))
            }
            found += [Passage(name, peer, sent[name], got[peer]), Passage(peer, name, sent[peer], got[name])]
    return found


def rates_bytes_s(telemetry: Telemetry, on: Sequence[str], window: Window) -> list[float]:
    """Bytes a second that arrived from these participants, for each link with samples of the receiver in the window."""
    rates = []
    for name in on:
        for peer in telemetry.peers(name):
            samples = [sample for sample in telemetry.transport(peer, window) if sample.peer == name]
            if len(samples) >= 2 and samples[-1].t_ms > samples[0].t_ms:
                span_s = (samples[-1].t_ms - samples[0].t_ms) / 1000.0
                rates.append((samples[-1].bytes_received - samples[0].bytes_received) / span_s)
    return rates


def mean_packet_bytes(telemetry: Telemetry, on: Sequence[str], window: Window) -> float | None:
    """Of what arrived from these participants, without headers below DTLS; None if nothing did."""
    packets = received = 0
    for name in on:
        for peer in telemetry.peers(name):
            samples = [sample for sample in telemetry.transport(peer, window) if sample.peer == name]
            if samples:
                packets += samples[-1].packets_received - samples[0].packets_received
                received += samples[-1].bytes_received - samples[0].bytes_received
    return received / packets if packets > 0 else None


def longest_silence_ms(telemetry: Telemetry, name: str, window: Window) -> float:
    """The longest time in which a link's counter of received packets stood still, from look to look, ms."""
    longest_ms = 0.0
    for peer in telemetry.peers(name):
        since: TransportSample | None = None
        for sample in telemetry.transport(name, window):
            if sample.peer != peer:
                continue
            if since is None or sample.packets_received > since.packets_received:
                since = sample
            longest_ms = max(longest_ms, sample.t_ms - since.t_ms)
    return longest_ms


def loss_percent(passage: Passage) -> float:
    """Share of sent packets that did not arrive; percent."""
    return 100 * (1 - passage.received / passage.sent) if passage.sent else 0.0


def _between(samples: Sequence[TransportSample], counter: str, start_ms: float, end_ms: float) -> int:
    return round(_at(samples, counter, end_ms) - _at(samples, counter, start_ms))


def _at(samples: Sequence[TransportSample], counter: str, t_ms: float) -> float:
    """The counter at an instant, linear between the samples around it."""
    for before, after in pairwise(samples):
        if before.t_ms <= t_ms <= after.t_ms:
            span_ms = after.t_ms - before.t_ms
            share = (t_ms - before.t_ms) / span_ms if span_ms else 0.0
            first, second = float(getattr(before, counter)), float(getattr(after, counter))
            return first + (second - first) * share
    raise AssertionError(f"{t_ms} lies outside {samples[0].t_ms}..{samples[-1].t_ms}")


def _ends(samples: Sequence[TransportSample]) -> dict[str, tuple[TransportSample, TransportSample]]:
    ends: dict[str, tuple[TransportSample, TransportSample]] = {}
    for sample in samples:
        first, _ = ends.get(sample.peer, (sample, sample))
        ends[sample.peer] = (first, sample)
    return ends
