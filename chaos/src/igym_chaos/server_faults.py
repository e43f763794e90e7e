"""What the faults of the server itself share: its process, and oracles over the harness's own connections to its own port."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_path import SLOW_MS, normal_bytes, probes
from igym_chaos.subjects import SERVER, ServerControl, Subject

ORACLE = "the harness's own connections to the server's port"


def server_of(subjects: Sequence[Subject]) -> ServerControl:
    """InjectorError if this run has no server that can be acted on."""
    for subject in subjects:
        if subject.server is not None:
            return subject.server
    raise InjectorError("this run has no server process that a fault can act on")


@dataclass(frozen=True)
class ServerFault(Fault):
    """A fault whose target is the server: a scenario writes no `on`."""

    injectors: ClassVar[tuple[str, ...]] = ("S",)
    of_server: ClassVar[bool] = True

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The last connection was answered as before, and in no more time than a healthy server takes."""
        asked, band = {"whole_answers": 1.0}, (1.0, float("inf"))
        wanted, found = normal_bytes(telemetry, [SERVER], baseline), probes(telemetry, [SERVER], window)
        if wanted is None or not found:
            return unmeasured(
                asked, band, oracle=ORACLE, note="no connection before the fault, or none after the heal", n=len(found)
            )
        whole = [one for one in found if one.end == "fin" and one.received == wanted and one.total_ms < SLOW_MS]
        measured = {"whole_answers": float(len(whole))}
        return Effect(asked, measured, band, len(found), found[-1] in whole, ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Every participant depends on the server: nobody is an other."""
        return []
