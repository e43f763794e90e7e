"""Windows over what pages measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from igym_chaos.samples import Ending, Window
from igym_harness.probe import Answer, Connection
from igym_harness.telemetry import Recorder

OFFSETS = {"a": 1_000.0, "b": 5_000.0}


@pytest.fixture
def recorder() -> Recorder:
    return Recorder(OFFSETS, lambda name, page_ms: page_ms - OFFSETS[name])


def connection(index: int, local: str, remote: str, sent: int, received: int, state: str = "connected") -> Connection:
    return Connection(index, state, "connected", local, remote, sent, received, stun_rtt_total_s=0.01, stun_responses=2)


def answer(
    t_ms: float,
    name: str,
    *,
    frame: int = 0,
    pings: tuple[tuple[float, float], ...] = (),
    server: tuple[tuple[float, float], ...] = (),
    connections: tuple[Connection, ...] = (),
) -> Answer:
    page_ms = t_ms + OFFSETS[name]
    worker = {
        "state": "playing",
        "episode": 0,
        "frame": frame,
        "links": [{"seat": 1, "pings": [list(p) for p in pings]}],
    }
    status = {"serverPings": [list(p) for p in server], "worker": worker}
    return Answer(origin=1.0, clock_ms=page_ms, state="playing", status=status, connections=list(connections))


def test_round_trips_are_kept_once_and_cut_by_window_on_the_harness_clock(recorder: Recorder) -> None:
    recorder.record("a", answer(100.0, "a", pings=((1_010.0, 2.0), (1_050.0, 3.0))))
    recorder.record("a", answer(200.0, "a", pings=((1_050.0, 3.0), (1_150.0, 103.0))))
    assert recorder.link_rtts("a", Window(0.0, 200.0)) == [2.0, 3.0, 103.0]
    assert recorder.link_rtts("a", Window(50.0, 50.0)) == [3.0]
    assert recorder.link_rtts("a", Window(151.0, 200.0)) == []


def test_pings_of_the_server_path_are_apart(recorder: Recorder) -> None:
    recorder.record("b", answer(100.0, "b", server=((5_020.0, 7.0),)))
    assert recorder.server_rtts("b", Window(0.0, 100.0)) == [7.0]
    assert recorder.link_rtts("b", Window(0.0, 100.0)) == []


def test_a_connection_belongs_to_the_peer_whose_name_it_was_told(recorder: Recorder) -> None:
    recorder.record("a", answer(100.0, "a", connections=(connection(0, "ufA", "ufB", 10, 9),)))
    assert recorder.peers("a") == ()
    recorder.record("b", answer(100.0, "b", connections=(connection(0, "ufB", "ufA", 9, 10),)))
    assert recorder.peers("a") == ("b",)
    (sample,) = recorder.transport("a", Window(0.0, 100.0))
    assert (sample.peer, sample.packets_sent, sample.packets_received) == ("b", 10, 9)


def test_counters_go_on_over_a_new_connection(recorder: Recorder) -> None:
    recorder.record("b", answer(50.0, "b", connections=(connection(0, "ufB", "ufA", 0, 0),)))
    recorder.record("b", answer(60.0, "b", connections=(connection(1, "ufB2", "ufA2", 0, 0),)))
    recorder.record("a", answer(100.0, "a", connections=(connection(0, "ufA", "ufB", 100, 90),)))
    recorder.record("a", answer(200.0, "a", connections=(connection(1, "ufA2", "ufB2", 5, 4),)))
    samples = recorder.transport("a", Window(0.0, 300.0))
    assert [(one.packets_sent, one.packets_received) for one in samples] == [(100, 90), (105, 94)]


def test_frames_are_those_of_a_running_game_inside_the_window(recorder: Recorder) -> None:
    for t_ms, frame in ((100.0, 1), (350.0, 8), (600.0, 16)):
        recorder.record("a", answer(t_ms, "a", frame=frame))
    assert recorder.frames("a", Window(200.0, 600.0)) == [(350.0, 8), (600.0, 16)]
    assert recorder.frames("b", Window(0.0, 600.0)) == []


def test_what_ended_is_told_by_time_and_a_socket_is_no_end(recorder: Recorder) -> None:
    recorder.record_ending("a", Ending(300.0, "socket"))
    assert not recorder.ended("a")
    recorder.record_ending("a", Ending(200.0, "browser", -9))
    assert [one.what for one in recorder.endings("a", Window(0.0, 400.0))] == ["browser", "socket"]
    assert recorder.endings("a", Window(250.0, 260.0)) == []
    assert (recorder.ended("a"), recorder.ended("b")) == (True, False)


def test_counters_go_on_over_another_document_which_counts_from_0_again(recorder: Recorder) -> None:
    recorder.record("b", answer(50.0, "b", connections=(connection(0, "ufB", "ufA", 0, 0),)))
    recorder.record("b", answer(60.0, "b", connections=(connection(1, "ufB2", "ufA2", 0, 0),)))
    recorder.record("a", answer(100.0, "a", connections=(connection(0, "ufA", "ufB", 100, 90),)))
    again = replace(answer(200.0, "a", connections=(connection(0, "ufA2", "ufB2", 5, 4),)), origin=1_150.0)
    recorder.record("a", again)
    samples = recorder.transport("a", Window(0.0, 300.0))
    assert [(one.packets_sent, one.packets_received) for one in samples] == [(100, 90), (105, 94)]


def test_a_channel_that_closed_is_told_by_whom_it_led_to(recorder: Recorder) -> None:
    closed = {"index": 3, "kind": "channel-closed", "seat": 0, "label": "input", "tMs": 5_130.0}
    opened = {**closed, "kind": "channel-open", "tMs": 5_010.0}
    seen = answer(200.0, "b")
    status = {**(seen.status or {}), "seat": 1}
    recorder.record("b", replace(seen, status=status, events=[opened, closed]))
    assert recorder.channels_closed("b", Window(0.0, 200.0)) == [], "nobody is known to have the seat"
    first = answer(210.0, "a")
    recorder.record("a", replace(first, status={**(first.status or {}), "seat": 0}))
    recorder.record("a", replace(first, status={**(first.status or {}), "seat": None}))
    assert recorder.channels_closed("b", Window(0.0, 200.0)) == [(130.0, "a")]
    assert recorder.channels_closed("b", Window(0.0, 100.0)) == []


def test_channels_that_a_page_closes_because_its_session_is_over_are_its_own(recorder: Recorder) -> None:
    over = {"index": 3, "kind": "session-end", "tMs": 5_120.0}
    closed = {"index": 4, "kind": "channel-closed", "seat": 0, "label": "input", "tMs": 5_130.0}
    seated = [
        (name, replace(one, status={**(one.status or {}), "seat": seat}))
        for seat, name in enumerate("ab")
        for one in [answer(200.0, name)]
    ]
    for name, one in seated:
        recorder.record(name, replace(one, events=[over, closed] if name == "b" else []))
    assert recorder.channels_closed("b", Window(0.0, 300.0)) == []
