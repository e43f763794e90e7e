"""One scenario out of many: every fault that is built, each as its own shipped scenario asks for it. For sabotage (chaos.md 11.1).

together       each fault as early as its knob is free: for injectors that do nothing, so that none is in another's way
one by one     the next begins when the one before was healed and looked at

Three files, by what carries the peer path: `pages` (the browsers' own network), `paths` (UDP relay; the server and its path) and
`turn` (TURN over TCP). A fault that removes its participant goes with no other: it stays `alone`, in its shipped scenario.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from igym_chaos.draft import Draft, text
from igym_chaos.fault import Fault
from igym_chaos.faults import BUILT
from igym_chaos.scenario import OWN_PROCESS, PlannedFault, Scenario, all_scenarios
from igym_chaos.subjects import SERVER

Part = Literal["pages", "paths", "turn", "alone"]
PARTS: tuple[Part, ...] = ("pages", "paths", "turn")
PEOPLE = ("a", "b")
FIRST_S = 2.5
"""The gate looks at the first two seconds of play."""
SETTLE_S = 3.0
ROOM_S = 0.8
"""A fault's window begins half a second after it."""
RETURN_S = 3.0
"""A page that lost the server tries every 2 s, give or take half of that."""
STALL_MS = 1_000
FPS = 30


@dataclass(frozen=True)
class Sample:
    """One kind of fault by one means, with values that a shipped scenario uses."""

    kind: type[Fault]
    via: str
    shipped: PlannedFault

    @property
    def part(self) -> Part:
        if self.kind.removes:
            return "alone"
        if self.via == "R":
            return "turn"
        return "paths" if self.via == "U" or self.at_the_server else "pages"

    @property
    def at_the_server(self) -> bool:
        """It is the server that suffers, or the way to it; the game between the browsers does not."""
        return self.via in ("T", "W") or self.kind.of_server or self.kind.needs_upgrades

    @property
    def outlives_its_end(self) -> bool:
        """Without a heal it would go on, and with one the match does."""
        return not self.kind.ends_itself and not self.kind.renews

    @property
    def parameters(self) -> dict[str, Any]:
        given = dict(self.shipped.parameters)
        return {**given, "stall_ms": STALL_MS} if "stall_ms" in given else given

    @property
    def length_s(self) -> float:
        return max(1.0, self.kind.minimum_window_s) + ROOM_S


@dataclass(frozen=True)
class Placed:
    """When a sample begins, and at whom it is aimed."""

    id: str
    sample: Sample
    on: tuple[str, ...]
    start_s: float

    @property
    def end_s(self) -> float:
        return self.start_s + self.sample.length_s


def samples(scenarios: Iterable[Scenario] | None = None) -> list[Sample]:
    """Every kind by every means that a shipped scenario uses it by, in the order of `BUILT`."""
    used = [fault for one in scenarios or all_scenarios() for fault in one.faults]
    found = []
    for kind in BUILT:
        for via in kind.injectors:
            shipped = [fault for fault in used if (fault.do, fault.via) == (kind.kind, via)]
            if shipped:
                found.append(Sample(kind, via, max(shipped, key=_strength)))
    return found


def _strength(fault: PlannedFault) -> float:
    """The stronger of two is further from an undisturbed run; a drawn value counts nothing."""
    return sum(value for value in fault.parameters.values() if isinstance(value, (int, float)))


def together(chosen: Sequence[Sample]) -> list[Placed]:
    """Each as early as what it writes is free at one of the two."""
    free_s: dict[tuple[str, str], float] = {}
    placed = []
    for number, sample in enumerate(sorted(chosen, key=lambda one: -one.length_s)):
        choices = [_targets(sample, name) for name in PEOPLE]
        starts = [
            max([FIRST_S, *(free_s.get((name, knob), FIRST_S) for name in on for knob in sample.kind.knobs)])
            for on in choices
        ]
        start_s, on = min(zip(starts, choices, strict=True), key=lambda pair: pair[0])
        one = Placed(f"f{number + 1}", sample, on, start_s)
        free_s.update({(name, knob): one.end_s + ROOM_S for name in on for knob in sample.kind.knobs})
        placed.append(one)
    return placed


def one_by_one(chosen: Sequence[Sample]) -> list[Placed]:
    """One chain for the server and b's way to it, and one for everything else, which is a's: neither sees the other."""
    next_s = {True: FIRST_S, False: FIRST_S}
    placed = []
    for number, sample in enumerate(chosen):
        chain = sample.at_the_server
        one = Placed(f"f{number + 1}", sample, _targets(sample, "b" if chain else "a"), next_s[chain])
        next_s[chain] = one.end_s + SETTLE_S + 2 * ROOM_S + sample.kind.heal_s + (RETURN_S if chain else 0.0)
        placed.append(one)
    return placed


def write(folder: Path, name: str, placed: Sequence[Placed]) -> Path:
    """The scenario's file, FOLDER/NAME.toml."""
    play_s = max(one.end_s for one in placed) + SETTLE_S + ROOM_S + 1.0
    own = {person for one in placed if one.sample.kind.kind in OWN_PROCESS for person in one.on}
    means = {one.sample.via for one in placed}
    scenario: Draft = {
        "name": name,
        "doc": f"{len(placed)} kinds of faults in one match, for a harness that is broken on purpose.",
        "suite": "self",
        "seed": 1101,
        "fault": [_fault(one) for one in placed],
        "heal": {"settle": f"{SETTLE_S:g}s"},
        "budget": {"boot": "40s", "wall": f"{play_s + SETTLE_S + 80:.0f}s"},
        "participants": {person: {"process": "own" if person in own else "shared"} for person in PEOPLE},
        "topology": {
            "p2p": "relay-tcp" if "R" in means else "mesh",
            "udp_relay": "U" in means,
            "server_path": "toxiproxy"
            if "T" in means or any(one.sample.kind.needs_upgrades for one in placed)
            else "direct",
        },
        "workload": {
            "experiment": "kitchen",
            "seats": len(PEOPLE),
            "frames": round(play_s * FPS),
            "inputs": {"kind": "seeded", "via": "frames", "changes_per_s": 5},
        },
        "expect": {"outcomes": dict.fromkeys(PEOPLE, "completed"), "checks": ["core"]},
    }
    path = folder / f"{name}.toml"
    path.write_text(text(scenario), encoding="utf-8")
    return path


def _targets(sample: Sample, name: str) -> tuple[str, ...]:
    """The server; one person; or both where the kind takes two: the second is whom the first no longer reaches."""
    if sample.kind.of_server:
        return (SERVER,)
    if (sample.kind.targets or 1) == 1:
        return ("a",) if sample.kind.kind in OWN_PROCESS else (name,)
    return (name, *(other for other in PEOPLE if other != name))


def _fault(one: Placed) -> Draft:
    sample = one.sample
    return {
        "id": one.id,
        "do": sample.kind.kind,
        "via": sample.via,
        "on": list(one.on),
        "at": f"play+{one.start_s:g}s",
        "for": f"{sample.length_s:g}s",
        "with": sample.parameters,
    }
