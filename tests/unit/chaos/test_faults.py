"""Each kind of fault: its oracle says in force, not in force, or nothing to measure; it heals what it injected."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from igym_chaos.cdp import NetworkRules
from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, Fault
from igym_chaos.faults.p2p_blackout import PeerBlackout
from igym_chaos.faults.p2p_jitter import PeerJitter
from igym_chaos.faults.p2p_latency import PeerLatency
from igym_chaos.faults.p2p_loss import PeerLoss
from igym_chaos.faults.signal_latency import SignalLatency
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

BEFORE, DURING, AFTER = Window(0, 5_000), Window(5_000, 15_000), Window(15_000, 20_000)
OTHERS = {"a": ("b",), "b": ("a",), "c": ("d",), "d": ("c",)}


@dataclass
class Recorded:
    """What a run measured: round trips by window, packets by link and window."""

    pings: dict[tuple[str, Window], list[float]] = field(default_factory=dict)
    echoes: dict[tuple[str, Window], list[float]] = field(default_factory=dict)
    counters: dict[tuple[str, Window], tuple[int, int]] = field(default_factory=dict)
    """(participant, window) -> packets sent and received on its one link."""

    def participants(self) -> tuple[str, ...]:
        return tuple(OTHERS)

    def peers(self, participant: str) -> tuple[str, ...]:
        return OTHERS[participant]

    def link_rtts(self, participant: str, window: Window) -> list[float]:
        return self.pings.get((participant, window), [])

    def server_rtts(self, participant: str, window: Window) -> list[float]:
        return self.echoes.get((participant, window), [])

    def server_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        return []

    def upgrades(self, participant: str, window: Window) -> list[UpgradeSample]:
        return []

    def sockets(self, participant: str, window: Window) -> list[SocketSample]:
        return []

    def turn_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        return []

    def relayed(self, window: Window) -> list[Passed]:
        return []

    def socket_frames(self, participant: str, window: Window) -> list[SocketFrame]:
        return []

    def signals(self, participant: str, window: Window) -> list[SignalSample]:
        return []

    def inputs(self, participant: str, window: Window) -> list[InputSample]:
        return []

    def meters(self, participant: str, window: Window) -> list[MeterSample]:
        return []

    def gaps(self, participant: str, window: Window, thread: Literal["main", "worker"]) -> list[float]:
        return []

    def speeds(self, participant: str, window: Window) -> list[SpeedSample]:
        return []

    def endings(self, participant: str, window: Window) -> list[Ending]:
        return []

    def readings(self, participant: str, what: str, window: Window) -> list[Reading]:
        return []

    def channels_closed(self, participant: str, window: Window) -> list[tuple[float, str]]:
        return []

    def transport(self, participant: str, window: Window) -> list[TransportSample]:
        window = next((one for one in (BEFORE, DURING, AFTER) if one.holds(window.start_ms + 1)), window)
        if (participant, window) not in self.counters:
            return []
        sent, received = self.counters[participant, window]
        (peer,) = OTHERS[participant]
        return [
            TransportSample(t_ms, peer, int(sent * share), int(received * share), 0, 0)
            for t_ms, share in ((window.start_ms, 0), (window.end_ms, 1))
        ]

    def frames(self, participant: str, window: Window) -> list[tuple[float, int]]:
        return []

    def differences(self, participant: str, window: Window) -> list[tuple[float, int]]:
        return []


def pings(before: float, during: float, after: float = 1.0, *, n: int = 30) -> Recorded:
    times = {BEFORE: before, DURING: during, AFTER: after}
    return Recorded({(name, window): [ms] * n for name in "ab" for window, ms in times.items()})


def spread(before: float, middle: float, half_ms: float) -> Recorded:
    """Round trips evenly over middle ± half_ms."""
    during = [middle + half_ms * step / 50 for step in range(-50, 51)]
    times = {BEFORE: [before] * 30, DURING: during, AFTER: [1.0] * 30}
    return Recorded({(name, window): rtts for name in "ab" for window, rtts in times.items()})


def echoes(before: float, during: float, after: float = 1.0, *, n: int = 10) -> Recorded:
    times = {BEFORE: before, DURING: during, AFTER: after}
    return Recorded(echoes={("a", window): [ms] * n for window, ms in times.items()})


def packets(sent: int, received: int, *, alive: bool = True) -> Recorded:
    """Both ends send the same; after the heal nothing is lost."""
    counters = {(name, DURING): (sent, received) for name in "ab"} | {(name, AFTER): (300, 300) for name in "ab"}
    return Recorded(counters=counters, echoes={("a", DURING): [1.0] * 10} if alive else {})


EFFECTS: list[tuple[Fault, Recorded, bool, dict[str, float]]] = [
    (PeerLatency(100), pings(1.5, 202), True, {"rtt_ms": 200.5}),
    (PeerLatency(100), pings(1.5, 179), False, {"rtt_ms": 177.5}),
    (PeerLatency(100), pings(1.5, 223), False, {"rtt_ms": 221.5}),
    (PeerLatency(100), pings(1.5, 1.5), False, {"rtt_ms": 0.0}),
    (PeerLatency(100), pings(1.5, 202, n=9), False, {}),
    (PeerLatency(100), Recorded(), False, {}),
    (PeerJitter(100, 20), spread(1.5, 202, 40), True, {"rtt_ms": 180.5, "spread_ms": 40.0}),
    (PeerJitter(100, 20), spread(1.5, 202, 60), False, {"spread_ms": 60.0}),
    (PeerJitter(100, 20), pings(1.5, 202), False, {"spread_ms": 0.0}),
    (PeerJitter(100, 20), spread(1.5, 302, 40), False, {"rtt_ms": 280.5}),
    (PeerJitter(100, 20), Recorded(), False, {}),
    (SignalLatency(500), echoes(2, 1002), True, {"rtt_ms": 1000.0}),
    (SignalLatency(500), echoes(2, 852), False, {"rtt_ms": 850.0}),
    (SignalLatency(500), echoes(2, 1002, n=4), False, {}),
    (PeerLoss(15), packets(2000, 1700), True, {"percent": 15.0}),
    (PeerLoss(15), packets(2000, 1760), False, {"percent": 12.0}),
    (PeerLoss(15), packets(2000, 2000), False, {"percent": 0.0}),
    (PeerLoss(15), packets(299, 254), False, {}),
    (PeerBlackout(), packets(200, 0), True, {"received": 0.0}),
    (PeerBlackout(), packets(200, 2), False, {"received": 4.0}),
    (PeerBlackout(), packets(200, 0, alive=False), False, {"received": 0.0}),
    (PeerBlackout(), packets(0, 0), False, {}),
]


@pytest.mark.parametrize(("fault", "recorded", "in_band", "measured"), EFFECTS)
def test_an_effect_is_proven_or_not(
    fault: Fault, recorded: Recorded, in_band: bool, measured: dict[str, float]
) -> None:
    effect = fault.effect(recorded, ["a"], DURING, BEFORE)
    assert effect.in_band is in_band, effect
    assert {key: effect.measured[key] for key in measured} == measured
    if not measured:
        assert (effect.measured, effect.in_band) == ({}, False)
        assert effect.note


def test_both_ends_impaired_add_up() -> None:
    recorded = packets(2000, 1445)
    effect: Effect = PeerLoss(15).effect(recorded, ["a", "b"], DURING, BEFORE)
    assert effect.asked == {"percent": 27.75}
    assert effect.in_band
    assert PeerLatency(50).effect(pings(1, 201), ["a", "b"], DURING, BEFORE).in_band


@pytest.mark.parametrize(
    ("fault", "recorded", "back"),
    [
        (PeerLatency(100), pings(1, 201, 3), True),
        (PeerLatency(100), pings(1, 201, 201), False),
        (SignalLatency(500), echoes(1, 1001, 2), True),
        (SignalLatency(500), echoes(1, 1001, 1001), False),
        (PeerLoss(15), packets(2000, 1700), True),
        (PeerLoss(15), Recorded(), False),
        (PeerBlackout(), packets(200, 0), True),
        (PeerBlackout(), Recorded(), False),
    ],
)
def test_a_heal_is_proven_or_not(fault: Fault, recorded: Recorded, back: bool) -> None:
    assert fault.recovered(recorded, ["a"], AFTER, BEFORE).in_band is back


@pytest.mark.parametrize("fault", [PeerLatency(100), PeerLoss(15), PeerBlackout(), SignalLatency(500)])
def test_a_heal_that_nobody_measured_says_so(fault: Fault) -> None:
    effect = fault.recovered(Recorded(), ["a"], AFTER, BEFORE)
    assert (effect.in_band, effect.measured) == (False, {})
    assert effect.note


def test_others_that_were_touched_are_named() -> None:
    slow = Recorded(
        {(name, window): [200.0 if window is DURING else 1.0] * 20 for name in "cd" for window in (BEFORE, DURING)}
    )
    assert PeerLatency(100).untouched(slow, ["c", "d"], DURING, BEFORE) == ["c", "d"]
    assert PeerLatency(100).untouched(pings(1, 200), ["b", "c", "d"], DURING, BEFORE) == []
    lossy = Recorded(counters={("c", DURING): (1000, 900), ("d", DURING): (1000, 900)})
    assert PeerLoss(15).untouched(lossy, ["c", "d"], DURING, BEFORE) == ["c", "d"]
    in_flight = Recorded(counters={("c", DURING): (60, 59), ("d", DURING): (60, 60)})
    assert PeerLoss(15).untouched(in_flight, ["c", "d"], DURING, BEFORE) == []
    cut = Recorded(counters={("c", DURING): (1000, 0), ("d", DURING): (1000, 1000)})
    assert PeerBlackout().untouched(cut, ["c", "d"], DURING, BEFORE) == ["c"]
    assert PeerBlackout().untouched(packets(200, 0), ["b", "c", "d"], DURING, BEFORE) == []
    late = echoes(1, 1001)
    assert SignalLatency(500).untouched(late, ["a", "c"], DURING, BEFORE) == ["a"]
    assert SignalLatency(500).untouched(echoes(1, 30), ["a", "c"], DURING, BEFORE) == []


NONSENSE: list[tuple[type[Fault], dict[str, Any], str]] = [
    (PeerLatency, {"page_ms": 0}, "page_ms is 0; give a number from 1 to 10000"),
    (PeerLatency, {"page_ms": True}, "page_ms is True"),
    (PeerJitter, {"page_ms": 50, "jitter_ms": 51}, "jitter_ms is 51; give a number from 1 to 50"),
    (PeerLoss, {"percent": 61}, "percent is 61; give a number from 0.5 to 60"),
    (PeerLoss, {"percent": "15"}, "percent is '15'"),
    (SignalLatency, {"page_ms": 30_001}, "1 to 30000"),
]


@pytest.mark.parametrize(("kind", "parameters", "said"), NONSENSE)
def test_a_value_that_no_injector_can_do_is_refused(kind: type[Fault], parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=kind.kind) as caught:
        kind(**parameters)
    assert said in str(caught.value)


class Page:
    """A participant with armed rules over a session that remembers, and a proxy that remembers."""

    def __init__(self) -> None:
        self.name = "a"
        self.toxics: dict[str, dict[str, Any]] = {}
        self.network: Any = NetworkRules(self._send)
        self.server_path: Any = self
        self.turn_path = None
        self.relay = None
        self.frame_route = None
        self.player = None
        self.control = None
        self.server = None

    async def _send(self, method: str, parameters: dict[str, Any]) -> None: ...

    async def add(self, name: str, kind: str, *, stream: str, attributes: dict[str, int]) -> None:
        self.toxics[name] = {"kind": kind, "stream": stream, **attributes}

    async def remove(self, name: str) -> None:
        self.toxics.pop(name, None)


@pytest.mark.parametrize(
    ("fault", "knobs"),
    [(PeerLatency(100), {"latency": 100}), (PeerLoss(15), {"packetLoss": 15}), (PeerBlackout(), {"packetLoss": 100})],
)
async def test_a_rule_is_set_and_taken_back_twice_without_harm(fault: Fault, knobs: dict[str, float]) -> None:
    page = Page()
    await page.network.arm()
    await fault.inject([page])
    assert page.network.knobs == knobs
    for _ in range(2):
        await fault.heal([page])
        assert page.network.knobs == {}


class Stepped(Page):
    """Remembers the latencies, and says when there were three after the first."""

    def __init__(self) -> None:
        super().__init__()
        self.latencies: list[float] = []
        self.enough = asyncio.Event()

    async def _send(self, method: str, parameters: dict[str, Any]) -> None:
        self.latencies.append(parameters["matchedNetworkConditions"][-1]["latency"])
        if len(self.latencies) >= 5:
            self.enough.set()


async def test_the_steps_of_a_jitter_are_drawn_from_its_seed_and_end_with_the_heal() -> None:
    drawn = []
    for _ in range(2):
        page, fault = Stepped(), PeerJitter(50, 10, seed=3)
        await page.network.arm()
        await fault.inject([page])
        await asyncio.wait_for(page.enough.wait(), 10)
        await fault.heal([page])
        assert (page.network.knobs, fault.stepping.tasks) == ({}, [])
        drawn.append(page.latencies[1:5])
    assert drawn[0] == drawn[1]
    assert drawn[0][0] == 50
    assert all(40 <= latency <= 60 for latency in drawn[0])
    assert len(set(drawn[0])) == 4


async def test_toxics_are_set_on_both_streams_and_taken_back() -> None:
    page = Page()
    await SignalLatency(500).inject([page])
    assert {toxic["stream"] for toxic in page.toxics.values()} == {"upstream", "downstream"}
    assert {toxic["latency"] for toxic in page.toxics.values()} == {500}
    for _ in range(2):
        await SignalLatency(500).heal([page])
        assert page.toxics == {}


@pytest.mark.parametrize("fault", [PeerLatency(100), PeerLoss(15), PeerBlackout(), SignalLatency(500)])
async def test_a_participant_that_cannot_be_touched_is_named(fault: Fault) -> None:
    page = Page()
    page.network = page.server_path = None
    with pytest.raises(InjectorError, match="a"):
        await fault.inject([page])
