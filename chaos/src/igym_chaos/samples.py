"""What is measured of a run: samples by time, and the protocol by which oracles read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

from igym_chaos.readings import Reading

if TYPE_CHECKING:
    from igym_chaos.relay import Passed
    from igym_chaos.socket_frames import SocketFrame


@dataclass(frozen=True)
class Window:
    """A span of the harness's monotonic clock, ms."""

    start_ms: float
    end_ms: float

    def holds(self, t_ms: float) -> bool:
        return self.start_ms <= t_ms <= self.end_ms


@dataclass(frozen=True)
class TransportSample:
    """Counters of one peer connection at one instant; all cumulative (RTCTransportStats, RTCIceCandidatePairStats)."""

    t_ms: float
    peer: str
    packets_sent: int
    packets_received: int
    stun_rtt_total_s: float
    stun_responses: int
    bytes_received: int = 0
    local_port: int = 0
    """Of the candidate in use at this end; another one after a new allocation of a relay. 0: none in use."""


@dataclass(frozen=True)
class ProbeSample:
    """One plain TCP connection of the harness through a participant's own proxy: a GET of a fixed file, read to its end."""

    t_ms: float
    """Start, harness clock."""
    connect_ms: float | None
    """None: refused, or no connection within the probe's limit."""
    first_byte_ms: float | None
    """Since the start; None: no byte came."""
    total_ms: float
    """Since the start, to the end of the stream or to the probe's limit."""
    received: int
    """Bytes."""
    reads: int
    """How many pieces they came in."""
    end: Literal["fin", "reset", "refused", "timeout"]


@dataclass(frozen=True)
class MeterSample:
    """What a page counted of itself by one instant; counters are cumulative since its document began."""

    t_ms: float
    document: float
    """When the document began, ms of the page's clock: another one after a reload."""
    raf: int
    timers: int
    """Of an interval of 50 ms."""
    worker: int
    """Messages of the game worker."""
    hidden: bool
    focused: bool
    blurs: int
    hides: int
    freezes: int
    resumes: int
    reloaded: bool = False
    """The browser made this document by loading the one before again."""
    keys: int = 0
    """Keys that went down, whoever pressed them."""


@dataclass(frozen=True)
class SpeedSample:
    """How long a page's threads took for one and the same piece of work, ms."""

    t_ms: float
    """When it was done, harness clock."""
    main_ms: float
    worker_ms: float


@dataclass(frozen=True)
class Ending:
    """Something of a participant's page that ended, told by a witness outside the page."""

    t_ms: float
    """When the witness saw it, harness clock."""
    what: Literal["crash", "close", "tab", "renderer", "browser", "socket"]
    """crash, close: DevTools events of the page; tab: no longer in the browser's list; renderer, browser: no longer a process of the
    system; socket: the server's log."""
    code: int | None = None
    """Exit code of a process, as its parent was told (negative: the signal); None: of something else, or not known."""


@dataclass(frozen=True)
class SignalSample:
    """Signals (offers, answers, candidates) of a page's links by one instant, as the product counts them; cumulative."""

    t_ms: float
    sent: int
    arrived: int
    """Also those that the page then dropped."""


@dataclass(frozen=True)
class UpgradeSample:
    """What the harness's own request for a WebSocket through a participant's proxy was answered."""

    t_ms: float
    status: int
    """Of HTTP: 101 is a socket. 0: no answer within the probe's limit."""


@dataclass(frozen=True)
class SocketSample:
    """What a page says of its socket to the server."""

    t_ms: float
    connected: bool
    reconnects: int
    """Since the page was loaded."""


@dataclass(frozen=True)
class InputSample:
    """How often a participant's own action had changed by one instant, as its page counts it; cumulative over a session."""

    t_ms: float
    frame: int
    changes: int


class Telemetry(Protocol):
    """What was recorded of a run; every list is oldest first and lies inside the window."""

    def participants(self) -> tuple[str, ...]: ...

    def peers(self, participant: str) -> tuple[str, ...]: ...

    def link_rtts(self, participant: str, window: Window) -> list[float]:
        """Round trips of the product's own pings over all links of a participant, ms."""

    def server_rtts(self, participant: str, window: Window) -> list[float]:
        """Round trips over the participant's socket to the server, ms."""

    def server_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        """The harness's own connections that began in the window: through the participant's proxy, if there is one, or (SERVER) direct."""

    def upgrades(self, participant: str, window: Window) -> list[UpgradeSample]:
        """The harness's own requests for a WebSocket; only of targets of a kind that asks for it (`Fault.needs_upgrades`)."""

    def sockets(self, participant: str, window: Window) -> list[SocketSample]: ...

    def turn_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        """The same through the participant's proxy of the relay, each asking one STUN question; empty without one."""

    def transport(self, participant: str, window: Window) -> list[TransportSample]: ...

    def relayed(self, window: Window) -> list[Passed]:
        """Packets that came by the UDP relay; empty without one."""

    def socket_frames(self, participant: str, window: Window) -> list[SocketFrame]:
        """What came by between the participant's page and the server's socket; empty where nothing stands there."""

    def signals(self, participant: str, window: Window) -> list[SignalSample]: ...

    def inputs(self, participant: str, window: Window) -> list[InputSample]:
        """While it plays."""

    def meters(self, participant: str, window: Window) -> list[MeterSample]: ...

    def gaps(self, participant: str, window: Window, thread: Literal["main", "worker"]) -> list[float]:
        """Silences of 250 ms and more of a thread of the page that ended in the window, ms."""

    def speeds(self, participant: str, window: Window) -> list[SpeedSample]:
        """How fast the threads of the participant's page worked; only of targets of a kind that asks for it (`Fault.needs_speed`)."""

    def readings(self, participant: str, what: str, window: Window) -> list[Reading]:
        """Answers to a question that a planned fault asks (`Fault.asks`), of everybody."""

    def channels_closed(self, participant: str, window: Window) -> list[tuple[float, str]]:
        """(time ms, to whom) of each data channel that closed under the participant's game while it ran: not those that it closes at its end."""

    def endings(self, participant: str, window: Window) -> list[Ending]:
        """What of the participant's page, processes and socket ended in the window."""

    def frames(self, participant: str, window: Window) -> list[tuple[float, int]]:
        """(time ms, frame) of the participant's simulation."""

    def differences(self, participant: str, window: Window) -> list[tuple[float, int]]:
        """(time ms, frame) of each first difference from a peer's state that the participant's page told of."""
