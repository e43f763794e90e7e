"""`swarm`: a fresh scenario from a seed, of mild faults that everybody survives (chaos handbook 3.4, 12.6).

The ranges are drawn before the faults: each kind is switched on with probability one half, and magnitudes are log-uniform, so that
strange mixtures occur. Two lanes: what meets the peer path or a page comes one after another, each measured undisturbed by the
next; the server path has a lane of its own beside it.

    peers and pages   ├ f1 ┤  gap  ├── f2 ──┤  gap  ├ f3 ┤
    server path          ├──── f4 ────┤   gap   ├ f5 ┤
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from igym_chaos import draws
from igym_chaos.draft import NAMES, Draft, duration, tidy
from igym_chaos.faults import fault_class

NAME = "swarm"
SWITCHED_ON = 0.5
FEWEST, MOST_IN_PEER_LANE, MOST_IN_SERVER_LANE = 2, 3, 2
FIRST_S, GAP_S, LAST_S = 2.0, 6.5, 5.0
"""Between two faults of a lane lies the time in which the first is looked at after its heal (SETTLE_S)."""
LONGEST_S = 6.0
FPS = 30
COUNTDOWN_S, BOOT_S, SETTLE_S, SLACK_S = 3.0, 40.0, 5.0, 25.0

Ranges = Mapping[str, tuple[float, float]]


@dataclass(frozen=True)
class Choice:
    """A kind as a swarm may use it: parameters by log-uniform range, whole numbers where the injector counts in units."""

    do: str
    via: str
    ranges: Ranges = field(default_factory=dict)
    units: Mapping[str, float] = field(default_factory=dict)
    own: bool = False


CDP = (
    Choice("p2p.latency", "C", {"page_ms": (20, 150)}),
    Choice("p2p.loss", "C", {"percent": (4, 20)}),
    Choice("p2p.blackout", "C"),
)
RELAY = (
    Choice("p2p.latency", "U", {"page_ms": (20, 150)}),
    Choice("p2p.loss", "U", {"percent": (4, 20)}),
    Choice("p2p.reorder", "U", {"percent": (5, 30), "hold_ms": (30, 120)}),
    Choice("p2p.duplicate", "U", {"percent": (5, 30)}),
    Choice("p2p.corrupt", "U", {"percent": (3, 15)}),
    Choice("p2p.blackout", "U"),
)
PAGES = (
    Choice("tab.hidden-script", "J"),
    Choice("tab.blur", "J"),
    Choice("tab.hidden", "B", own=True),
    Choice("tab.frozen", "B", own=True),
    Choice("proc.stop", "B", own=True),
)
SERVER = (
    Choice("signal.latency", "T", {"page_ms": (50, 500)}),
    Choice("signal.hold", "T"),
    Choice("signal.down", "T"),
    Choice("signal.reset", "T"),
    Choice("signal.slicer", "T", {"bytes": (50, 400), "delay_ms": (1, 4)}),
    Choice("signal.bandwidth", "T", {"bytes_s": (8_000, 40_000)}, {"bytes_s": 1_000}),
)
BLIND_TO_PAGES = "signal.latency"
"""Its oracle is an echo of the page: not beside faults that stop pages."""


class _Draws:
    """Draws of one swarm in the order of the asking."""

    def __init__(self, seed: int) -> None:
        self._start = draws.stream(seed, NAME, "", "", "", "plan")
        self._index: Iterator[int] = count()

    def share(self) -> float:
        return draws.share(self._start, next(self._index))

    def pick(self, things: Sequence[Choice]) -> Choice:
        return things[int(self.share() * len(things))]

    def name(self, names: Sequence[str]) -> str:
        return names[int(self.share() * len(names))]

    def between(self, low: float, high: float) -> float:
        """Log-uniform."""
        return math.exp(math.log(low) + (math.log(high) - math.log(low)) * self.share())


def draw(seed: int) -> Draft:
    """The scenario of a seed: the same draft for the same seed, byte by byte once it is text."""
    drawn = _Draws(seed)
    relayed = drawn.share() < SWITCHED_ON
    people = list(NAMES[: 2 if drawn.share() < 2 / 3 else 3])
    peer_kinds = _some(drawn, (*(RELAY if relayed else CDP), *PAGES), MOST_IN_PEER_LANE)
    while len(peer_kinds) < FEWEST:
        peer_kinds.append(drawn.pick(RELAY if relayed else CDP))
    stopping = any(kind.own for kind in peer_kinds)
    server_kinds = _some(
        drawn, [one for one in SERVER if not (stopping and one.do == BLIND_TO_PAGES)], MOST_IN_SERVER_LANE
    )
    faults: list[Draft] = []
    ends_s = [0.0]
    for kinds in (peer_kinds, server_kinds):
        start_s = FIRST_S + drawn.share()
        for kind in kinds:
            fault, end_s = _fault(drawn, kind, f"f{len(faults) + 1}", people, start_s)
            faults.append(fault)
            ends_s.append(end_s)
            start_s = end_s + GAP_S
    return _draft(seed, people, faults, relayed=relayed, proxied=bool(server_kinds), play_s=max(ends_s) + LAST_S)


def _some(drawn: _Draws, choices: Sequence[Choice], most: int) -> list[Choice]:
    """Each on or off, shuffled, at most so many."""
    on = [(drawn.share(), place, one) for place, one in enumerate(choices) if drawn.share() < SWITCHED_ON]
    return [one for _, _, one in sorted(on, key=lambda entry: entry[:2])][:most]


def _fault(drawn: _Draws, kind: Choice, name: str, people: Sequence[str], start_s: float) -> tuple[Draft, float]:
    """One entry of the file, and when it ends, s of play."""
    shortest_s = fault_class(kind.do, kind.via).minimum_window_s + 0.5
    length_s = round(drawn.between(shortest_s, max(shortest_s + 0.5, LONGEST_S)), 1)
    parameters = {key: _value(drawn, kind, key) for key in kind.ranges}
    fault: Draft = {
        "id": name,
        "do": kind.do,
        "via": kind.via,
        "on": drawn.name(people),
        "at": f"play+{duration(round(start_s * 1000))}",
        "for": duration(round(length_s * 1000)),
    }
    if parameters:
        fault["with"] = parameters
    return fault, start_s + length_s


def _value(drawn: _Draws, kind: Choice, key: str) -> float | int:
    unit = kind.units.get(key)
    value = drawn.between(*kind.ranges[key])
    return tidy(round(value / unit) * unit if unit else round(value, 1))


def _draft(
    seed: int, people: Sequence[str], faults: Sequence[Draft], *, relayed: bool, proxied: bool, play_s: float
) -> Draft:
    own = {fault["on"] for fault in faults if any(one.own and one.do == fault["do"] for one in PAGES)}
    wall_s = BOOT_S + COUNTDOWN_S + play_s + SETTLE_S + SLACK_S
    return {
        "name": NAME,
        "doc": f"Drawn from seed {seed}: {', '.join(fault['do'] for fault in faults)}.",
        "suite": "soak",
        "seed": seed,
        "tags": [NAME],
        "covers": [],
        "fault": list(faults),
        "heal": {"by": f"frame>={round((play_s - 1) * FPS)}", "settle": duration(SETTLE_S * 1000)},
        "budget": {"boot": duration(BOOT_S * 1000), "wall": duration(math.ceil(wall_s) * 1000)},
        "participants": {name: {"process": "own"} if name in own else {} for name in people},
        "topology": {"udp_relay": relayed, "server_path": "toxiproxy" if proxied else "direct"},
        "workload": {
            "experiment": "kitchen",
            "seats": len(people),
            "frames": math.ceil(play_s + SETTLE_S) * FPS,
            "inputs": {"kind": "seeded", "via": "frames", "changes_per_s": 5},
        },
        "expect": {
            "sometimes": ["input_changes(all) >= 20"],
            "outcomes": dict.fromkeys(people, "completed"),
            "checks": ["core"],
        },
    }
