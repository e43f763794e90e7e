"""Sockets that are refused: proven by requests of the harness and by what pages say; not by who was told to refuse."""

from __future__ import annotations

from typing import Any

import pytest

from igym_chaos.faults.signal_refuse import SignalRefuse
from igym_chaos.samples import SocketSample, UpgradeSample, Window

BEFORE, DURING, AFTER = Window(0, 5_000), Window(5_500, 9_500), Window(10_500, 15_000)


class Seen:
    """Answers and states of the three windows, twice a second; `reconnects` of the last."""

    def __init__(self, statuses: tuple[int, int, int], connected: tuple[bool, bool, bool], reconnects: int = 1) -> None:
        self._statuses, self._connected, self._reconnects = statuses, connected, reconnects

    def upgrades(self, participant: str, window: Window) -> list[UpgradeSample]:
        if participant != "a":
            return []
        return [
            UpgradeSample(t_ms, self._statuses[_part(t_ms)])
            for t_ms in range(0, 15_500, 500)
            if window.holds(t_ms) and self._statuses[_part(t_ms)] >= 0
        ]

    def sockets(self, participant: str, window: Window) -> list[SocketSample]:
        connected = self._connected if participant == "a" else (True, True, True)
        return [
            SocketSample(t_ms, connected[_part(t_ms)], self._reconnects if _part(t_ms) == 2 else 0)
            for t_ms in range(0, 15_500, 500)
            if window.holds(t_ms)
        ]


def _part(t_ms: float) -> int:
    return 0 if t_ms <= 5_000 else 1 if t_ms < 10_000 else 2


GOOD: Any = Seen((101, 503, 101), (True, False, True))


@pytest.mark.parametrize(
    ("seen", "in_band", "measured"),
    [
        (GOOD, True, {"refused": 1.0, "connected": 0.0}),
        (Seen((101, 101, 101), (True, True, True)), False, {"refused": 0.0, "connected": 9.0}),
        (Seen((101, 0, 101), (True, False, True)), False, {"refused": 0.0, "connected": 0.0}),
        (Seen((101, 503, 101), (True, True, True)), False, {"refused": 1.0, "connected": 9.0}),
        (Seen((101, -1, 101), (True, False, True)), False, {}),
    ],
)
def test_refused_is_a_503_for_the_harness_and_no_socket_for_the_page(
    seen: Any, in_band: bool, measured: dict[str, float]
) -> None:
    effect = SignalRefuse().effect(seen, ["a"], DURING, BEFORE)
    assert (effect.in_band, effect.measured) == (in_band, measured)


@pytest.mark.parametrize(
    ("seen", "back"),
    [
        (GOOD, True),
        (Seen((101, 503, 503), (True, False, False), 0), False),
        (Seen((101, 503, 101), (True, False, False), 0), False),
        (Seen((101, 503, 101), (True, False, True), 0), False),
        (Seen((101, 503, -1), (True, False, True)), False),
    ],
)
def test_it_is_over_when_the_page_has_another_socket(seen: Any, back: bool) -> None:
    assert SignalRefuse().recovered(seen, ["a"], AFTER, BEFORE).in_band is back


def test_only_who_lost_its_socket_was_touched() -> None:
    assert SignalRefuse().untouched(GOOD, ["b"], DURING, BEFORE) == []
    assert SignalRefuse().untouched(GOOD, ["a"], DURING, BEFORE) == ["a"]


async def test_a_page_is_refused_by_the_host_of_its_proxy_and_its_open_socket_is_cut() -> None:
    done: list[Any] = []

    class Path:
        url = "http://127.0.0.1:4567"

        async def down(self) -> None:
            done.append("down")

        async def up(self) -> None:
            done.append("up")

    class Server:
        async def hinder(self, **wanted: Any) -> dict[str, float]:
            done.append(wanted)
            return {}

    class Subject:
        name = "a"
        network = turn_path = relay = frame_route = player = control = None
        server_path: Any = Path()
        server: Any = Server()

    await SignalRefuse().inject([Subject()])
    await SignalRefuse().heal([Subject()])
    assert done == [{"refuse": ["127.0.0.1:4567"]}, "down", "up", {"admit": ["127.0.0.1:4567"]}]
