"""What must happen at least once for a run to mean anything: "rollbacks(a) >= 1" (chaos handbook 5, `sometimes`)."""

from __future__ import annotations

import itertools
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from igym_harness.evidence import Evidence, normal_seal

FORM = re.compile(r"\s*([a-z_]+)\s*\(\s*([A-Za-z0-9_-]+)\s*\)\s*(>=|<=|==|!=|>|<)\s*(-?\d+(?:\.\d+)?)\s*")
OPERATORS: Mapping[str, Callable[[float, float], bool]] = MappingProxyType(
    {">=": operator.ge, "<=": operator.le, "==": operator.eq, "!=": operator.ne, ">": operator.gt, "<": operator.lt}
)
GROUPS = ("any", "all")


class ExpectationError(ValueError):
    """The text is no expectation, or names a metric or participant that does not exist."""


@dataclass(frozen=True)
class Expectation:
    """METRIC(participant | any | all) OP number."""

    text: str
    metric: str
    who: str
    op: str
    number: float


@dataclass(frozen=True)
class Answer:
    """`holds` is None if the metric was recorded for nobody concerned. `values`: what each participant had."""

    expectation: Expectation
    holds: bool | None
    values: dict[str, float]


def parse(text: str) -> Expectation:
    """Raises ExpectationError that names the nearest metric."""
    match = FORM.fullmatch(text)
    if not match:
        raise ExpectationError(f"{text!r} is no expectation; write it like 'rollbacks(a) >= 1'")
    metric, who, op, number = match.groups()
    if metric not in METRICS:
        near = get_close_matches(metric, METRICS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else f"; known: {', '.join(sorted(METRICS))}"
        raise ExpectationError(f"{text!r}: unknown metric {metric!r}{hint}")
    return Expectation(text.strip(), metric, who, op, float(number))


def evaluate(expectation: Expectation, evidence: Evidence) -> Answer:
    """Measures the metric at everyone concerned; `all` needs a value of each. Raises ExpectationError for strangers."""
    if expectation.who not in (*GROUPS, *evidence.participants):
        known = ", ".join((*evidence.participants, *GROUPS))
        raise ExpectationError(f"{expectation.text!r}: no participant {expectation.who!r}; known: {known}")
    names = evidence.participants if expectation.who in GROUPS else (expectation.who,)
    measured = {name: METRICS[expectation.metric](evidence, name) for name in names}
    values = {name: value for name, value in measured.items() if value is not None}
    compare = OPERATORS[expectation.op]
    verdicts = [compare(value, expectation.number) for value in values.values()]
    if expectation.who == "any":
        answer = True if any(verdicts) else None if len(values) < len(names) else False
    else:
        answer = False if False in verdicts else None if len(values) < len(names) or not names else True
    return Answer(expectation, answer, values)


def _counted(status_key: str, *, event: str | None = None) -> Callable[[Evidence, str], float | None]:
    """The largest of the worker's last count, the sealed episodes' sum and the number of events: counts may restart."""

    def metric(evidence: Evidence, name: str) -> float | None:
        counted = _number(evidence.worker(name).get(status_key))
        sealed = _sum_of_seals(evidence, name, status_key)
        seen = _events(evidence, name, event) if event else None
        return _largest(counted, sealed, None if seen is None else float(len(seen)))

    return metric


def _depth(evidence: Evidence, name: str) -> float | None:
    """Deepest rollback, in frames."""
    events = _events(evidence, name, "rollback")
    deepest = max((_number(event.get("depth")) or 0.0 for event in events), default=0.0) if events is not None else None
    return _largest(_number(evidence.worker(name).get("maxDepth")), deepest)


def _page_counter(key: str) -> Callable[[Evidence, str], float | None]:
    return lambda evidence, name: _number(evidence.statuses.get(name, {}).get(key))


def input_changes(evidence: Evidence, name: str) -> float | None:
    """How often the seat's recorded action differs from the frame before, over all episodes; None without data."""
    seat = evidence.seat_of.get(name)
    actions = [table.columns.get(f"actions.{seat}") for (_, owner), table in evidence.tables.items() if owner == name]
    known = [column for column in actions if column is not None]
    if not known:
        return _number(evidence.worker(name).get("inputChanges"))
    return float(sum(now != before for column in known for before, now in itertools.pairwise(column)))


def _ice_restarts(evidence: Evidence, name: str) -> float | None:
    """Restarts that this seat offered; the higher seat of a link offers none."""
    events = _events(evidence, name, "link")
    return None if events is None else float(sum(event.get("state") == "restarting" for event in events))


def _sum_of_seals(evidence: Evidence, name: str, status_key: str) -> float | None:
    """The counter summed over the episodes' sealed statistics."""
    stats = [normal_seal(seal).get("stats") for (_, owner), seal in evidence.seals.items() if owner == name]
    values = [_number(entry.get(status_key)) for entry in stats if isinstance(entry, dict)]
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _events(evidence: Evidence, name: str, kind: str) -> list[dict[str, Any]] | None:
    events = evidence.page_events.get(name)
    return None if events is None else [event for event in events if event.get("kind") == kind]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _largest(*values: float | None) -> float | None:
    return max((value for value in values if value is not None), default=None)


METRICS: Mapping[str, Callable[[Evidence, str], float | None]] = MappingProxyType(
    {
        "rollbacks": _counted("rollbacks", event="rollback"),
        "depth": _depth,
        "stalls": _counted("stalls", event="stall"),
        "stall_ms": _counted("stallMs"),
        "resimulated": _counted("resimulated"),
        "corrected_rows": _counted("correctedRows"),
        "input_changes": input_changes,
        "ice_restarts": _ice_restarts,
        "socket_reconnects": _page_counter("socketReconnects"),
    }
)
