"""The end of recording: last looks while everything lives, then pages are closed and the records written."""

from __future__ import annotations

import http.client
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

from igym_chaos.samples import Ending, Window
from igym_harness import collect, decisions, jsonl, ledger, telemetry_file
from igym_harness.checkers.harness import LOOP_LAG_LIMIT_MS
from igym_harness.clock import measure, monotonic_ms
from igym_harness.history import HARNESS, SERVER, server_time_ms
from igym_harness.injection import measure as measure_fault
from igym_harness.rig import Rig


async def finish(rig: Rig, *, booted: bool) -> collect.Recorded:
    """Closes the pages. A page that cannot be asked any more keeps the last answer it gave."""
    rig.phasing.enter("check")
    gone = rig.observer.gone()
    if booted:
        await _last_looks(rig, gone)
        await measure_server_clock(rig)
    server = rig.stage.server
    alive = server is not None and server.exit_code is None
    server_events = await collect.server_state(server, rig.folder) if server is not None and alive else []
    if rig.clocks.knows(SERVER):
        collect.note_server_events(rig.history, server_events, rig.clocks.offset(SERVER).offset_ms)
        _note_sockets(rig, server_events)
    rig.stage.problems += await rig.fleet.close(lambda name: rig.folder.participant(name).trace, gone=gone)
    _measure_faults(rig)
    _write(rig)
    return collect.Recorded(
        participants=rig.plan.participants,
        statuses=rig.observer.statuses,
        page_events=rig.observer.events,
        console={name: member.console for name, member in rig.fleet.members.items()},
        server_events=server_events,
        gone=tuple(name for name in rig.plan.participants if name in gone),
        faults=tuple(entry.record() for entry in rig.injection.entries.values() if entry.requested_ms is not None),
        loop_lag_p99_ms=rig.lag.p99_ms(rig.judged()),
        clock_drift_ms=rig.clocks.drifts_ms() if booted else {},
        played={name: tuple(rig.telemetry.frames(name, Window(-math.inf, math.inf))) for name in rig.plan.participants},
        settled_ms=next((span.start_ms for span in rig.phasing.spans if span.name == "drain"), None),
    )


async def measure_server_clock(rig: Rig) -> None:
    """One more measurement of the server's clock, if it answers."""
    server = rig.stage.server
    if server is None or server.exit_code is not None:
        return
    try:
        rig.clocks.record(SERVER, await measure(server.monotonic_ms))
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        rig.note("no-server-clock", reason=str(error))


async def _last_looks(rig: Rig, gone: frozenset[str]) -> None:
    """Of those who are gone it was taken just before."""
    for name in rig.fleet.names:
        if name not in gone:
            await rig.look_last(name)


def _note_sockets(rig: Rig, server_events: Sequence[Mapping[str, Any]]) -> None:
    """When the server saw whose connection end."""
    names = {str(status.get("participantId")): name for name, status in rig.observer.statuses.items()}
    for event in server_events:
        name, at_ms = names.get(str(event.get("participant_id"))), server_time_ms(event)
        if event.get("kind") == "page_gone" and name is not None and at_ms is not None:
            rig.telemetry.record_ending(name, Ending(rig.clocks.to_harness(SERVER, at_ms), "socket"))


def _measure_faults(rig: Rig) -> None:
    for one in rig.plan.faults:
        measure_fault(
            one,
            rig.injection.entries[one.id],
            rig.telemetry,
            baseline=rig.baseline(one.id),
            settle_ms=rig.plan.settle_s * 1000.0,
            others=tuple(name for name in rig.plan.participants if name not in one.on),
        )


def _write(rig: Rig) -> None:
    """Ledger, consoles and history; also empty ones, so that a reader sees that nothing happened."""
    if rig.sabotaged:
        whole = Window(0.0, monotonic_ms())
        measured = telemetry_file.dump(rig.telemetry, whole)
        (rig.folder.path / "telemetry.json").write_text(json.dumps(measured) + "\n", encoding="utf-8")
    for t_ms, late_ms in rig.lag.samples:
        if late_ms >= LOOP_LAG_LIMIT_MS:
            rig.history.add(t_ms, HARNESS, "late-loop", {"late_ms": round(late_ms, 1)})
    rig.folder.ledger.touch()
    jsonl.append(rig.folder.ledger, ledger.lines(list(rig.injection.entries.values())))
    if rig.stage.relay is not None:
        jsonl.append(rig.folder.ledger, decisions.digest_lines(rig.stage.relay.passed))
        jsonl.append(rig.folder.packets, decisions.packet_lines(rig.stage.relay.passed))
    for name, member in rig.fleet.members.items():
        rig.folder.participant(name).console.touch()
        jsonl.append(rig.folder.participant(name).console, member.console)
        if member.frame_route is not None:
            jsonl.append(rig.folder.participant(name).frames, decisions.frame_lines(member.frame_route))
        if member.alterer is not None:
            rig.note(
                "upload-altered", participant=name, what=vars(member.alterer.done) if member.alterer.done else None
            )
    rig.history.write(rig.folder.history)
