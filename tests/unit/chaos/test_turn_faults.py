"""Faults of the way to the relay: a real Toxiproxy under them, and oracles that say in force, not in force, or nothing to measure."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Fault
from igym_chaos.faults import fault_class
from igym_chaos.faults.p2p_bandwidth_turn import TurnBandwidth
from igym_chaos.faults.p2p_hold import PeerHold
from igym_chaos.faults.p2p_latency_turn import TurnLatency
from igym_chaos.faults.p2p_queue import PeerQueue
from igym_chaos.faults.p2p_relay_cut import RelayCut
from igym_chaos.faults.p2p_relay_reset import RelayReset
from igym_chaos.faults.p2p_slicer import PeerSlicer, pieces
from igym_chaos.samples import ProbeSample, TransportSample, Window
from igym_chaos.toxiproxy import ProxiedPath, ToxiproxyServer
from igym_harness.turn_probe import HEADER_BYTES, ask_stun

BEFORE, DURING, AFTER = Window(0, 5_000), Window(5_000, 9_000), Window(9_500, 14_500)
STEP_MS = 500
RATE = 60
"""Packets a second of each end."""
PACKET_BYTES = 96
LIMIT_S = 0.6


# ---- a real proxy ----


class Subject:
    name = "a"
    network = server_path = relay = frame_route = player = control = server = None

    def __init__(self, path: ProxiedPath | None) -> None:
        self.turn_path = path


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A relay that knows one answer: success, without attributes, to the transaction that asked."""
    while True:
        question = await reader.readexactly(HEADER_BYTES)
        writer.write(b"\x01\x01" + question[2:])


@pytest.fixture
async def path(tmp_path: Path, serving: Callable[..., Awaitable[int]]) -> AsyncIterator[ProxiedPath]:
    binary = os.environ.get("IGYM_TOXIPROXY")
    assert binary, "IGYM_TOXIPROXY names no toxiproxy-server: run the tests with `nox -s unit`, which builds one"
    server = ToxiproxyServer(binary=Path(binary), log=tmp_path / "toxiproxy.log")
    await server.start()
    try:
        yield await server.proxy("a", upstream=f"127.0.0.1:{await serving(answer)}")
    finally:
        await server.stop()


def slower(by_ms: float) -> Callable[[ProbeSample], bool]:
    return lambda one: one.end == "fin" and one.total_ms >= by_ms


REAL: list[tuple[Fault, Callable[[ProbeSample], bool]]] = [
    (TurnLatency(80), slower(160)),
    (TurnBandwidth(1_000), lambda one: one.end == "fin" and one.received == HEADER_BYTES),
    (PeerHold(), lambda one: one.end == "timeout" and one.received == 0),
    (PeerSlicer(5, 20), slower(2 * 3 * 20)),
    (RelayCut(), lambda one: one.end == "refused"),
    (RelayReset(), lambda one: one.end == "reset"),
]


@pytest.mark.parametrize(("fault", "seen"), REAL, ids=lambda one: getattr(one, "kind", ""))
async def test_a_new_connection_to_the_relay_meets_the_fault_until_the_heal(
    path: ProxiedPath, fault: Fault, seen: Callable[[ProbeSample], bool]
) -> None:
    on: list[Any] = [Subject(path)]
    await fault.heal(on)
    await fault.inject(on)
    during = await ask_stun(path.port, limit_s=LIMIT_S)
    await fault.heal(on)
    after = await ask_stun(path.port, limit_s=LIMIT_S)
    assert seen(during), during
    assert (after.end, after.received) == ("fin", HEADER_BYTES)
    assert after.total_ms < 100, after


@pytest.mark.parametrize("fault", [RelayCut(), RelayReset()], ids=lambda fault: fault.kind)
async def test_the_connection_that_stands_ends(path: ProxiedPath, fault: Fault) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", path.port)
    question = b"\x00\x01\x00\x00" + bytes(HEADER_BYTES - 4)
    writer.write(question)
    await reader.readexactly(HEADER_BYTES)
    await fault.inject([Subject(path)])
    writer.write(question)
    async with asyncio.timeout(5):
        try:
            assert await reader.read() == b""
        except ConnectionResetError:
            pass
        finally:
            writer.close()


async def test_without_a_proxy_the_fault_names_the_fix() -> None:
    with pytest.raises(InjectorError, match='set p2p = "relay-tcp"'):
        await PeerHold().inject([Subject(None)])


# ---- oracles ----


@dataclass
class Recorded:
    """One link between a and b, each end sampled twice a second: what was sent and received since the beginning, on which port."""

    samples: dict[str, list[TransportSample]] = field(default_factory=dict)
    pings: dict[Window, list[float]] = field(default_factory=dict)
    probes: list[ProbeSample] = field(default_factory=list)
    alive: bool = True

    def peers(self, participant: str) -> tuple[str, ...]:
        return ("b",) if participant == "a" else ("a",)

    def link_rtts(self, participant: str, window: Window) -> list[float]:
        return self.pings.get(window, [])

    def server_rtts(self, participant: str, window: Window) -> list[float]:
        return [1.0] * 10 if self.alive else []

    def turn_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        return [one for one in self.probes if window.holds(one.t_ms)]

    def transport(self, participant: str, window: Window) -> list[TransportSample]:
        return [one for one in self.samples.get(participant, []) if window.holds(one.t_ms)]


def recorded(
    *,
    through: float = 1.0,
    later: float = 0.0,
    lost: int = 0,
    back: bool = True,
    ports: tuple[int, int] = (1, 1),
    pings_ms: tuple[float, float, float] = (2.0, 2.0, 2.0),
    n: int = 30,
    end: str = "fin",
    reads: int = 1,
    reads_after: int = 1,
    alive: bool = True,
) -> Any:
    """`through`: share that arrives in DURING; `later`: share of the rest that arrives at its end, less `lost` packets."""

    def arrived(t_ms: float) -> int:
        sent = RATE * t_ms / 1000
        if t_ms < DURING.start_ms:
            return int(sent)
        held_ms = min(t_ms, DURING.end_ms) - DURING.start_ms
        missing = (1 - through) * RATE * held_ms / 1000
        if t_ms > DURING.end_ms:
            missing = missing * (1 - later) + lost
            if not back:
                return int(RATE * DURING.end_ms / 1000 - missing)
        return int(sent - missing)

    def sample(peer: str, t_ms: float) -> TransportSample:
        got = arrived(t_ms)
        port = ports[1] if t_ms > DURING.end_ms else 0 if t_ms > DURING.start_ms and end != "fin" else ports[0]
        sent = int(RATE * t_ms / 1000)
        return TransportSample(t_ms, peer, sent, got, 0, 0, bytes_received=PACKET_BYTES * got, local_port=port)

    times = [float(t_ms) for t_ms in range(0, int(AFTER.end_ms) + 1, STEP_MS)]
    answers = ((BEFORE, 1, "fin"), (DURING, reads, end), (AFTER, reads_after, "fin"))
    return Recorded(
        samples={"a": [sample("b", t_ms) for t_ms in times], "b": [sample("a", t_ms) for t_ms in times]},
        pings={window: [ms] * n for window, ms in zip((BEFORE, DURING, AFTER), pings_ms, strict=True)},
        probes=[
            ProbeSample(float(t_ms), 1.0, 1.5, 2.0, PACKET_BYTES, pieces_read, how)  # type: ignore[arg-type]
            for window, pieces_read, how in answers
            for t_ms in range(int(window.start_ms), int(window.end_ms), STEP_MS)
        ],
        alive=alive,
    )


HELD: dict[str, Any] = {"through": 0.0, "later": 1.0, "pings_ms": (2.0, 3_700.0, 2.0)}
CUT: dict[str, Any] = {"through": 0.0, "ports": (1, 2), "end": "refused"}
SLICED: dict[str, Any] = {"pings_ms": (2.0, 16.0, 2.0), "reads": 4}
EFFECTS: list[tuple[Fault, dict[str, Any], bool]] = [
    (TurnLatency(80), {"pings_ms": (2.0, 163.0, 2.0)}, True),
    (TurnLatency(80), {"pings_ms": (2.0, 190.0, 2.0)}, False),
    (TurnLatency(80), {}, False),
    (TurnBandwidth(2_000), {"through": 0.3}, True),
    (TurnBandwidth(2_000), {"through": 0.5}, False),
    (TurnBandwidth(9_000), {}, False),
    (PeerHold(), HELD, True),
    (PeerHold(), HELD | {"through": 0.1}, False),
    (PeerHold(), HELD | {"pings_ms": (2.0, 900.0, 2.0)}, False),
    (PeerHold(), HELD | {"alive": False}, False),
    (PeerHold(), {}, False),
    (PeerSlicer(40, 2), SLICED, True),
    (PeerSlicer(40, 2), SLICED | {"reads": 1}, False),
    (PeerSlicer(40, 2), SLICED | {"pings_ms": (2.0, 6.0, 2.0)}, False),
    (PeerSlicer(40, 2), SLICED | {"pings_ms": (2.0, 90.0, 2.0)}, False),
    (PeerSlicer(40, 2), SLICED | {"through": 0.9}, False),
    (PeerSlicer(40, 2), SLICED | {"n": 9}, False),
    (PeerSlicer(500, 2), SLICED, False),
    (PeerSlicer(40, 2), {}, False),
    (RelayCut(), CUT, True),
    (RelayCut(), CUT | {"through": 0.2}, False),
    (RelayCut(), CUT | {"end": "fin"}, False),
    (RelayCut(), CUT | {"end": "reset"}, False),
    (RelayCut(), CUT | {"alive": False}, False),
    (RelayCut(), {}, False),
    (RelayReset(), CUT | {"end": "reset"}, True),
    (RelayReset(), CUT, False),
    (RelayReset(), {}, False),
    (PeerQueue(1_500, 5), {"through": 0.7, "pings_ms": (2.0, 250.0, 2.0)}, True),
    (PeerQueue(4_000, 5), {"through": 0.25, "pings_ms": (2.0, 460.0, 2.0)}, True),
    (PeerQueue(4_000, 5), {"through": 0.63, "pings_ms": (2.0, 1_584.0, 2.0)}, False),
    (PeerQueue(1_500, 5), {"through": 0.95, "pings_ms": (2.0, 250.0, 2.0)}, False),
    (PeerQueue(1_500, 5), {"through": 0.7, "n": 9}, False),
    (PeerQueue(1_500, 5), {}, False),
]


@pytest.mark.parametrize(("fault", "run", "in_band"), EFFECTS)
def test_an_effect_is_proven_or_not(fault: Fault, run: dict[str, Any], in_band: bool) -> None:
    effect = fault.effect(recorded(**run), ["a"], DURING, BEFORE)
    assert effect.in_band is in_band, effect


@pytest.mark.parametrize("fault", [one for one, _ in REAL] + [PeerQueue(1_500, 5)], ids=lambda fault: fault.kind)
def test_a_run_that_recorded_nothing_proves_nothing(fault: Fault) -> None:
    nothing: Any = Recorded()
    assert not fault.effect(nothing, ["a"], DURING, BEFORE).in_band
    assert not fault.recovered(nothing, ["a"], AFTER, BEFORE).in_band
    assert fault.untouched(nothing, ["b"], DURING, BEFORE) == []


RECOVERIES: list[tuple[Fault, dict[str, Any], bool]] = [
    (TurnLatency(80), {"pings_ms": (2.0, 163.0, 3.0)}, True),
    (TurnLatency(80), {"pings_ms": (2.0, 163.0, 163.0)}, False),
    (TurnBandwidth(2_000), {"through": 0.3}, True),
    (TurnBandwidth(2_000), {"through": 0.3, "back": False}, False),
    (PeerHold(), HELD, True),
    (PeerHold(), HELD | {"lost": 40}, False),
    (PeerHold(), HELD | {"later": 0.7}, False),
    (PeerHold(), HELD | {"back": False}, False),
    (PeerSlicer(40, 2), {"pings_ms": (2.0, 16.0, 2.0)}, True),
    (PeerSlicer(40, 2), {"pings_ms": (2.0, 16.0, 40.0)}, False),
    (PeerSlicer(40, 2), {"pings_ms": (2.0, 16.0, 16.0), "reads_after": 4}, False),
    (RelayCut(), CUT, True),
    (RelayCut(), CUT | {"ports": (1, 1)}, False),
    (RelayCut(), CUT | {"ports": (1, 0)}, False),
    (RelayCut(), CUT | {"back": False}, False),
    (PeerQueue(1_500, 5), {"through": 0.7}, True),
]


@pytest.mark.parametrize(("fault", "run", "in_band"), RECOVERIES)
def test_a_path_is_back_or_not(fault: Fault, run: dict[str, Any], in_band: bool) -> None:
    found = fault.recovered(recorded(**run), ["a"], AFTER, BEFORE)
    assert found.in_band is in_band, found


def test_a_link_that_nobody_aimed_at_and_that_is_dead_was_touched() -> None:
    assert RelayCut().untouched(recorded(through=0.0), ["a", "b"], DURING, BEFORE) == ["a", "b"]
    assert RelayCut().untouched(recorded(), ["a", "b"], DURING, BEFORE) == []


def test_the_allocation_of_before_counts_however_long_it_was_used() -> None:
    run = recorded(**CUT)
    run.samples["a"] = [replace(one, local_port=1 if one.t_ms < 2_000 else 2) for one in run.samples["a"]]
    assert not RelayCut().recovered(run, ["a"], AFTER, BEFORE).in_band


@pytest.mark.parametrize(
    ("length", "size", "count"), [(40, 40, 1), (41, 40, 1), (42, 40, 2), (100, 40, 4), (100, 20, 8)]
)
def test_a_chunk_is_halved_until_no_piece_is_too_large(length: int, size: int, count: int) -> None:
    assert pieces(length, size) == count


@pytest.mark.parametrize(
    ("do", "via", "parameters", "said"),
    [
        ("p2p.latency", "R", {"page_ms": 0}, "1 to 10000"),
        ("p2p.bandwidth", "R", {"bytes_s": 1_500}, "multiple of 1000"),
        ("p2p.bandwidth", "R", {"bytes_s": 500}, "1000 to 1e"),
        ("p2p.slicer", "R", {"bytes": 1, "delay_ms": 2}, "bytes is 1"),
        ("p2p.slicer", "R", {"bytes": 40, "delay_ms": 0}, "delay_ms is 0"),
        ("p2p.queue", "C", {"bytes_s": 1, "queue_packets": 5}, "bytes_s is 1"),
        ("p2p.queue", "C", {"bytes_s": 1_500, "queue_packets": 2.5}, "whole number"),
        ("p2p.queue", "C", {"bytes_s": 1_500, "queue_packets": 51}, "1 to 50"),
    ],
)
def test_what_the_injector_cannot_do_is_refused(do: str, via: str, parameters: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        fault_class(do, via)(**parameters)


async def test_a_question_that_nobody_answers_ends_in_time(serving: Callable[..., Awaitable[int]]) -> None:
    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    port = await serving(listen)
    start_s = time.monotonic()
    sample = await ask_stun(port, limit_s=0.1)
    assert sample.end == "timeout"
    assert time.monotonic() - start_s < 2
