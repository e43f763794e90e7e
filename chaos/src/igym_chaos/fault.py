"""What a fault is: it injects and heals, and pure oracles over recorded telemetry say what it really did.

inject ─▶ settle ─▶ [ window: effect ] ─▶ heal ─▶ settle ─▶ [ window: recovered ]      untouched: the others, same window
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol

from igym_chaos.readings import Question, Reading

if TYPE_CHECKING:
    from igym_chaos.cdp import NetworkRules
    from igym_chaos.frame_route import FrameRoute
    from igym_chaos.relay import Passed, PeerRelay
    from igym_chaos.socket_frames import SocketFrame
    from igym_chaos.toxiproxy import ProxiedPath


SERVER = "server"
"""The name of the server where a participant's would stand."""


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


class PageControl(Protocol):
    """What can be done to a participant's page and its browser. Everything raises InjectorError."""

    @property
    def own_process(self) -> bool:
        """It has a browser process of its own, whose tabs are really hidden behind each other."""

    async def run(self, expression: str) -> Any:
        """The JSON value of an expression in the page."""

    async def run_in_worker(self, expression: str) -> Any:
        """The JSON value of an expression in the game worker."""

    async def send(self, method: str, parameters: dict[str, Any]) -> Any:
        """A command of the DevTools protocol to the page."""

    async def open_another(self) -> None:
        """A second tab of the same participant, at the same address."""

    async def close_another(self) -> None:
        """The end of `open_another`; may be called twice."""

    async def run_in_another(self, expression: str) -> Any:
        """The JSON value of an expression in the second tab."""

    async def tabs(self) -> int:
        """How many tabs at the page's address the browser has."""

    async def cover(self) -> None:
        """Another tab comes to the front."""

    async def uncover(self) -> None:
        """The page comes to the front again."""

    async def reload(self) -> None: ...

    async def close(self) -> None: ...

    async def crash(self) -> None: ...

    async def signal_renderer(self, number: int) -> None:
        """A signal to the process that runs the page and its worker."""

    async def slow_renderer(self, share: float) -> None:
        """From now on that process stands still for this share of the time, in short slices."""

    async def let_renderer_run(self) -> None:
        """The end of `slow_renderer`; may be called twice."""

    async def network_service(self) -> int:
        """The process that carries the network of the page's browser."""

    async def kill_network_service(self) -> None:
        """SIGKILL to it. The browser starts another one."""

    async def kill_browser(self) -> None:
        """SIGKILL to the participant's own browser."""


class PlayerControl(Protocol):
    """Who presses a participant's keys."""

    async def rest(self) -> None:
        """Lets go of every key and presses none until told to go on."""

    async def play_on(self) -> None:
        """The end of `rest`; may be called twice."""


@dataclass(frozen=True)
class ServerIdentity:
    """Which process answers on the server's port. The nonce was given to it at its start and to no other."""

    pid: int
    nonce: str


class ServerControl(Protocol):
    """What can be done to the server's process. Everything that waits raises InjectorError."""

    @property
    def database(self) -> Path:
        """Its database file."""

    def signal(self, number: int) -> None:
        """A signal to the process; nothing if it has ended."""

    async def end(self, number: int) -> int:
        """The process ends by a signal, as planned; its exit code (negative: the signal)."""

    async def start(self) -> None:
        """Another process on the same port, with the same data; nothing while the server was not ended."""

    async def identity(self) -> ServerIdentity | None:
        """Who answers on the port now; None: nobody."""

    async def hinder(self, **wanted: float | bool | list[str]) -> dict[str, float]:
        """Changes what the test profile's hook does (`delay_ms`, `full`, `refuse`, `admit`); how often the store wrote, and could not."""


class Subject(Protocol):
    """What a fault may touch of one participant, or of the server; None where this run does not offer it."""

    @property
    def name(self) -> str: ...

    @property
    def network(self) -> NetworkRules | None: ...

    @property
    def server_path(self) -> ProxiedPath | None: ...

    @property
    def turn_path(self) -> ProxiedPath | None: ...

    @property
    def relay(self) -> PeerRelay | None: ...

    @property
    def frame_route(self) -> FrameRoute | None: ...

    @property
    def control(self) -> PageControl | None: ...

    @property
    def player(self) -> PlayerControl | None: ...

    @property
    def server(self) -> ServerControl | None: ...


@dataclass(frozen=True)
class Effect:
    """What an oracle found. `in_band` is false when there was nothing to measure; `note` says so."""

    asked: dict[str, float]
    measured: dict[str, float]
    band: tuple[float, float]
    n: int
    in_band: bool
    oracle: str
    note: str = ""


def unmeasured(asked: dict[str, float], band: tuple[float, float], *, oracle: str, note: str, n: int = 0) -> Effect:
    """An effect that could not be measured: never in band."""
    return Effect(asked, {}, band, n, in_band=False, oracle=oracle, note=note)


class Fault(ABC):
    """One kind of disturbance; the fields of a subclass are its parameters, units in their names.

    A parameter outside what the injector can do raises ValueError naming the parameter and its range.
    """

    kind: ClassVar[str]
    injectors: ClassVar[tuple[str, ...]]
    """The means, the default first: C CDP rule, U UDP relay, T Toxiproxy, ... (chaos handbook, terms)."""
    knobs: ClassVar[tuple[str, ...]]
    """What it writes: two faults that write one knob of one participant at one time do not add up and are refused."""
    targets: ClassVar[int | None] = None
    """How many participants it takes; None: any number."""
    of_server: ClassVar[bool] = False
    """Its target is the server."""
    minimum_window_s: ClassVar[float] = 0.0
    """A shorter window cannot hold the oracle's band."""
    heal_s: ClassVar[float] = 0.0
    """How long its heal may take."""
    needs_speed: ClassVar[bool] = False
    """Its oracle compares how fast the threads of its targets' pages work."""
    asks: ClassVar[Mapping[str, Question]] = MappingProxyType({})
    """What its oracle has the harness ask every participant, by name."""
    ends_itself: ClassVar[bool] = False
    """There is nothing to heal: it is done once, or is over when its time is."""
    renews: ClassVar[bool] = False
    """Its targets' pages begin anew: what ran in their document is over, whether or not they take part again."""
    removes: ClassVar[bool] = False
    """Its targets' pages are gone for good: nothing is done to them any more, and they are to end `gone`."""
    needs_upgrades: ClassVar[bool] = False
    """Its oracle asks for WebSockets; its targets need a proxy of their own to the server."""
    words: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    """Parameters that are texts, each with what it may be; every other one is a number."""

    @abstractmethod
    async def inject(self, on: Sequence[Subject]) -> None:
        """Puts the fault in force. Raises InjectorError."""

    @abstractmethod
    async def heal(self, on: Sequence[Subject]) -> None:
        """Takes it away; may be called twice, and after a failed inject."""

    @abstractmethod
    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """What happened to the participants it was aimed at, while it was in force."""

    @abstractmethod
    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Whether they are back at their baseline after the heal."""

    @abstractmethod
    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Names of participants that were touched although nobody aimed at them."""

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(field.name for field in fields(cls) if field.init)  # type: ignore[arg-type]  # every kind is a dataclass


def require_range(kind: str, parameter: str, value: float, low: float, high: float) -> None:
    """Raises ValueError naming the parameter, its value and the range."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise ValueError(f"{kind}: {parameter} is {value!r}; give a number from {low:g} to {high:g}")


def require_word(fault: Fault, parameter: str) -> None:
    """Raises ValueError naming the parameter, its value and the nearest of what it may be."""
    value, known = getattr(fault, parameter), fault.words[parameter]
    if value not in known:
        near = get_close_matches(str(value), known, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"write one of {', '.join(known)}"
        raise ValueError(f"{fault.kind}: {parameter} is {value!r}; {hint}")
