"""What was dumped answers as the recorder did, and a part of it is a dump too."""

from __future__ import annotations

import json
from typing import Any

import pytest

from igym_chaos.readings import Reading
from igym_chaos.relay import Passed
from igym_chaos.samples import ProbeSample, Window
from igym_chaos.subjects import SERVER
from igym_harness.probe import Answer, Connection
from igym_harness.telemetry import Recorder
from igym_harness.telemetry_file import Remembered, cut, dump

WHOLE = Window(0.0, 10_000.0)
METER = {"raf": 60, "timers": 20, "worker": 40, "blurs": 0, "hides": 0, "freezes": 0, "resumes": 0, "gaps": []}


def answer(t_ms: float, who: str, other: str) -> Answer:
    link = {"seat": 1, "open": True, "pings": [[t_ms - 50.0, 2.12]]}
    status = {
        "seat": 0 if who == "ua" else 1,
        "serverPings": [[t_ms - 40.0, 1.5]],
        "worker": {"state": "playing", "frame": int(t_ms / 33), "links": [link]},
    }
    connection = Connection(0, "connected", "connected", who, other, packets_sent=int(t_ms), packets_received=int(t_ms))
    closed = {"kind": "channel-closed", "tMs": t_ms - 10.0, "seat": 1 if who == "ua" else 0}
    return Answer(1.0, t_ms, "playing", status, [closed], [connection], {**METER, "hidden": False, "focused": True})


def recorded() -> Recorder:
    passed = [Passed(t_ms, "a", "b", 60, 4_000, t_ms, 1, fates=()) for t_ms in (1_000.0, 6_000.0)]
    recorder = Recorder(("a", "b"), lambda _, t_ms: t_ms, lambda: passed)
    for t_ms in (1_000.0, 2_000.0, 6_000.0):
        recorder.record("a", answer(t_ms, "ua", "ub"))
        recorder.record("b", answer(t_ms, "ub", "ua"))
        for where in ("a", SERVER):
            recorder.record_probe(where, ProbeSample(t_ms, 1.0, 2.0, 3.0, 5_000, 2, "fin"))
        for what in ("tabs", "keys"):
            recorder.record_reading("b", what, Reading(t_ms + 7.0, 2.0, 0.5))
    return recorder


def readings(telemetry: Any, window: Window) -> list[Any]:
    of_each = ("link_rtts", "server_rtts", "server_probes", "transport", "meters", "frames", "channels_closed")
    asked = [telemetry.readings(name, what, window) for name in telemetry.participants() for what in ("tabs", "keys")]
    each = [getattr(telemetry, what)(name, window) for name in telemetry.participants() for what in of_each]
    return [
        telemetry.participants(),
        *map(telemetry.peers, telemetry.participants()),
        *each,
        *asked,
        telemetry.server_probes(SERVER, window),
        telemetry.relayed(window),
    ]


@pytest.mark.parametrize("window", [WHOLE, Window(1_500.0, 6_000.0), Window(7_000.0, 8_000.0)])
def test_a_dump_answers_as_the_recorder_did(window: Window) -> None:
    remembered = Remembered(json.loads(json.dumps(dump(recorded(), WHOLE))))
    assert readings(remembered, window) == readings(recorded(), window)


def test_a_part_holds_what_lies_in_it() -> None:
    part = Window(1_500.0, 5_000.0)
    remembered = Remembered(cut(dump(recorded(), WHOLE), part))
    assert readings(remembered, WHOLE) == readings(recorded(), part)
    assert remembered.window == part


def test_a_dump_of_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="record it again"):
        Remembered({**dump(recorded(), WHOLE), "format": 0})
