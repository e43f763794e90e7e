"""What was measured of a run, as JSON: oracles can be asked again without it. Of sabotaged runs only, and the source of a test's vector."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, fields
from typing import Any, TypeVar

from igym_chaos.readings import Reading
from igym_chaos.relay import Passed
from igym_chaos.samples import InputSample, MeterSample, ProbeSample, TransportSample, Window
from igym_chaos.subjects import SERVER
from igym_harness.telemetry import Recorder

FORMAT = 1
DIGITS = 2
Sample = TypeVar("Sample", ProbeSample, TransportSample, MeterSample, InputSample)


def dump(telemetry: Recorder, window: Window) -> dict[str, Any]:
    """Everything in the window, participant by participant; times and durations in ms, to a hundredth."""
    people = {name: _person(telemetry, name, window) for name in telemetry.participants()}
    relayed = [
        [*_rounded((one.t_ms, one.sender, one.receiver, one.size, one.port, one.left_ms, one.copies))]
        for one in telemetry.relayed(window)
    ]
    return {
        "format": FORMAT,
        "window": [window.start_ms, window.end_ms],
        "people": people,
        "server": [_rounded(astuple(one)) for one in telemetry.server_probes(SERVER, window)],
        "relayed": relayed,
    }


def _person(telemetry: Recorder, name: str, window: Window) -> dict[str, Any]:
    return {
        "peers": list(telemetry.peers(name)),
        "link_rtts": [_rounded(pair) for pair in telemetry.timed_link_rtts(name, window)],
        "server_rtts": [_rounded(pair) for pair in telemetry.timed_server_rtts(name, window)],
        "probes": [_rounded(astuple(one)) for one in telemetry.server_probes(name, window)],
        "transport": [_rounded(astuple(one)) for one in telemetry.transport(name, window)],
        "meters": [_rounded(astuple(one)) for one in telemetry.meters(name, window)],
        "frames": [_rounded(pair) for pair in telemetry.frames(name, window)],
        "channels_closed": [_rounded(pair) for pair in telemetry.channels_closed(name, window)],
        "readings": [
            _rounded((one.t_ms, what, one.value, one.late_ms))
            for what in telemetry.asked(name)
            for one in telemetry.readings(name, what, window)
        ],
        "inputs": [_rounded(astuple(one)) for one in telemetry.inputs(name, window)],
    }


def _rounded(values: tuple[Any, ...]) -> list[Any]:
    return [round(value, DIGITS) if isinstance(value, float) else value for value in values]


def _made(kind: type[Sample]) -> Callable[[Sequence[Any]], Sample]:
    """From a list of values, in the order of the fields; a field that was added later keeps its default."""
    names = [field.name for field in fields(kind)]
    return lambda values: kind(**dict(zip(names, values, strict=False)))


def _passed(values: Sequence[Any]) -> Passed:
    t_ms, sender, receiver, size, port, left_ms, copies = values
    return Passed(t_ms, sender, receiver, size, port, left_ms, copies, fates=())


class Remembered:
    """Implements the telemetry protocol over a dump. What a dump does not hold is empty: no thread was silent, nothing ended."""

    def __init__(self, dumped: Mapping[str, Any]) -> None:
        if dumped["format"] != FORMAT:
            raise ValueError(f"a dump of format {dumped['format']}; this program reads {FORMAT}: record it again")
        self.window = Window(*dumped["window"])
        self._people: Mapping[str, Mapping[str, Any]] = dumped["people"]
        self._server: Sequence[Sequence[Any]] = dumped.get("server", ())
        self._relayed = [_passed(one) for one in dumped["relayed"]]

    def participants(self) -> tuple[str, ...]:
        return tuple(self._people)

    def peers(self, participant: str) -> tuple[str, ...]:
        return tuple(self._people[participant]["peers"])

    def link_rtts(self, participant: str, window: Window) -> list[float]:
        return [rtt_ms for t_ms, rtt_ms in self._people[participant]["link_rtts"] if window.holds(t_ms)]

    def server_rtts(self, participant: str, window: Window) -> list[float]:
        return [rtt_ms for t_ms, rtt_ms in self._people[participant]["server_rtts"] if window.holds(t_ms)]

    def server_probes(self, participant: str, window: Window) -> list[ProbeSample]:
        probes = self._server if participant == SERVER else self._people[participant]["probes"]
        return [one for one in map(_made(ProbeSample), probes) if window.holds(one.t_ms)]

    def transport(self, participant: str, window: Window) -> list[TransportSample]:
        found = map(_made(TransportSample), self._people[participant]["transport"])
        return [one for one in found if window.holds(one.t_ms)]

    def meters(self, participant: str, window: Window) -> list[MeterSample]:
        return [one for one in map(_made(MeterSample), self._people[participant]["meters"]) if window.holds(one.t_ms)]

    def inputs(self, participant: str, window: Window) -> list[InputSample]:
        found = map(_made(InputSample), self._people[participant].get("inputs", ()))
        return [one for one in found if window.holds(one.t_ms)]

    def frames(self, participant: str, window: Window) -> list[tuple[float, int]]:
        return [(t_ms, frame) for t_ms, frame in self._people[participant]["frames"] if window.holds(t_ms)]

    def channels_closed(self, participant: str, window: Window) -> list[tuple[float, str]]:
        found = self._people[participant].get("channels_closed", ())
        return [(t_ms, peer) for t_ms, peer in found if window.holds(t_ms)]

    def asked(self, participant: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(what for _, what, *_ in self._people[participant].get("readings", ())))

    def readings(self, participant: str, what: str, window: Window) -> list[Reading]:
        found = self._people[participant].get("readings", ())
        return [Reading(t_ms, *rest) for t_ms, which, *rest in found if which == what and window.holds(t_ms)]

    def relayed(self, window: Window) -> list[Passed]:
        return [one for one in self._relayed if window.holds(one.t_ms)]

    def gaps(self, participant: str, window: Window, thread: str) -> list[float]:
        return []

    def __getattr__(self, _name: str) -> Any:
        """A kind of measurement that came later than the dump."""
        return lambda *_arguments, **_options: []


def cut(dumped: Mapping[str, Any], window: Window) -> dict[str, Any]:
    """The part of a dump that lies in the window."""

    def inside(rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
        return [row for row in rows if window.holds(row[0])]

    people = {
        name: {what: rows if what == "peers" else inside(rows) for what, rows in one.items()}
        for name, one in dumped["people"].items()
    }
    return {
        "format": FORMAT,
        "window": [window.start_ms, window.end_ms],
        "people": people,
        "server": inside(dumped.get("server", ())),
        "relayed": inside(dumped["relayed"]),
    }
