"""What the pages measured, by participant, on the harness clock: the memory behind the oracles.

Implements igym_chaos.samples.Telemetry. Pure: answers are put in, windows are read out.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from igym_chaos.readings import Reading
from igym_chaos.relay import Passed
from igym_chaos.samples import (
    Ending,
    InputSample,
    MeterSample,
    ProbeSample,
    SignalSample,
    SocketSample,
    SpeedSample,
    TransportSample,
    UpgradeSample,
    Window,
)
from igym_chaos.socket_frames import SocketFrame
from igym_harness.probe import Answer, Connection

CHANNEL_CLOSED = "channel-closed"
SESSION_END = "session-end"
"""What the game worker, and the page, call it."""
Pairs = dict[float, float]
"""Page time of a ping -> its round trip, both ms: repeats of one ping fall together."""


@dataclass(frozen=True)
class _Seen:
    """A connection at one look, and which document it belongs to: the next one counts its connections from 0 again."""

    t_ms: float
    document: float
    connection: Connection


class _Totals:
    """Sums a peer's counters over its successive connections, which each start from 0."""

    def __init__(self) -> None:
        self._newest: dict[str, dict[tuple[float, int], Connection]] = defaultdict(dict)

    def add(self, seen: _Seen, peer: str) -> TransportSample:
        t_ms, connection = seen.t_ms, seen.connection
        known = self._newest[peer]
        known[seen.document, connection.index] = connection
        return TransportSample(
            t_ms=t_ms,
            peer=peer,
            packets_sent=sum(one.packets_sent or 0 for one in known.values()),
            packets_received=sum(one.packets_received or 0 for one in known.values()),
            stun_rtt_total_s=sum(one.stun_rtt_total_s for one in known.values()),
            stun_responses=sum(one.stun_responses for one in known.values()),
            bytes_received=sum(one.bytes_received for one in known.values()),
            local_port=connection.local_port,
        )


class _Summed:
    """The samples of a participant so far, each summed once: oracles ask twice a second."""

    def __init__(self, owners: int) -> None:
        self.owners = owners
        """How many ICE names had a known owner when this began."""
        self.samples: list[TransportSample] = []
        self._totals = _Totals()
        self._taken = 0

    def take(self, transports: Sequence[_Seen], peer_of: Callable[[Connection], str | None]) -> None:
        for seen in transports[self._taken :]:
            if (peer := peer_of(seen.connection)) is not None:
                self.samples.append(self._totals.add(seen, peer))
        self._taken = len(transports)


@dataclass
class _Person:
    frames: list[tuple[float, int]] = field(default_factory=list)
    link_pings: dict[int, Pairs] = field(default_factory=lambda: defaultdict(dict))
    server_pings: Pairs = field(default_factory=dict)
    transports: list[_Seen] = field(default_factory=list)
    summed: _Summed = field(default_factory=lambda: _Summed(0))
    meters: list[MeterSample] = field(default_factory=list)
    signals: list[SignalSample] = field(default_factory=list)
    inputs: list[InputSample] = field(default_factory=list)
    sockets: list[SocketSample] = field(default_factory=list)
    gaps: dict[tuple[str, float], float] = field(default_factory=dict)
    """(thread, when it ended on the page's clock) -> how long it was, ms."""
    differences: list[tuple[float, int]] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)
    seat: int | None = None
    session: str | None = None
    closed: list[tuple[float, int]] = field(default_factory=list)
    """(when, to which seat) a data channel closed."""
    over: bool = False
    """The page was told that its session is over; it closes its channels itself then."""


class Recorder:
    """Implements the telemetry protocol over everything recorded so far.

    `to_harness(participant, page_ms)` converts a page's clock.
    """

    def __init__(
        self,
        participants: Iterable[str],
        to_harness: Callable[[str, float], float],
        relayed: Callable[[], Sequence[Passed]] = tuple,
        socket_frames: Callable[[str], Sequence[SocketFrame]] = lambda _: (),
    ) -> None:
        self._people = {name: _Person() for name in participants}
        self._to_harness = to_harness
        self._relayed = relayed
        self._socket_frames = socket_frames
        self._probes: dict[str, list[ProbeSample]] = defaultdict(list)
        self._turn_probes: dict[str, list[ProbeSample]] = defaultdict(list)
        self._upgrades: dict[str, list[UpgradeSample]] = defaultdict(list)
        self._speeds: dict[str, list[SpeedSample]] = defaultdict(list)
        self._readings: dict[tuple[str, str], list[Reading]] = defaultdict(list)
        self._owner_of_ufrag: dict[str, str] = {}

    def record(self, participant: str, answer: Answer) -> None:
        """Takes one answer of a page in."""
        person = self._people[participant]
        t_ms = self._to_harness(participant, answer.clock_ms)
        if answer.worker.get("state") == "playing":
            person.frames.append((t_ms, int(answer.worker["frame"])))
            if (changes := answer.worker.get("inputChanges")) is not None:
                person.inputs.append(InputSample(t_ms, int(answer.worker["frame"]), int(changes)))
        for link in answer.worker.get("links", ()):
            person.link_pings[int(link["seat"])].update(_pairs(link["pings"]))
        if answer.status is not None:
            person.server_pings.update(_pairs(answer.status["serverPings"]))
            person.sockets.extend(_sockets(t_ms, answer.status))
            person.signals.extend(_signals(t_ms, answer.status.get("signals")))
        if answer.meter.get("raf") is not None:
            person.meters.append(_meter(t_ms, answer))
            person.gaps.update(
                {(str(thread), float(end_ms)): float(gap_ms) for thread, end_ms, gap_ms in answer.meter["gaps"]}
            )
        for connection in answer.connections:
            if connection.local_ufrag is not None:
                self._owner_of_ufrag[connection.local_ufrag] = participant
            if connection.packets_sent is not None:
                person.transports.append(_Seen(t_ms, answer.origin, connection))
        if answer.status is not None and answer.status.get("seat") is not None:
            person.seat, person.session = int(answer.status["seat"]), answer.status.get("sessionId")
        for event in answer.events:
            if event["kind"] == SESSION_END:
                person.over = True
            elif event["kind"] == CHANNEL_CLOSED and not person.over:
                person.closed.append((self._to_harness(participant, float(event["tMs"])), int(event["seat"])))

    def record_probe(self, participant: str, sample: ProbeSample) -> None:
        """Takes in one connection of the harness through a participant's proxy, or (SERVER) to the server itself."""
        self._probes[participant].append(sample)

    def record_turn_probe(self, participant: str, sample: ProbeSample) -> None:
        """The same through the participant's proxy of the relay."""
        self._turn_probes[participant].append(sample)

    def record_reading(self, participant: str, what: str, reading: Reading) -> None:
        """Takes in an answer to a question of a planned fault."""
        self._readings[participant, what].append(reading)

    def asked(self, participant: str) -> tuple[str, ...]:
        """Questions that the participant answered at least once."""
        return tuple(what for name, what in self._readings if name == participant)

    def record_upgrade(self, participant: str, sample: UpgradeSample) -> None:
        """Takes in what a request for a WebSocket through the participant's proxy was answered."""
        self._upgrades[participant].append(sample)

    def record_speed(self, participant: str, sample: SpeedSample) -> None:
        """Takes in how fast the participant's threads worked."""
        self._speeds[participant].append(sample)

    def record_ending(self, participant: str, ending: Ending) -> None:
        """Takes in what a witness saw end."""
        self._people[participant].endings.append(ending)

    def ended(self, participant: str) -> bool:
        """The page is no more, by whatever witness but the server, who only sees its socket."""
        return any(one.what != "socket" for one in self._people[participant].endings)

    def record_event(self, participant: str, t_ms: float, event: Mapping[str, Any]) -> None:
        """Takes in an event of the participant's page, as far as an oracle wants it."""
        if event.get("kind") == "desync":
            self._people[participant].differences.append((t_ms, int(event["frame"])))

    def timed_link_rtts(self, participant: str, window: Window) -> list[tuple[float, float]]:
        """(when the ping was sent, its round trip) of all links of the participant, ms, by time."""
        pings = [pair for pairs in self._people[participant].link_pings.values() for pair in pairs.items()]
        return self._timed(participant, pings, window)

    def timed_server_rtts(self, participant: str, window: Window) -> list[tuple[float, float]]:
        """(when it was asked, the round trip) over the participant's socket to the server, ms, by time."""
        return self._timed(participant, self._people[participant].server_pings.items(), window)

    # ---- igym_chaos.samples.Telemetry ----

    def participants(self) -> tuple[str, ...]:
        return tuple(self._people)

    def peers(self, participant: str) -> tuple[str, ...]:
        found = (self._peer(seen.connection) for seen in self._people[participant].transports)
        return tuple(dict.fromkeys(peer for peer in found if peer is not None))

    def link_rtts(self, participant: str, window: Window) -> list[float]:
        """ms, of all links of the participant, by time of the ping."""
        return [rtt_ms for _, rtt_ms in self.timed_link_rtts(participant, window)]

    def server_rtts(self, participant: str, window: Window) -> list[float]:
        return [rtt_ms for _, rtt_ms in self.timed_server_rtts(participant, window)]

    def server_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        return [sample for sample in self._probes[participant] if window.holds(sample.t_ms)]

    def turn_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        return [sample for sample in self._turn_probes[participant] if window.holds(sample.t_ms)]

    def upgrades(self, participant: str, window: Window) -> list[UpgradeSample]:
        return [sample for sample in self._upgrades[participant] if window.holds(sample.t_ms)]

    def sockets(self, participant: str, window: Window) -> list[SocketSample]:
        return [sample for sample in self._people[participant].sockets if window.holds(sample.t_ms)]

    def transport(self, participant: str, window: Window) -> list[TransportSample]:
        """Counters per peer, cumulative over every connection to that peer; oldest first."""
        person = self._people[participant]
        if person.summed.owners != len(self._owner_of_ufrag):  # a sample may belong to a peer that was unknown before
            person.summed = _Summed(len(self._owner_of_ufrag))
        person.summed.take(person.transports, self._peer)
        return [sample for sample in person.summed.samples if window.holds(sample.t_ms)]

    def relayed(self, window: Window) -> list[Passed]:
        packets = self._relayed()
        start = bisect_left(packets, window.start_ms, key=lambda one: one.t_ms)
        return list(packets[start : bisect_right(packets, window.end_ms, key=lambda one: one.t_ms)])

    def socket_frames(self, participant: str, window: Window) -> list[SocketFrame]:
        frames = self._socket_frames(participant)
        start = bisect_left(frames, window.start_ms, key=lambda one: one.t_ms)
        return list(frames[start : bisect_right(frames, window.end_ms, key=lambda one: one.t_ms)])

    def inputs(self, participant: str, window: Window) -> list[InputSample]:
        return [sample for sample in self._people[participant].inputs if window.holds(sample.t_ms)]

    def signals(self, participant: str, window: Window) -> list[SignalSample]:
        return [sample for sample in self._people[participant].signals if window.holds(sample.t_ms)]

    def meters(self, participant: str, window: Window) -> list[MeterSample]:
        return [sample for sample in self._people[participant].meters if window.holds(sample.t_ms)]

    def gaps(self, participant: str, window: Window, thread: Literal["main", "worker"]) -> list[float]:
        ended = (
            (self._to_harness(participant, end_ms), gap_ms, which)
            for (which, end_ms), gap_ms in self._people[participant].gaps.items()
        )
        return [gap_ms for t_ms, gap_ms, which in ended if which == thread and window.holds(t_ms)]

    def speeds(self, participant: str, window: Window) -> list[SpeedSample]:
        return [sample for sample in self._speeds[participant] if window.holds(sample.t_ms)]

    def readings(self, participant: str, what: str, window: Window) -> list[Reading]:
        return [one for one in self._readings[participant, what] if window.holds(one.t_ms)]

    def channels_closed(self, participant: str, window: Window) -> list[tuple[float, str]]:
        own = self._people[participant]
        at = {
            one.seat: name for name, one in self._people.items() if one.seat is not None and one.session == own.session
        }
        closed = own.closed
        return [(t_ms, at[seat]) for t_ms, seat in closed if seat in at and window.holds(t_ms)]

    def endings(self, participant: str, window: Window) -> list[Ending]:
        found = [one for one in self._people[participant].endings if window.holds(one.t_ms)]
        return sorted(found, key=lambda one: one.t_ms)

    def frames(self, participant: str, window: Window) -> list[tuple[float, int]]:
        return [
            (t_ms, frame)
            for t_ms, frame in self._people[participant].frames
            if window.start_ms <= t_ms <= window.end_ms
        ]

    def differences(self, participant: str, window: Window) -> list[tuple[float, int]]:
        return [(t_ms, frame) for t_ms, frame in self._people[participant].differences if window.holds(t_ms)]

    # ---- helpers ----

    def _peer(self, connection: Connection) -> str | None:
        """Whose connection this one talks to: the owner of the ICE name that it was told."""
        return self._owner_of_ufrag.get(connection.remote_ufrag or "")

    def _timed(
        self, participant: str, pings: Iterable[tuple[float, float]], window: Window
    ) -> list[tuple[float, float]]:
        timed = sorted((self._to_harness(participant, page_ms), rtt_ms) for page_ms, rtt_ms in pings)
        return [pair for pair in timed if window.holds(pair[0])]


def _sockets(t_ms: float, status: Mapping[str, Any]) -> list[SocketSample]:
    """Nothing of a page that does not tell."""
    if "socketConnected" not in status:
        return []
    return [SocketSample(t_ms, bool(status["socketConnected"]), int(status["socketReconnects"]))]


def _signals(t_ms: float, counters: Mapping[str, int] | None) -> list[SignalSample]:
    """What the product's links counted; nothing of a page that does not tell."""
    if counters is None:
        return []
    arrived = sum(counters[name] for name in ("received", "droppedEarly", "droppedStale", "droppedStrange"))
    return [SignalSample(t_ms, sent=counters["sent"], arrived=arrived)]


def _pairs(pings: Iterable[Iterable[Any]]) -> Pairs:
    return {float(t_ms): float(rtt_ms) for t_ms, rtt_ms in pings}


def _meter(t_ms: float, answer: Answer) -> MeterSample:
    names = ("raf", "timers", "worker", "blurs", "hides", "freezes", "resumes", "keys")
    counts = {name: int(answer.meter.get(name, 0)) for name in names}
    hidden, focused, reloaded = (bool(answer.meter.get(flag)) for flag in ("hidden", "focused", "reloaded"))
    return MeterSample(t_ms, answer.origin, hidden=hidden, focused=focused, reloaded=reloaded, **counts)
