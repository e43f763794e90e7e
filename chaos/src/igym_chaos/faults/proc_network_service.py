"""proc.network-service: the process that carries a browser's network dies; HTTP comes back by itself, WebRTC only with a new document.

Needs a browser of its own: all pages of one share the process.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from igym_chaos.documents import newcomers, others_renewed
from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.page_path import controls_of
from igym_chaos.readings import Question, count, newest
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "the browser's list of processes, and candidates that a new connection of the page gathers"
PROCESS, CANDIDATES = "network_process", "candidates"
GATHER_MS = 1_000
_GATHERED = f"""
new Promise(async (done) => {{
  const Native = Object.getPrototypeOf(RTCPeerConnection);
  const connection = new (Native.prototype instanceof EventTarget ? Native : RTCPeerConnection)();
  const end = (count) => {{ connection.close(); done(count); }};
  connection.onicecandidate = ({{ candidate }}) => {{ if (candidate?.candidate) end(1); }};
  connection.createDataChannel("probe");
  await connection.setLocalDescription();
  setTimeout(() => end(0), {GATHER_MS});
}})
"""
"""1 as soon as a connection of its own finds a first candidate, 0 if none comes. The page's own list of connections is left alone."""


@dataclass(frozen=True)
class ProcNetworkService(Fault):
    """No parameters. Its heal arms the page again, then loads it again (chaos handbook 1.1, rule 9): what was played in it is over."""

    kind: ClassVar[str] = "proc.network-service"
    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = (
        "document",
        "latency",
        "packetLoss",
        "throughput",
        "packetQueueLength",
        "offline",
    )
    minimum_window_s: ClassVar[float] = 4.0
    heal_s: ClassVar[float] = 2.0
    renews: ClassVar[bool] = True
    asks: ClassVar[Mapping[str, Question]] = MappingProxyType(
        {PROCESS: Question("network-service"), CANDIDATES: Question("page", _GATHERED)}
    )

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on, own=True):
            await control.kill_network_service()

    async def heal(self, on: Sequence[Subject]) -> None:
        for subject, control in zip(on, controls_of(on, own=True), strict=True):
            if subject.network is None:
                raise InjectorError(f"participant {subject.name} has no network rules that could be armed again")
            await subject.network.arm()
            await control.reload()

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Another process carries the network, and the page, which found candidates before, finds none."""
        asked, band = {"candidates": 0.0, "new_processes": float(len(on))}, (0.0, 0.0)
        answers = count(telemetry, on, tuple(self.asks), window)
        processes = [_processes(telemetry, name, window, baseline) for name in on]
        before = [newest(telemetry, name, CANDIDATES, baseline) for name in on]
        during = [one.value for name in on for one in telemetry.readings(name, CANDIDATES, window)]
        if None in processes or None in before or not during:
            note = "no process and no gathering of candidates that was seen both before and now"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=answers)
        renewed = sum(was != now for was, now in (pair for pair in processes if pair is not None))
        measured = {"candidates": max(during), "new_processes": float(renewed)}
        in_band = renewed == len(on) and max(during) == 0.0 and all(before)
        return Effect(asked, measured, band, answers, in_band, ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The page is another document than before, and finds candidates again."""
        asked, band = {"candidates": 1.0, "new_documents": float(len(on))}, (1.0, 1.0)
        found = [newest(telemetry, name, CANDIDATES, window) for name in on]
        documents = [bool(newcomers(telemetry, name, window, baseline)) for name in on]
        known = [one for one in found if one is not None]
        if len(known) < len(found):
            return unmeasured(asked, band, oracle=ORACLE, note="nobody gathered candidates after the heal")
        measured = {"candidates": min(known), "new_documents": float(sum(documents))}
        answers = count(telemetry, on, (CANDIDATES,), window)
        return Effect(asked, measured, band, answers, min(known) == 1.0 and all(documents), ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Others whose browser lost its process, who found no candidates, or whose page is another document."""
        hit = {*others_renewed(telemetry, others, window, baseline)}
        for name in others:
            processes = _processes(telemetry, name, window, baseline)
            lost = processes is not None and processes[0] != processes[1]
            if lost or any(not one.value for one in telemetry.readings(name, CANDIDATES, window)):
                hit.add(name)
        return [name for name in others if name in hit]


def _processes(telemetry: Telemetry, name: str, window: Window, baseline: Window) -> tuple[float, float] | None:
    """Which process carried the network before, and which one does now; None: one of them is not known."""
    before, now = newest(telemetry, name, PROCESS, baseline), newest(telemetry, name, PROCESS, window)
    return None if before is None or now is None else (before, now)
