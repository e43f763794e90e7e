"""Faults of pages, threads and rates: what the oracles say of recorded counters, in force and not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pytest

from igym_chaos.fault import Fault
from igym_chaos.faults.net_offline import Offline
from igym_chaos.faults.p2p_bandwidth import PeerBandwidth
from igym_chaos.faults.p2p_flap import PeerFlap
from igym_chaos.faults.proc_stop import ProcStop
from igym_chaos.faults.tab_blur import TabBlur
from igym_chaos.faults.tab_frozen import TabFrozen
from igym_chaos.faults.tab_hidden import TabHidden
from igym_chaos.faults.tab_hidden_script import TabHiddenScript
from igym_chaos.faults.tab_main_stall import TabMainStall
from igym_chaos.faults.tab_worker_stall import TabWorkerStall
from igym_chaos.samples import MeterSample, TransportSample, Window

BEFORE, DURING, AFTER = Window(0, 5_000), Window(5_000, 10_000), Window(10_500, 14_000)
ALIVE = MeterSample(0, 1.0, 0, 0, 0, hidden=False, focused=True, blurs=0, hides=0, freezes=0, resumes=0)
NORMAL = {"raf": 20.0, "timers": 20.0, "worker": 40.0, "frames": 30.0}


@dataclass
class Recorded:
    """Two participants; `during` says at what rates a's counters ran in the middle, and what its flags were."""

    during: dict[str, float] = field(default_factory=dict)
    flags: dict[str, Any] = field(default_factory=dict)
    silent: dict[str, float] = field(default_factory=dict)
    """Thread -> longest gap that ended within or just after the fault."""
    packets_s: float = 60.0
    bytes_s: float = 3_000.0
    echo_ms: float = 2.0

    def participants(self) -> tuple[str, ...]:
        return ("a", "b")

    def peers(self, participant: str) -> tuple[str, ...]:
        return ("b",) if participant == "a" else ("a",)

    def _count(self, name: str, key: str, t_ms: float) -> float:
        middle = max(0.0, min(t_ms, DURING.end_ms) - DURING.start_ms)
        rate = self.during.get(key, NORMAL[key]) if name == "a" else NORMAL[key]
        return ((t_ms - middle) * NORMAL[key] + middle * rate) / 1000.0

    def meters(self, participant: str, window: Window) -> list[MeterSample]:
        return [self._meter(participant, t_ms) for t_ms in _times(window)]

    def _meter(self, name: str, t_ms: float) -> MeterSample:
        counts = {key: int(self._count(name, key, t_ms)) for key in ("raf", "timers", "worker")}
        flags = self.flags if name == "a" and t_ms >= DURING.start_ms else {}
        if t_ms > DURING.end_ms:
            flags = {key: value for key, value in flags.items() if key in ("freezes", "resumes")}
        values: dict[str, Any] = {**counts, **flags}
        return replace(ALIVE, t_ms=t_ms, **values)

    def frames(self, participant: str, window: Window) -> list[tuple[float, int]]:
        return [(t_ms, int(self._count(participant, "frames", t_ms))) for t_ms in _times(window)]

    def gaps(self, participant: str, window: Window, thread: Literal["main", "worker"]) -> list[float]:
        found = participant == "a" and thread in self.silent and window.holds(DURING.end_ms + 10)
        return [self.silent[thread]] if found else []

    def server_rtts(self, participant: str, window: Window) -> list[float]:
        return [self.echo_ms if participant == "a" and DURING.holds(window.start_ms) else 2.0] * 4

    def transport(self, participant: str, window: Window) -> list[TransportSample]:
        (peer,) = self.peers(participant)
        return [
            TransportSample(t_ms, peer, self._sent(t_ms), self._got(t_ms), 0, 0, self._bytes(t_ms))
            for t_ms in _times(window)
        ]

    def _sent(self, t_ms: float) -> int:
        return int(60 * t_ms / 1000)

    def _got(self, t_ms: float) -> int:
        middle = max(0.0, min(t_ms, DURING.end_ms) - DURING.start_ms)
        return int(((t_ms - middle) * 60 + middle * self.packets_s) / 1000)

    def _bytes(self, t_ms: float) -> int:
        middle = max(0.0, min(t_ms, DURING.end_ms) - DURING.start_ms)
        return int(((t_ms - middle) * 3_000 + middle * self.bytes_s) / 1000)


def _times(window: Window) -> list[float]:
    return [window.start_ms + 250.0 * index for index in range(int((window.end_ms - window.start_ms) / 250) + 1)]


def flapping() -> PeerFlap:
    """Of which only phases without a path fall into the middle."""
    fault = PeerFlap(1, 1)
    fault.phases.off.append(Window(5_500, 7_000))
    fault.phases.on.append(Window(10_600, 11_500))
    return fault


HIDDEN = {"hidden": True}
QUIET: list[tuple[Fault, Recorded]] = [
    (TabBlur(), Recorded(flags={"focused": False})),
    (TabHiddenScript(), Recorded(flags=HIDDEN)),
    (TabHidden(), Recorded({"raf": 0, "timers": 1}, HIDDEN)),
    (TabFrozen(), Recorded({"raf": 0, "timers": 0}, {"freezes": 1, "resumes": 1}, {"main": 5_000, "worker": 5_000})),
    (ProcStop(), Recorded(silent={"main": 5_000, "worker": 5_000})),
    (TabMainStall(3_000), Recorded(silent={"main": 3_010})),
    (TabWorkerStall(3_000), Recorded(silent={"worker": 3_010})),
    (Offline(), Recorded(packets_s=0, echo_ms=3_000)),
    (PeerBandwidth(1_500), Recorded(bytes_s=1_400)),
]
WRONG: list[tuple[Fault, Recorded]] = [
    *((fault, Recorded()) for fault, _ in QUIET),
    (TabHidden(), Recorded(flags=HIDDEN)),
    (TabHidden(), Recorded({"raf": 0, "timers": 1, "frames": 10}, HIDDEN)),
    (TabHiddenScript(), Recorded({"raf": 0, "timers": 1}, HIDDEN)),
    (TabFrozen(), Recorded(silent={"main": 5_000, "worker": 5_000})),
    (ProcStop(), Recorded(silent={"main": 5_000})),
    (TabMainStall(3_000), Recorded({"frames": 10}, silent={"main": 3_010})),
    (TabWorkerStall(3_000), Recorded(silent={"worker": 3_010, "main": 3_010})),
    (Offline(), Recorded(packets_s=0)),
    (PeerBandwidth(4_000), Recorded()),
]


@pytest.mark.parametrize(("fault", "recorded"), QUIET)
def test_what_was_asked_is_in_band_and_over_afterwards(fault: Fault, recorded: Any) -> None:
    effect = fault.effect(recorded, ["a"], DURING, BEFORE)
    assert effect.in_band, effect
    assert fault.recovered(recorded, ["a"], AFTER, BEFORE).in_band
    assert fault.untouched(recorded, ["b"], DURING, BEFORE) == []


@pytest.mark.parametrize(("fault", "recorded"), WRONG)
def test_an_injector_that_does_nothing_or_something_else_is_not_believed(fault: Fault, recorded: Any) -> None:
    assert not fault.effect(recorded, ["a"], DURING, BEFORE).in_band


def test_a_page_that_is_still_without_focus_is_not_healed() -> None:
    """It is visible and alive, as while the fault was in force."""
    still: Any = Recorded(flags={"focused": False})
    assert not TabBlur().recovered(still, ["a"], DURING, BEFORE).in_band


def test_a_path_that_still_comes_and_goes_is_not_healed() -> None:
    """At the first look it is there: a second of it proves nothing."""

    off_ms = range(12_000, 20_000, 3_000)

    class Going(Recorded):
        def transport(self, participant: str, window: Window) -> list[TransportSample]:
            """Sixty packets a second, and none in every third second."""
            peer = "b" if participant == "a" else "a"
            times = [float(t_ms) for t_ms in range(int(window.start_ms), int(window.end_ms) + 1, 250)]
            counts = [
                round(0.06 * (t_ms - sum(max(0.0, min(1_000.0, t_ms - off)) for off in off_ms))) for t_ms in times
            ]
            return [
                TransportSample(t_ms, peer, int(0.06 * t_ms), count, 0, 0)
                for t_ms, count in zip(times, counts, strict=True)
            ]

    going: Any = Going()
    effect = PeerFlap(1, 2).recovered(going, ["a"], AFTER, BEFORE)
    assert not effect.in_band
    assert effect.measured["received"] > 0
    healthy: Any = Recorded()
    assert PeerFlap(1, 2).recovered(healthy, ["a"], AFTER, BEFORE).in_band


def test_a_flap_is_every_phase_as_it_was_done() -> None:
    recorded: Any = Recorded(packets_s=0)
    whole = Window(5_000, 12_000)
    assert flapping().effect(recorded, ["a"], whole, BEFORE).in_band
    still: Any = Recorded()
    assert not flapping().effect(still, ["a"], whole, BEFORE).in_band
    assert not PeerFlap(1, 1).effect(recorded, ["a"], whole, BEFORE).in_band


@pytest.mark.parametrize(
    ("kind", "parameters", "said"),
    [
        (TabMainStall, {"stall_ms": 10}, "stall_ms is 10"),
        (TabWorkerStall, {"stall_ms": 1e6}, "stall_ms is 1000000.0"),
        (PeerBandwidth, {"bytes_s": 1}, "bytes_s is 1"),
        (PeerFlap, {"off_s": 0, "on_s": 1}, "off_s is 0"),
    ],
)
def test_values_that_cannot_be_done_are_refused(kind: type[Fault], parameters: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=kind.kind) as caught:
        kind(**parameters)
    assert said in str(caught.value)
