"""Faults of a participant's server path: what they share, and oracles over the harness's own connections through the same proxy."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import ClassVar

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.samples import ProbeSample, Telemetry, Window
from igym_chaos.subjects import Subject
from igym_chaos.toxiproxy import ProxiedPath

ORACLE = "the harness's own connections through the proxy"
MINIMUM_PROBES = 2
SLOW_MS = 500.0
"""A normal connection takes a few ms."""
BOTH = ("upstream", "downstream")


def paths_of(subjects: Sequence[Subject]) -> list[ProxiedPath]:
    """The proxy of each; InjectorError names who has none."""
    paths = []
    for subject in subjects:
        if subject.server_path is None:
            raise InjectorError(f'participant {subject.name} has no proxy: set server_path = "toxiproxy" in [topology]')
        paths.append(subject.server_path)
    return paths


def probes(telemetry: Telemetry, names: Sequence[str], window: Window) -> list[ProbeSample]:
    """Connections that began and ended in the window: one that is open at the heal sees both."""
    begun = (sample for name in names for sample in telemetry.server_probes(name, window))
    return [sample for sample in begun if sample.t_ms + sample.total_ms <= window.end_ms]


def normal_bytes(telemetry: Telemetry, names: Sequence[str], baseline: Window) -> float | None:
    """What a whole answer has; None without one before the fault."""
    whole = [one.received for one in probes(telemetry, names, baseline) if one.end == "fin"]
    return median(whole) if whole else None


@dataclass(frozen=True)
class ServerPathFault(Fault):
    """A toxic on streams of each target's proxy, judged by connections that were opened under it."""

    injectors: ClassVar[tuple[str, ...]] = ("T",)
    knobs: ClassVar[tuple[str, ...]] = ("server-path",)
    minimum_window_s: ClassVar[float] = 2.5

    toxic: ClassVar[str] = ""
    streams: ClassVar[tuple[str, ...]] = BOTH

    @abstractmethod
    def attributes(self) -> Mapping[str, int]:
        """Of the toxic, in Toxiproxy's units."""

    async def inject(self, on: Sequence[Subject]) -> None:
        for path in paths_of(on):
            for stream in self.streams:
                await path.add(f"{self.kind}-{stream}", self.toxic, stream=stream, attributes=self.attributes())

    async def heal(self, on: Sequence[Subject]) -> None:
        for path in paths_of(on):
            for stream in self.streams:
                await path.remove(f"{self.kind}-{stream}")

    def every_probe(
        self,
        telemetry: Telemetry,
        on: Sequence[str],
        window: Window,
        *,
        what: str,
        holds: Callable[[ProbeSample], bool],
    ) -> Effect:
        """In band if each connection of the window was as the fault makes it."""
        asked, band = {what: 1.0}, (1.0, 1.0)
        found = probes(telemetry, on, window)
        if len(found) < MINIMUM_PROBES:
            return unmeasured(
                asked, band, oracle=ORACLE, note=f"{len(found)} connections; {MINIMUM_PROBES} are needed", n=len(found)
            )
        share = sum(holds(one) for one in found) / len(found)
        return Effect(asked, {what: round(share, 3)}, band, len(found), share == 1.0, ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Connections end as they did before, with as many bytes."""
        asked, band = {"whole_answers": 1.0}, (1.0, float("inf"))
        wanted, found = normal_bytes(telemetry, on, baseline), probes(telemetry, on, window)
        if wanted is None or not found:
            return unmeasured(
                asked, band, oracle=ORACLE, note="no connection before the fault, or none after the heal", n=len(found)
            )
        whole = [one for one in found if one.end == "fin" and one.received == wanted and one.total_ms < SLOW_MS]
        return Effect(
            asked, {"whole_answers": float(len(whole))}, band, len(found), bool(whole) and found[-1] in whole, ORACLE
        )

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Touched: whose connections did not end, or late, and who would pass for a target."""
        return [
            name
            for name in others
            if any(one.end != "fin" or one.total_ms >= SLOW_MS for one in probes(telemetry, [name], window))
            or self.effect(telemetry, [name], window, baseline).in_band
        ]


@dataclass(frozen=True)
class SilentPathFault(ServerPathFault):
    """A path on which connections are accepted and nothing passes."""

    minimum_window_s: ClassVar[float] = 6.0  # two connections of the harness, each until it gives up

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Connections are accepted and get no byte."""
        return self.every_probe(
            telemetry,
            on,
            window,
            what="silent",
            holds=lambda one: one.connect_ms is not None and one.received == 0 and one.end == "timeout",
        )
