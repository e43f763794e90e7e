"""From scenario and lock to what a run needs: the only place that reads the form of both."""

from __future__ import annotations

from dataclasses import dataclass

from igym_chaos.anchors import Anchor, AnchorError, parse
from igym_chaos.faults import KINDS, fault_class, injectors_of
from igym_chaos.removals import GONE
from igym_chaos.scenario import Scenario
from igym_chaos.schedule import Lock
from igym_harness.checkers import UnknownCheckError, further
from igym_harness.collect import Expected
from igym_harness.errors import UsageError
from igym_harness.expectations import GROUPS, ExpectationError
from igym_harness.expectations import parse as parse_expectation
from igym_harness.injection import Planned
from igym_harness.workload import Workload

FPS = 30
PARTIAL = "partial"
"""Outcome of who played, and whose session was cut."""


@dataclass(frozen=True)
class Plan:
    """One run, resolved. Durations carry their unit; `frames` None: the environment decides."""

    scenario: str
    doc: str
    suite: str
    covers: tuple[str, ...]
    topology: str
    seed: int
    participants: tuple[str, ...]
    proxied: tuple[str, ...]
    turn_proxied: tuple[str, ...]
    own: tuple[str, ...]
    joins_after_s: dict[str, float]
    behind_relay: tuple[str, ...]
    routed: tuple[str, ...]
    """Whose frames on the way to the server pass the harness."""
    experiment: str
    settings: dict[str, str | int]
    episodes: int
    frames: int | None
    fps: int
    boot_s: float
    wall_s: float
    settle_s: float
    faults: tuple[Planned, ...]
    checks: tuple[str, ...]
    workload: Workload
    expected: Expected


def plan_of(scenario: Scenario, lock: Lock) -> Plan:
    """Raises UsageError for a kind, an anchor or a parameter that does not exist (any more)."""
    _check_expectations(scenario)
    participants = tuple(scenario.participants)
    work, inputs = lock.workload, lock.workload.inputs
    fps = work.fps or FPS
    workload = Workload(
        scenario=scenario.name,
        seed=lock.seed,
        kind=inputs.kind,
        via=inputs.via,
        changes_per_s=inputs.changes_per_s,
        frames=work.frames or 0,
        fps=fps,
        duration_ms=scenario.budget.wall_s * 1000.0,
    )
    faults = _faults(scenario, lock)
    expected = Expected(
        scenario=scenario.name,
        seats=work.seats,
        episodes=work.episodes,
        frames=work.frames,
        active=workload.active,
        sometimes=tuple(scenario.expect.sometimes),
        outcomes=dict(scenario.expect.outcomes),
        planned_faults=tuple(fault.id for fault in faults),
        topology=scenario.topology.p2p,
        fps=fps,
    )
    return Plan(
        scenario=scenario.name,
        doc=scenario.doc,
        suite=scenario.suite,
        covers=tuple(scenario.covers),
        topology=scenario.topology.p2p,
        seed=lock.seed,
        participants=participants,
        proxied=participants if scenario.topology.server_path == "toxiproxy" else (),
        turn_proxied=participants if scenario.topology.p2p == "relay-tcp" else (),
        joins_after_s={name: one.join_s for name, one in scenario.participants.items()},
        own=tuple(name for name, one in scenario.participants.items() if one.process == "own"),
        behind_relay=participants if scenario.topology.udp_relay else (),
        routed=tuple(name for name in participants if any(one.via == "W" and name in one.on for one in faults)),
        experiment=work.experiment,
        settings=_settings(work.experiment, seats=work.seats, frames=work.frames, episodes=work.episodes),
        episodes=work.episodes,
        frames=work.frames,
        fps=fps,
        boot_s=scenario.budget.boot_s,
        wall_s=scenario.budget.wall_s,
        settle_s=scenario.heal.settle_s if scenario.heal else 0.0,
        faults=faults,
        checks=tuple(scenario.expect.checks),
        workload=workload,
        expected=expected,
    )


OUTCOMES = ("completed", PARTIAL, GONE)
"""What a participant can come to: played to the end, was left in a session that was cut, or was removed by a fault."""


def _check_expectations(scenario: Scenario) -> None:
    """Raises UsageError for what nobody could ever judge."""
    where = f"{scenario.path.name} [expect]"
    try:
        parsed = [parse_expectation(text) for text in scenario.expect.sometimes]
        further(scenario.expect.checks)
    except (ExpectationError, UnknownCheckError) as error:
        raise UsageError(f"{where}: {error}") from error
    for one in parsed:
        if one.who not in (*GROUPS, *scenario.participants):
            known = ", ".join((*scenario.participants, *GROUPS))
            raise UsageError(f"{where}: {one.text!r} speaks of {one.who!r}; known: {known}")
    for name, outcome in scenario.expect.outcomes.items():
        if outcome not in OUTCOMES:
            raise UsageError(f"{where} outcomes: {name} is {outcome!r}; write one of {', '.join(OUTCOMES)}")


COOKS = 2
"""Of a shipped example; the kitchen takes up to four."""


def _settings(experiment: str, *, seats: int, frames: int | None, episodes: int) -> dict[str, str | int]:
    """What `igym serve --set` gets: the game scene of a shipped example carries the example's name."""
    settings: dict[str, str | int] = {f"{experiment}.episodes": episodes}
    if frames is not None:
        settings[f"{experiment}.max_steps"] = frames
    if seats != COOKS:
        settings |= {f"{experiment}.seats": seats, f"{experiment}.environment_kwargs.cooks": seats}
    return settings


def _faults(scenario: Scenario, lock: Lock) -> tuple[Planned, ...]:
    heal_by = _anchor("heal.by", scenario.heal.by) if scenario.heal and scenario.heal.by else None
    faults = []
    for one in lock.faults:
        if one.via not in injectors_of(one.do):
            raise UsageError(f"fault {one.id}: no kind {one.do!r} via {one.via}; known: {', '.join(sorted(KINDS))}")
        try:
            fault = fault_class(one.do, one.via)(**one.parameters)
        except (TypeError, ValueError) as error:
            raise UsageError(f"fault {one.id} ({one.do}): {error}") from error
        at = _anchor(f"fault {one.id}", one.at)
        faults.append(
            Planned(one.id, one.do, one.via, tuple(one.on), at, one.for_ms, heal_by, fault, dict(one.parameters))
        )
    return tuple(faults)


def _anchor(where: str, text: str) -> Anchor:
    try:
        return parse(text)
    except AnchorError as error:
        raise UsageError(f"{where}: {error}") from error
