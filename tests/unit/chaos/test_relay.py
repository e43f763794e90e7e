"""The UDP relay with real sockets: every fate comes from the seed, a clean relay changes nothing, faults compose and end."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Fault
from igym_chaos.faults import fault_class
from igym_chaos.impairment import Decider, Policy, digest, loss_runs, plan
from igym_chaos.relay import Passed, PeerRelay
from igym_chaos.samples import Window

WAIT_S = 10.0
PACKETS = 400
WILD = Policy(
    delay_ms=3, jitter_ms=3, loss=0.1, to_bad=0.02, to_good=0.3, reorder=0.1, hold_ms=5, duplicate=0.1, corrupt=0.05
)


class Page(asyncio.DatagramProtocol):
    """A socket that stands for a page; remembers what it got, and when."""

    def __init__(self) -> None:
        self.got: list[tuple[float, bytes]] = []
        self.arrived = asyncio.Event()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.got.append((time.monotonic() * 1000.0, data))
        self.arrived.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(WAIT_S):
            while len(self.got) < count:
                self.arrived.clear()
                await self.arrived.wait()


class Subject:
    network = server_path = turn_path = frame_route = player = control = server = None

    def __init__(self, name: str, relay: PeerRelay) -> None:
        self.name = name
        self.relay = relay


class Pair:
    """Two pages and the relay between them."""

    def __init__(self, relay: PeerRelay, pages: dict[str, Page], ports: dict[str, int]) -> None:
        self.relay = relay
        self.pages = pages
        self._ports = ports
        self.subjects = [Subject(name, relay) for name in ("a", "b")]

    def send(self, name: str, data: bytes) -> None:
        self.pages[name].transport.sendto(data, ("127.0.0.1", self._ports[name]))

    async def exchange(self, packets: int = PACKETS) -> Window:
        """So many packets each way, all of them seen by the relay."""
        before = len(self.relay.passed)
        start_ms = time.monotonic() * 1000.0
        for number in range(packets):
            for name in ("a", "b"):
                self.send(name, b"%d" % number)
            await asyncio.sleep(0.001)
        async with asyncio.timeout(WAIT_S):
            while len(self.relay.passed) < before + 2 * packets:  # noqa: ASYNC110 - the relay lives in another thread
                await asyncio.sleep(0.01)
        return Window(start_ms, time.monotonic() * 1000.0)


@pytest.fixture
async def pair() -> AsyncIterator[Pair]:
    relay = PeerRelay()
    await relay.start(["a", "b"])
    loop = asyncio.get_running_loop()
    pages, ports = {}, {}
    for name, peer in (("a", "b"), ("b", "a")):
        _, pages[name] = await loop.create_datagram_endpoint(Page, local_addr=("127.0.0.1", 0))
        await relay.tell_owner(f"ice-{peer}", peer)
        ports[name] = await relay.port(name, f"ice-{peer}")
    made = Pair(relay, pages, ports)
    for name in ("a", "b"):  # each is known from its first packet on
        made.send(name, b"hello")
    await made.exchange(5)
    yield made
    for page in pages.values():
        page.transport.close()
    await relay.stop()


class Telemetry:
    """Only what the relay saw; pages and counters are not there."""

    def __init__(self, relay: PeerRelay) -> None:
        self._relay = relay

    def relayed(self, window: Window) -> list[Passed]:
        return [one for one in self._relay.passed if window.holds(one.t_ms)]

    def participants(self) -> tuple[str, ...]:
        return ("a", "b")

    def server_rtts(self, participant: str, window: Window) -> list[float]:
        return [1.0]


def test_one_seed_gives_the_same_first_2000_decisions() -> None:
    first, second, other = (digest(plan(WILD, 2000, seed=seed, sender="a", receiver="b")) for seed in (7, 7, 8))
    assert first == second != other
    assert first != digest(plan(WILD, 2000, seed=7, sender="b", receiver="a"))


def test_a_decision_does_not_depend_on_another_aspect() -> None:
    lossy = plan(Policy(loss=0.2), 1000, seed=3, sender="a", receiver="b")
    both = plan(Policy(loss=0.2, duplicate=0.5, jitter_ms=5, delay_ms=5), 1000, seed=3, sender="a", receiver="b")
    assert [fate.dropped for fate in lossy] == [fate.dropped for fate in both]


def test_bursts_are_runs() -> None:
    fates = plan(Policy(to_bad=0.02, to_good=0.2), 5000, seed=1, sender="a", receiver="b")
    runs = loss_runs(fate.dropped for fate in fates)
    assert 3.5 <= statistics.mean(runs) <= 7, "the mean run is 1 / to_good"
    assert max(runs) >= 10


async def test_a_clean_relay_passes_everything_and_costs_less_than_a_millisecond(pair: Pair) -> None:
    for page in pair.pages.values():
        page.got.clear()
    await pair.exchange()
    await pair.pages["b"].until(PACKETS)
    passed = [one for one in pair.relay.passed if one.sender == "a"][-PACKETS:]
    delays = [got_ms - one.t_ms for (got_ms, _), one in zip(pair.pages["b"].got, passed, strict=True)]
    assert [data for _, data in pair.pages["b"].got] == [b"%d" % number for number in range(PACKETS)]
    assert statistics.median(delays) < 1.0


async def test_two_runs_of_one_seed_decide_alike_packet_by_packet(pair: Pair) -> None:
    digests = []
    for _ in range(2):
        await pair.relay.apply("wild", [("a", "b")], WILD, seed=11)
        window = await pair.exchange()
        await pair.relay.lift("wild")
        fates = [fate for one in Telemetry(pair.relay).relayed(window) for key, fate in one.fates if key == "wild"]
        digests.append(digest(fates[:PACKETS]))
    assert digests[0] == digests[1] == digest(plan(WILD, PACKETS, seed=11, sender="a", receiver="b"))


async def test_two_faults_on_one_direction_do_not_change_each_other(pair: Pair) -> None:
    await pair.relay.apply("one", [("a", "b")], Policy(loss=0.2), seed=1)
    await pair.relay.apply("two", [("a", "b")], Policy(loss=0.2), seed=2)
    window = await pair.exchange()
    packets = [one for one in Telemetry(pair.relay).relayed(window) if one.sender == "a"]
    for key, seed in (("one", 1), ("two", 2)):
        decided = [dict(one.fates)[key].dropped for one in packets]
        assert decided == [
            fate.dropped for fate in plan(Policy(loss=0.2), len(packets), seed=seed, sender="a", receiver="b")
        ]
    assert [one.dropped for one in packets] == [any(fate.dropped for _, fate in one.fates) for one in packets]


KINDS: list[tuple[str, dict[str, float]]] = [
    ("p2p.burst", {"p_bad": 0.05, "p_good": 0.2}),
    ("p2p.reorder", {"percent": 20, "hold_ms": 20}),
    ("p2p.corrupt", {"percent": 20}),
    ("p2p.one-way", {}),
    ("p2p.partition", {}),
    ("p2p.blackout", {}),
    ("p2p.jitter", {"page_ms": 20, "jitter_ms": 15}),
]


def made(do: str, parameters: dict[str, float]) -> Fault:
    return fault_class(do, "U")(**parameters)


def targets(do: str, pair: Pair) -> list[Any]:
    return pair.subjects if do == "p2p.one-way" else pair.subjects[:1]


@pytest.mark.parametrize(("do", "parameters"), KINDS)
async def test_each_kind_is_measured_in_its_band_and_over_after_the_heal(
    pair: Pair, do: str, parameters: dict[str, float]
) -> None:
    fault, on, telemetry = made(do, {**parameters, "seed": 5}), targets(do, pair), Telemetry(pair.relay)
    names = [subject.name for subject in on]
    baseline = await pair.exchange(20)
    await fault.inject(on)
    during = await pair.exchange()
    effect = fault.effect(telemetry, names, during, baseline)  # type: ignore[arg-type]
    assert effect.in_band, effect
    await fault.heal(on)
    after = await pair.exchange(20)
    recovered = fault.recovered(telemetry, names, after, baseline)  # type: ignore[arg-type]
    assert recovered.in_band, recovered
    await fault.heal(on)


@pytest.mark.parametrize(("do", "parameters"), KINDS)
async def test_an_injector_that_does_nothing_is_not_believed(pair: Pair, do: str, parameters: dict[str, float]) -> None:
    fault, telemetry = made(do, {**parameters, "seed": 5}), Telemetry(pair.relay)
    names = [subject.name for subject in targets(do, pair)]
    baseline = await pair.exchange(20)
    during = await pair.exchange()
    assert not fault.effect(telemetry, names, during, baseline).in_band  # type: ignore[arg-type]


async def test_after_a_rebind_packets_come_from_another_port_and_answers_to_it_arrive(pair: Pair) -> None:
    fault, telemetry = fault_class("p2p.rebind", "U")(), Telemetry(pair.relay)
    baseline = await pair.exchange(30)
    assert not fault.effect(telemetry, ["b"], await pair.exchange(30), baseline).in_band  # type: ignore[arg-type]
    await fault.inject(pair.subjects[1:])
    pair._ports["a"] = await pair.relay.port("a", "ice-b")
    effect = fault.effect(telemetry, ["b"], await pair.exchange(30), baseline)  # type: ignore[arg-type]
    assert effect.in_band, effect


async def test_a_direction_that_is_not_there_and_a_name_that_nobody_told_are_errors(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InjectorError, match="no direction a>z"):
        await pair.relay.apply("x", [("a", "z")], Policy(), seed=1)
    monkeypatch.setattr("igym_chaos.relay.KNOWN_S", 0.05)
    with pytest.raises(InjectorError, match="nobody told"):
        await pair.relay.port("a", "strange")


def test_a_decider_goes_on_where_it_was() -> None:
    decider = Decider(WILD, seed=4, sender="a", receiver="b")
    assert [decider.decide() for _ in range(300)] == plan(WILD, 300, seed=4, sender="a", receiver="b")
