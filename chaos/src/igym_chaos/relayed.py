"""What every fault of the UDP relay shares: policies in, and the ledger of packets against the plan."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.impairment import Decider, Fate, Policy
from igym_chaos.relay import Passed, PeerRelay, Way
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "relay ledger against plan"
MINIMUM_PACKETS = 100


def relay_of(subjects: Sequence[Subject]) -> PeerRelay:
    """InjectorError names who is not behind it."""
    for subject in subjects:
        if subject.relay is None:
            raise InjectorError(
                f"participant {subject.name} is not behind the UDP relay: set udp_relay = true in [topology]"
            )
    relay = subjects[0].relay
    assert relay is not None
    return relay


@dataclass
class Plans:
    """Fates computed so far, by direction."""

    deciders: dict[Way, Decider] = field(default_factory=dict)
    fates: dict[Way, list[Fate]] = field(default_factory=dict)


@dataclass(frozen=True)
class Relayed(Fault):
    """A policy on the directions of its targets, decided packet by packet from `seed` (32 bits, from the scenario's seed if not given)."""

    injectors: ClassVar[tuple[str, ...]] = ("U",)
    minimum_window_s: ClassVar[float] = 3.0

    seed: int = field(default=0, kw_only=True)
    plans: Plans = field(default_factory=Plans, init=False, repr=False, compare=False)

    @property
    def key(self) -> str:
        return f"{self.kind}/{int(self.seed)}"

    @abstractmethod
    def policy(self) -> Policy:
        """What happens to the packets."""

    def ways(self, relay: PeerRelay, on: Sequence[Subject]) -> list[Way]:
        """The directions that it is aimed at: all that begin or end at its targets."""
        return relay.ways_of(subject.name for subject in on)

    async def inject(self, on: Sequence[Subject]) -> None:
        relay = relay_of(on)
        await relay.apply(self.key, self.ways(relay, on), self.policy(), seed=int(self.seed))

    async def heal(self, on: Sequence[Subject]) -> None:
        await relay_of(on).lift(self.key)

    def decided(self, telemetry: Telemetry, window: Window) -> dict[Way, list[tuple[Passed, Fate]]]:
        """Packets of the window whose fate this fault decided, by direction, in order."""
        found: dict[Way, list[tuple[Passed, Fate]]] = {}
        for packet in telemetry.relayed(window):
            for key, fate in packet.fates:
                if key == self.key:
                    found.setdefault((packet.sender, packet.receiver), []).append((packet, fate))
        return found

    def as_planned(self, decided: dict[Way, list[tuple[Passed, Fate]]]) -> bool:
        """Whether every decision is the one that the seed gives for its packet."""
        return all(fate == self._planned(way, fate.index) for way, packets in decided.items() for _, fate in packets)

    def _planned(self, way: Way, index: int) -> Fate:
        """Computed once: the live view asks twice a second."""
        decider = self.plans.deciders.get(way)
        if decider is None:
            decider = self.plans.deciders[way] = Decider(
                self.policy(), seed=int(self.seed), sender=way[0], receiver=way[1]
            )
        fates = self.plans.fates.setdefault(way, [])
        while len(fates) <= index:
            fates.append(decider.decide())
        return fates[index]

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """No packet meets the fault any more, and packets pass."""
        asked, band = {"packets": 0.0}, (0.0, 0.0)
        packets = [one for one in telemetry.relayed(window) if {one.sender, one.receiver} & set(on)]
        if not packets:
            return unmeasured(asked, band, oracle=ORACLE, note="no packet after the heal")
        met = sum(any(key == self.key for key, _ in one.fates) for one in packets)
        return Effect(
            asked,
            {"packets": float(met)},
            band,
            len(packets),
            met == 0 and any(not one.dropped for one in packets),
            ORACLE,
        )

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Others whose packets among themselves met the fault."""
        return sorted({way[0] for way in self.decided(telemetry, window) if set(way) <= set(others)})

    def too_few(self, asked: dict[str, float], band: tuple[float, float], n: int) -> Effect:
        return unmeasured(
            asked, band, oracle=ORACLE, note=f"{n} packets met the fault; {MINIMUM_PACKETS} are needed", n=n
        )


def all_of(decided: dict[Way, list[tuple[Passed, Fate]]]) -> list[tuple[Passed, Fate]]:
    """Of all directions."""
    return [one for packets in decided.values() for one in packets]


def inversions(packets: Iterable[Passed]) -> int:
    """Packets of one direction that left after one that had come later."""
    earliest_later = float("inf")
    count = 0
    for packet in sorted((one for one in packets if one.left_ms is not None), key=lambda one: -one.t_ms):
        assert packet.left_ms is not None
        count += packet.left_ms > earliest_later
        earliest_later = min(earliest_later, packet.left_ms)
    return count
