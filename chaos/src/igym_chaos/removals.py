"""What a file must say of participants whose page a fault removes for good: they end `gone`, and nothing else is done to them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from igym_chaos.anchors import BEFORE_THE_GATE, parse
from igym_chaos.faults import fault_class
from igym_chaos.fields import ScenarioError

if TYPE_CHECKING:
    from igym_chaos.scenario import PlannedFault, Scenario

GONE = "gone"
"""The outcome of a participant whose page a fault removes for good."""
Span = Callable[["PlannedFault"], tuple[float, float] | None]
"""When a fault is in force, s of play; None where the file alone does not say."""


def removes(fault: PlannedFault) -> bool:
    return fault_class(fault.do, fault.via).removes


def removed(faults: tuple[PlannedFault, ...]) -> dict[str, PlannedFault]:
    """Participant -> the fault after which its page is gone."""
    return {name: fault for fault in faults if removes(fault) for name in fault.on}


def check(scenario: Scenario, span_s: Span) -> None:
    """Raises ScenarioError that names the fault and the participant, and what to change."""
    for fault in scenario.faults:
        if removes(fault):
            _check_removal(scenario, fault, span_s)
    gone = removed(scenario.faults)
    for name, outcome in scenario.expect.outcomes.items():
        if name in gone and outcome != GONE:
            raise ScenarioError(
                f'{scenario.path.name} [expect]: outcomes says {name} = "{outcome}", but {gone[name].do}'
                f' ("{gone[name].id}") removes {name} for good: write {name} = "{GONE}"'
            )
        if outcome == GONE and name not in gone:
            raise ScenarioError(
                f'{scenario.path.name} [expect]: outcomes says {name} = "{GONE}", but no fault removes {name}:'
                " aim tab.close, proc.crash or proc.kill at it, or write another outcome"
            )


def _check_removal(scenario: Scenario, fault: PlannedFault, span_s: Span) -> None:
    where = f'{scenario.path.name} fault "{fault.id}"'
    if fault.for_s is not None:
        raise ScenarioError(f"{where}: {fault.do} is done in an instant and never taken back: leave for out")
    if len(set(scenario.participants) - set(removed(scenario.faults))) == 0:
        raise ScenarioError(f"{where}: every participant is removed, and nobody is left to be judged: leave one alone")
    for base in BEFORE_THE_GATE:
        if isinstance(fault.at, str) and parse(fault.at).base == base:
            raise ScenarioError(
                f"{where}: at is {fault.at!r}; {fault.do} is for a game that was seen to run: hang it on play or a frame"
            )
    done_s = _start_s(fault, span_s)
    for other in scenario.faults:
        shared = sorted(set(other.on) & set(fault.on))
        if other is fault or not shared:
            continue
        span = span_s(other)
        if done_s is None or span is None or span[1] > done_s:
            raise ScenarioError(
                f'{where}: after it {shared[0]} is gone, but "{other.id}" ({other.do}) is aimed at {shared[0]} and may not be'
                " over by then: move or aim one of them elsewhere"
            )


def _start_s(fault: PlannedFault, span_s: Span) -> float | None:
    span = span_s(fault)
    return None if span is None else span[0]


def endless(start_s: float) -> tuple[float, float]:
    """The span of a removal: nothing ends it."""
    return start_s, math.inf
