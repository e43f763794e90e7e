"""signal.refuse: the server answers 503 to whoever wants a socket, as one behind a balancer that has no place; open ones are cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar
from urllib.parse import urlsplit

from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_faults import server_of
from igym_chaos.server_path import paths_of
from igym_chaos.subjects import Subject
from igym_chaos.toxiproxy import ProxiedPath

ORACLE = "answers to the harness's own requests for a socket; what the page says of its own"
REFUSED, GRANTED = 503, 101
NEEDED = 2


@dataclass(frozen=True)
class SignalRefuse(Fault):
    """No parameters."""

    kind: ClassVar[str] = "signal.refuse"
    injectors: ClassVar[tuple[str, ...]] = ("S",)
    knobs: ClassVar[tuple[str, ...]] = ("server-path",)
    minimum_window_s: ClassVar[float] = 2.5
    needs_upgrades: ClassVar[bool] = True

    async def inject(self, on: Sequence[Subject]) -> None:
        """A page is known by the host that it calls the server by: its proxy."""
        paths = paths_of(on)
        await server_of(on).hinder(refuse=_hosts(paths))
        for path in paths:
            await path.down()
            await path.up()

    async def heal(self, on: Sequence[Subject]) -> None:
        await server_of(on).hinder(admit=_hosts(paths_of(on)))

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Every request for a socket was refused, and no page had one."""
        asked, band = {"refused": 1.0}, (1.0, 1.0)
        answers = [one.status for name in on for one in telemetry.upgrades(name, window)]
        states = [one for name in on for one in telemetry.sockets(name, window)]
        if len(answers) < NEEDED * len(on) or not states:
            note = f"{len(answers)} requests for a socket and {len(states)} looks at pages; more are needed"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=len(answers))
        refused = sum(status == REFUSED for status in answers) / len(answers)
        connected = sum(one.connected for one in states)
        measured = {"refused": round(refused, 3), "connected": float(connected)}
        return Effect(asked, measured, band, len(answers), refused == 1.0 and connected == 0, ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The last request got a socket, and every page has one again, another one than before."""
        asked, band = {"reconnects": 1.0}, (1.0, float("inf"))
        answers = {name: telemetry.upgrades(name, window) for name in on}
        states = {name: (telemetry.sockets(name, baseline), telemetry.sockets(name, window)) for name in on}
        n = sum(map(len, answers.values()))
        if not all(answers.values()) or not all(before and after for before, after in states.values()):
            return unmeasured(asked, band, oracle=ORACLE, note="nothing was seen before it, or after the heal", n=n)
        again = min(after[-1].reconnects - before[-1].reconnects for before, after in states.values())
        there = all(after[-1].connected for _, after in states.values())
        granted = all(found[-1].status == GRANTED for found in answers.values())
        measured = {"reconnects": float(again), "connected": float(there), "granted": float(granted)}
        return Effect(asked, measured, band, n, again >= 1 and there and granted, ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Touched: who lost its socket."""
        return [name for name in others if any(not one.connected for one in telemetry.sockets(name, window))]


def _hosts(paths: Sequence[ProxiedPath]) -> list[str]:
    return [urlsplit(path.url).netloc for path in paths]
