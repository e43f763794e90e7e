"""What runs beside the phases: looking, injecting, playing, showing. The first trouble of any of them ends the run."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from types import MappingProxyType
from typing import Any, Literal

from igym_chaos.errors import ChaosError
from igym_chaos.readings import Question
from igym_chaos.subjects import SERVER, PageControl
from igym_harness import report
from igym_harness.clock import monotonic_ms
from igym_harness.errors import HarnessError
from igym_harness.history import HARNESS
from igym_harness.injection import live_effect
from igym_harness.progress import Scene
from igym_harness.reading_probe import keep_asking
from igym_harness.rig import Rig
from igym_harness.server_probe import keep_probing
from igym_harness.speed_probe import keep_timing
from igym_harness.turn_probe import keep_asking_stun
from igym_harness.upgrade_probe import keep_asking_for_sockets
from igym_harness.watcher import Trouble
from igym_harness.witnesses import Watched, keep_hearing

Blame = Literal["product", "harness"]

SHOW_S = 0.5
MEASURE_S = 2.0
"""How often the live line measures anew: an oracle reads everything that was recorded, on the loop that must not be late (HAR-2)."""
SERVER_LOOK_S = 0.2
PROBED_PATH = "/static/client/style.css"
"""A file of a few kB that every page has."""
HARNESS_TROUBLE = "HARNESS"
BLAME: Mapping[str, Blame] = MappingProxyType(
    {"CLI-1": "product", "LIV-2": "product", "SRV-3": "product", HARNESS_TROUBLE: "harness"}
)


def start(rig: Rig, show: Callable[[Scene], None]) -> list[asyncio.Task[Trouble]]:
    """All guards, running; cancel them when the run is over (an injected fault is then healed)."""
    work: list[Coroutine[Any, Any, None]] = [
        rig.injection.run(),
        rig.plan.workload.play(rig.fleet.members.values(), rig.observer.page_state),
        rig.lag.probe(),
        rig.processors.probe(),
        _keep_showing(rig, show),
        keep_probing(_probed(rig), rig.telemetry.record_probe, path=PROBED_PATH),
        keep_asking(_controls(rig), _questions(rig), rig.telemetry.record_reading),
        keep_timing(_timed(rig), rig.telemetry.record_speed, during=lambda: "play" in rig.timeline.marks),
        keep_hearing(rig.fleet.members, rig.telemetry.record_ending),
        *(one.watch(rig.telemetry.record_ending) for one in _watched(rig)),
        keep_asking_for_sockets(_asked_for_sockets(rig), rig.telemetry.record_upgrade),
        keep_asking_stun(
            {name: path.port for name, path in rig.stage.turn_paths.items()}, rig.telemetry.record_turn_probe
        ),
    ]
    return [
        asyncio.create_task(rig.observer.watch()),
        asyncio.create_task(_server_died(rig)),
        *(asyncio.create_task(_only_errors(one)) for one in work),
    ]


def _probed(rig: Rig) -> dict[str, int]:
    """Ports that the harness itself connects to: every proxy, and the server's own if a fault is aimed at it.

    Not a proxy that its participant's page did not come through: it would prove nothing.
    """
    members = rig.fleet.members
    used = {name: path for name, path in rig.stage.paths.items() if members[name].page.url.startswith(f"{path.url}/")}
    ports = {name: path.port for name, path in used.items()}
    if any(SERVER in one.on for one in rig.plan.faults):
        assert rig.stage.server is not None
        ports[SERVER] = rig.stage.server.port
    return ports


def _watched(rig: Rig) -> list[Watched]:
    """Participants whose end has to be witnessed."""
    names = sorted({name for one in rig.plan.faults if one.fault.removes for name in one.on})
    found = []
    for name in names:
        own = rig.stage.own.get(name)
        browser = rig.stage.browser if own is None else own.browser
        assert browser is not None
        found.append(Watched(rig.fleet.members[name], browser, own))
    return found


def _questions(rig: Rig) -> dict[str, Question]:
    """What the oracles of the planned faults want to know."""
    return {what: question for one in rig.plan.faults for what, question in one.fault.asks.items()}


def _controls(rig: Rig) -> dict[str, PageControl]:
    controls = {name: member.control for name, member in rig.fleet.members.items()}
    return {name: control for name, control in controls.items() if control is not None}


def _asked_for_sockets(rig: Rig) -> dict[str, int]:
    """Proxies through which an oracle wants to know whether sockets are to be had."""
    names = {name for one in rig.plan.faults if one.fault.needs_upgrades for name in one.on}
    return {name: rig.stage.paths[name].port for name in sorted(names)}


def _timed(rig: Rig) -> dict[str, PageControl]:
    """Pages whose speed an oracle wants to know."""
    names = {name for one in rig.plan.faults if one.fault.needs_speed for name in one.on}
    return {name: control for name, control in _controls(rig).items() if name in names}


def scene(rig: Rig, effects: Mapping[str, Mapping[str, float]]) -> Scene:
    """What the live line shows now."""
    frames = {name: rig.observer.frame(name) for name in rig.plan.participants}
    return Scene(rig.phasing.name, rig.phasing.elapsed_s(), frames, effects, rig.observer.violation)


def measured_now(rig: Rig) -> dict[str, Mapping[str, float]]:
    """What the faults in force do, as far as it was recorded."""
    now_ms = monotonic_ms()
    return {
        f"{one.do} on {','.join(one.on)}": live_effect(one, entry, rig.telemetry, rig.baseline(one.id), now_ms)
        for one in rig.plan.faults
        if (entry := rig.injection.entries[one.id]).in_force
    }


async def _keep_showing(rig: Rig, show: Callable[[Scene], None]) -> None:
    measured_ms, effects, told = 0.0, dict[str, Mapping[str, float]](), False
    while True:
        if monotonic_ms() - measured_ms >= 1000.0 * MEASURE_S:
            measured_ms, effects = monotonic_ms(), measured_now(rig)
        show(scene(rig, effects))
        if rig.observer.violation and not told:
            told = True
            report.write_early(rig.folder.path, rig.plan.scenario, rig.observer.violation)
        await asyncio.sleep(SHOW_S)


async def _server_died(rig: Rig) -> Trouble:
    while not rig.stage.server_died:  # noqa: ASYNC110 - the end of a child process is no event of this loop
        await asyncio.sleep(SERVER_LOOK_S)
    assert rig.stage.server is not None
    return Trouble(SERVER, "SRV-3", f"the server ended with exit code {rig.stage.server.exit_code} during the run")


async def _only_errors(work: Coroutine[Any, Any, None]) -> Trouble:
    """Work that may simply end, and then waits; its errors are the harness's."""
    try:
        await work
    except HarnessError as error:
        return Trouble(HARNESS, HARNESS_TROUBLE, error.reason)
    except ChaosError as error:
        return Trouble(HARNESS, HARNESS_TROUBLE, str(error))
    await asyncio.Event().wait()
    raise AssertionError("an event that nobody sets was set")
