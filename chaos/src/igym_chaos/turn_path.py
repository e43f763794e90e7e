"""Faults of a participant's way to the relay: TURN over TCP through a Toxiproxy proxy of its own (chaos handbook 2.3)."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Fault
from igym_chaos.peer_path import passages
from igym_chaos.samples import ProbeSample, Telemetry, Window
from igym_chaos.subjects import Subject
from igym_chaos.toxics import STREAMS
from igym_chaos.toxiproxy import ProxiedPath


def turn_paths_of(subjects: Sequence[Subject]) -> list[ProxiedPath]:
    """The proxy of each in front of the relay; InjectorError names who has none."""
    paths = []
    for subject in subjects:
        if subject.turn_path is None:
            raise InjectorError(f'participant {subject.name} reaches no relay: set p2p = "relay-tcp" in [topology]')
        paths.append(subject.turn_path)
    return paths


def answers_of(telemetry: Telemetry, names: Sequence[str], window: Window) -> list[ProbeSample]:
    """The harness's own questions to the relay that began and ended in the window: one that is open at the heal sees both."""
    begun = (sample for name in names for sample in telemetry.turn_probes(name, window))
    return [sample for sample in begun if sample.t_ms + sample.total_ms <= window.end_ms]


@dataclass(frozen=True)
class TurnPathFault(Fault):
    """A toxic on both streams of each target's proxy: one per direction, because neighbours interrupt each other."""

    injectors: ClassVar[tuple[str, ...]] = ("R",)
    knobs: ClassVar[tuple[str, ...]] = ("turn-path",)

    toxic: ClassVar[str] = ""

    @abstractmethod
    def attributes(self) -> Mapping[str, int]:
        """Of the toxic, in Toxiproxy's units."""

    async def inject(self, on: Sequence[Subject]) -> None:
        for path in turn_paths_of(on):
            for stream in STREAMS:
                await path.add(f"{self.kind}-{stream}", self.toxic, stream=stream, attributes=self.attributes())

    async def heal(self, on: Sequence[Subject]) -> None:
        for path in turn_paths_of(on):
            for stream in STREAMS:
                await path.remove(f"{self.kind}-{stream}")

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Touched: who got nothing of what another untargeted participant sent."""
        between = [one for one in passages(telemetry, others, window) if {one.sender, one.receiver} <= set(others)]
        return sorted({one.receiver for one in between if one.sent and not one.received})
