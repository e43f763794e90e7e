"""What a checked file still must not say: faults that fight over a knob, windows too short to measure, budgets that do not add up."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from igym_chaos import removals
from igym_chaos.anchors import Anchor, parse
from igym_chaos.faults import fault_class, injectors_of
from igym_chaos.fields import ScenarioError

if TYPE_CHECKING:
    from igym_chaos.scenario import PlannedFault, Scenario

COUNTDOWN_S = 3.0
SETTLE_AFTER_LOSS_S = 3.0


def check(scenario: Scenario) -> None:
    """Raises ScenarioError that names the two things that do not go together, and what to change."""
    where = scenario.path.name
    for first, second in combinations(scenario.faults, 2):
        _overlap(scenario, first, second)
    removals.check(scenario, lambda fault: _span_s(scenario, fault))
    for fault in scenario.faults:
        if not removals.removes(fault) and fault.for_s is None and (scenario.heal is None or scenario.heal.by is None):
            raise ScenarioError(f'{where} fault "{fault.id}": nothing ends it; add for, or [heal] by')
        _window(scenario, fault)
        _reaches(scenario, fault)
    _heals_in_play(scenario)
    lossy = [fault.id for fault in scenario.faults if "packetLoss" in fault_class(fault.do, fault.via).knobs]
    if lossy and scenario.heal is not None and scenario.heal.settle_s < SETTLE_AFTER_LOSS_S:
        raise ScenarioError(
            f"{where} [heal]: settle is {scenario.heal.settle_s:g} s; after loss ({lossy[0]}) at least {SETTLE_AFTER_LOSS_S:g} s"
        )
    _budgets(scenario)


def _heals_in_play(scenario: Scenario) -> None:
    by = parse(scenario.heal.by) if scenario.heal is not None and scenario.heal.by is not None else None
    frames = scenario.workload.frames
    if by is not None and by.base == "frame" and frames is not None and by.frame >= frames:
        raise ScenarioError(
            f"{scenario.path.name} [heal]: by is frame>={by.frame}, but an episode has {frames} frames: nothing would ever be healed"
        )


def _span_s(scenario: Scenario, fault: PlannedFault) -> tuple[float, float] | None:
    """When a fault is in force, in seconds of play, where the file alone says so."""
    if not isinstance(fault.at, str):
        return None
    start = _play_s(scenario, parse(fault.at))
    if start is None:
        return None
    if removals.removes(fault):
        return removals.endless(start)
    if fault.for_s is not None:
        return start, start + fault.for_s
    end = _play_s(scenario, parse(scenario.heal.by)) if scenario.heal and scenario.heal.by else None
    return (start, end) if end is not None else None


def _play_s(scenario: Scenario, anchor: Anchor) -> float | None:
    if anchor.base == "play":
        return anchor.offset_ms / 1000
    if anchor.base == "frame" and anchor.episode == 0:
        return anchor.frame / scenario.workload.fps + anchor.offset_ms / 1000
    return None


def _overlap(scenario: Scenario, first: PlannedFault, second: PlannedFault) -> None:
    shared = set(fault_class(first.do, first.via).knobs) & set(fault_class(second.do, second.via).knobs)
    people = set(first.on) & set(second.on)
    if not shared or not people:
        return
    one, other = _span_s(scenario, first), _span_s(scenario, second)
    apart = one is not None and other is not None and (one[1] <= other[0] or other[1] <= one[0])
    if not apart:
        knob, person = min(shared), min(people)
        message = f'faults "{first.id}" and "{second.id}" both write {knob} of {person} at overlapping times; two rules on one page do not add up'
        raise ScenarioError(f"{scenario.path.name}: {message}: move one of them")


def _window(scenario: Scenario, fault: PlannedFault) -> None:
    span = _span_s(scenario, fault)
    needed = fault_class(fault.do, fault.via).minimum_window_s
    if span is not None and span[1] - span[0] < needed:
        length = f"in force for {span[1] - span[0]:g} s"
        raise ScenarioError(
            f'{scenario.path.name} fault "{fault.id}": {length}, but {fault.do} needs {needed:g} s for its own band'
        )


def _reaches(scenario: Scenario, fault: PlannedFault) -> None:
    """A rule on the page does not reach TURN over TCP (handbook B21), so it never shares a link with a fault via R; nor does the UDP relay."""
    if scenario.topology.p2p != "relay-tcp" or not fault.do.startswith("p2p.") or fault.via not in ("C", "U"):
        return
    fix = 'write via = "R"' if "R" in injectors_of(fault.do) else "take another kind"
    raise ScenarioError(
        f'{scenario.path.name} fault "{fault.id}": {fault.do} via {fault.via} does not reach links over p2p = "relay-tcp":'
        f" {fix}, or leave p2p out of [topology]"
    )


def _budgets(scenario: Scenario) -> None:
    work, budget = scenario.workload, scenario.budget
    play_s = work.episodes * ((work.frames or 0) / work.fps + COUNTDOWN_S)
    inner = budget.boot_s + play_s + (scenario.heal.settle_s if scenario.heal else 0.0)
    if inner >= budget.wall_s:
        parts = f"boot {budget.boot_s:g} + play {play_s:g} + settle"
        raise ScenarioError(
            f"{scenario.path.name} [budget]: wall is {budget.wall_s:g} s, but {parts} already take {inner:g} s: raise wall"
        )
