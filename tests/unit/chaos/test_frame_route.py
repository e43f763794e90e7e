"""Between a page and its server's socket: frames that a fault names are dropped, late, doubled or swapped, and the ledger proves it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect
from igym_chaos.faults.signal_frames import SignalFrames
from igym_chaos.frame_route import FrameRoute, Message
from igym_chaos.samples import SignalSample, Window
from igym_chaos.socket_frames import SocketFrame

NOW_MS = 1_000.0
DURING, BEFORE = Window(NOW_MS, NOW_MS + 5_000), Window(0.0, NOW_MS)


class Clock:
    """Time that the test moves; what is due happens in order."""

    def __init__(self) -> None:
        self.ms = NOW_MS
        self._due: list[list[Any]] = []

    def later(self, delay_ms: float, run: Callable[[], None]) -> Callable[[], None]:
        entry = [self.ms + delay_ms, run]
        self._due.append(entry)
        return lambda: self._due.remove(entry) if entry in self._due else None

    def go(self, ms: float) -> None:
        end_ms = self.ms + ms
        while due := sorted((one for one in self._due if one[0] <= end_ms), key=lambda one: one[0]):
            self._due.remove(due[0])
            self.ms = due[0][0]
            due[0][1]()
        self.ms = end_ms


class Socket:
    """One end; `got` is what was sent to it."""

    def __init__(self, server: Socket | None = None) -> None:
        self.got: list[Message] = []
        self.say: Callable[[Message], None] = lambda _: None
        self._server = server

    def send(self, message: Message) -> None:
        self.got.append(message)

    def on_message(self, handler: Callable[[Message], None]) -> None:
        self.say = handler

    def connect_to_server(self) -> Socket:
        assert self._server is not None
        return self._server


class Subject:
    network = server_path = turn_path = relay = player = control = server = None

    def __init__(self, name: str, route: FrameRoute | None) -> None:
        self.name = name
        self.frame_route = route


class World:
    """Page a behind its route, and page b, which only counts; implements as much telemetry as the oracle asks for."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.route = FrameRoute("a", now_ms=lambda: self.clock.ms, later=self.clock.later)
        self.server = Socket()
        self.page = Socket(self.server)
        self.route.join(self.page)
        self.on = [Subject("a", self.route)]
        self.plays = True
        self.sent, self.received = 0, 0
        """By the pages, of signals, beside what the route let pass."""

    def up(self, *kinds: str) -> None:
        for kind in kinds:
            self.page.say(frame(kind))
            self.clock.go(1)

    def down(self, *kinds: str) -> None:
        for kind in kinds:
            self.server.say(frame(kind))
            self.clock.go(1)

    def participants(self) -> tuple[str, ...]:
        return ("a", "b")

    def socket_frames(self, name: str, window: Window) -> list[SocketFrame]:
        return [one for one in self.route.frames if name == "a" and window.holds(one.t_ms)]

    def signals(self, name: str, window: Window) -> list[SignalSample]:
        """Each page's own count: a sent what came up, got what went down; b the other way round."""
        said = sum("link_signal" in str(one.named) for one in self.route.frames if one.way == "up")
        meant = sum("link_signal" in str(one.named) for one in self.route.frames if one.way == "down")
        at_a = sum("link_signal" in str(one) for one in self.page.got)
        at_b = sum("link_signal" in str(one) for one in self.server.got)
        if name == "a":
            return [SignalSample(self.clock.ms, sent=said, arrived=at_a)]
        return [SignalSample(self.clock.ms, sent=meant + self.sent, arrived=at_b + self.received)]

    def frames(self, name: str, window: Window) -> list[tuple[float, int]]:
        return [(NOW_MS, 0), (NOW_MS + 1_000, 30)] if self.plays else []

    def effect(self, fault: SignalFrames) -> Effect:
        return fault.effect(self, ["a"], DURING, BEFORE)  # type: ignore[arg-type]  # as much telemetry as it needs


def frame(kind: str) -> str:
    if kind in ("offer", "answer", "candidate", "end", "restart"):
        return f'42["link_signal",{{"seat":1,"kind":"{kind}","payload":{{}}}}]'
    return kind if kind[:1].isdigit() else f'42["{kind}",{{}}]'


@pytest.fixture
def world() -> World:
    return World()


async def test_without_a_fault_every_frame_passes_at_once_and_is_noted(world: World) -> None:
    talk = ["offer", "candidate", "data_chunk", "2", '430[{"ok":true}]']
    world.up(*talk)
    world.page.say(b"\x00")
    assert world.server.got == [*map(frame, talk), b"\x00"]
    assert [one.left_ms for one in world.route.frames] == [[one.t_ms] for one in world.route.frames]
    assert [one.index for one in world.route.frames] == list(range(6))


async def test_a_dropped_answer_is_the_only_frame_that_is_missing(world: World) -> None:
    fault = SignalFrames("answer", "drop", first=1)
    await fault.inject(world.on)
    world.down("candidate", "answer", "2", "answer", "data_chunk")
    assert world.page.got == [frame(one) for one in ("candidate", "2", "answer", "data_chunk")]
    effect = world.effect(fault)
    assert effect.in_band, effect
    assert effect.measured["frames"] == effect.asked["frames"] == 1


async def test_a_doubled_candidate_arrives_twice(world: World) -> None:
    fault = SignalFrames("candidate", "duplicate", stream="up")
    await fault.inject(world.on)
    world.up("candidate", "answer")
    world.down("candidate")
    assert world.server.got == [frame(one) for one in ("candidate", "candidate", "answer")]
    assert world.page.got == [frame("candidate")]
    assert world.effect(fault).in_band


async def test_a_late_frame_is_overtaken_and_goes_when_it_is_due(world: World) -> None:
    fault = SignalFrames("answer", "delay", hold_ms=400)
    await fault.inject(world.on)
    world.up("answer", "candidate")
    assert world.server.got == [frame("candidate")]
    assert not world.effect(fault).in_band
    world.clock.go(400)
    assert world.server.got == [frame("candidate"), frame("answer")]
    assert world.effect(fault).in_band


async def test_frames_change_places_in_pairs_and_a_lonely_one_does_not_count(world: World) -> None:
    fault = SignalFrames("link_signal", "reorder", hold_ms=300)
    await fault.inject(world.on)
    world.up("answer", "2", "candidate", "end")
    assert world.server.got == [frame(one) for one in ("2", "candidate", "answer")]
    world.clock.go(300)
    assert world.server.got[-1] == frame("end")
    effect = world.effect(fault)
    assert effect.in_band, effect
    assert effect.measured["frames"] == 1


async def test_who_would_change_places_with_a_dropped_frame_goes_alone(world: World) -> None:
    swap, drop = SignalFrames("link_signal", "reorder", seed=1), SignalFrames("candidate", "drop", first=1, seed=2)
    await swap.inject(world.on)
    await drop.inject(world.on)
    world.up("offer", "candidate", "candidate", "end")
    assert world.server.got == [frame(one) for one in ("offer", "end", "candidate")]
    effect = world.effect(swap)
    assert effect.in_band, effect
    assert effect.measured["frames"] == 1


async def test_two_faults_on_one_frame_add_up(world: World) -> None:
    twice, late = SignalFrames("answer", "duplicate", seed=1), SignalFrames("link_signal", "delay", hold_ms=200, seed=2)
    await twice.inject(world.on)
    await late.inject(world.on)
    world.up("answer")
    world.clock.go(250)
    assert world.server.got == [frame("answer")] * 2
    assert world.effect(twice).in_band
    assert world.effect(late).in_band


async def test_the_heal_lets_go_what_waits_and_leaves_the_rest_alone(world: World) -> None:
    fault = SignalFrames("answer", "reorder", hold_ms=5_000)
    await fault.inject(world.on)
    world.up("answer")
    for _ in range(2):
        await fault.heal(world.on)
    assert world.server.got == [frame("answer")]
    world.clock.go(5_000)
    healed_ms = world.clock.ms
    world.up("answer", "2")
    assert world.server.got == [frame("answer"), frame("answer"), "2"]
    after = Window(healed_ms, world.clock.ms)
    assert fault.recovered(world, ["a"], after, BEFORE).in_band  # type: ignore[arg-type]


async def test_a_heal_that_does_nothing_is_seen_by_any_frame(world: World) -> None:
    fault = SignalFrames("answer", "drop")
    await fault.inject(world.on)
    world.up("answer", "2")
    assert not fault.recovered(world, ["a"], DURING, BEFORE).in_band  # type: ignore[arg-type]
    assert not fault.recovered(world, ["a"], Window(8_000, 9_000), BEFORE).in_band  # type: ignore[arg-type]


async def test_an_injector_that_does_nothing_is_not_believed(world: World) -> None:
    world.up("answer", "candidate")
    effect = world.effect(SignalFrames("answer", "drop"))
    assert (effect.in_band, effect.n, effect.measured) == (False, 1, {"frames": 0.0})


async def test_no_frame_of_the_name_is_an_answer_of_its_own(world: World) -> None:
    fault = SignalFrames("answer", "drop")
    await fault.inject(world.on)
    world.up("candidate")
    effect = world.effect(fault)
    assert (effect.in_band, effect.n) == (False, 0)
    assert "no answer" in effect.note


async def test_a_ledger_that_the_pages_contradict_proves_nothing(world: World) -> None:
    """Says that it dropped, and b got it all the same."""
    fault = SignalFrames("answer", "drop")
    await fault.inject(world.on)
    world.up("answer")
    assert world.effect(fault).in_band
    world.received = 1
    effect = world.effect(fault)
    assert not effect.in_band
    assert "1 signals more" in effect.note


async def test_a_fate_that_the_seed_does_not_give_is_seen(world: World) -> None:
    fault = SignalFrames("candidate", "drop", percent=50, seed=5)
    await SignalFrames("candidate", "drop", percent=50, seed=6).inject(world.on)
    world.up(*["candidate"] * 20)
    for one in world.route.frames:
        one.fates = dict.fromkeys([fault.key], *one.fates.values())
    assert not world.effect(fault).in_band


async def test_a_game_that_is_never_played_is_not_in_band(world: World) -> None:
    fault = SignalFrames("answer", "drop", first=1)
    await fault.inject(world.on)
    world.down("answer")
    world.plays = False
    assert not world.effect(fault).in_band


async def test_nobody_else_is_touched(world: World) -> None:
    fault = SignalFrames("answer", "drop")
    await fault.inject(world.on)
    world.up("candidate")
    assert fault.untouched(world, ["b"], DURING, BEFORE) == []  # type: ignore[arg-type]
    assert fault.untouched(world, ["a"], DURING, BEFORE) == ["a"]  # type: ignore[arg-type]


async def test_a_page_without_a_route_is_named() -> None:
    with pytest.raises(InjectorError, match="participant a"):
        await SignalFrames("answer", "drop").inject([Subject("a", None)])


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"event": "anser", "action": "drop"}, 'did you mean "answer"'),
        ({"event": "page_ping", "action": "drop"}, "page_ping"),
        ({"event": "answer", "action": "eat"}, "drop"),
        ({"event": "answer", "action": "drop", "percent": 0}, "percent"),
        ({"event": "answer", "action": "delay", "hold_ms": 0}, "hold_ms"),
        ({"event": "answer", "action": "drop", "stream": "sideways"}, "stream"),
    ],
)
def test_what_cannot_be_done_is_refused(parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=r"signal\.frames") as caught:
        SignalFrames(**parameters)
    assert said in str(caught.value)
