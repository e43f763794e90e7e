"""Scenario and seed become a lock: every draw resolved, anchors kept as anchors; replay takes the lock (chaos handbook 5)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from igym_chaos import draws
from igym_chaos.anchors import Anchor, parse
from igym_chaos.errors import ChaosError
from igym_chaos.faults import fault_class
from igym_chaos.scenario import Inputs, PlannedFault, Scenario, Workload

FORMAT = 1


@dataclass(frozen=True)
class LockedFault:
    """One fault as it will be done. `for_ms` None: until heal.by."""

    id: str
    do: str
    via: str
    on: tuple[str, ...]
    at: str
    for_ms: float | None
    parameters: Mapping[str, float | str]


@dataclass(frozen=True)
class Lock:
    """What was really planned."""

    format: int
    scenario: str
    scenario_digest: str
    seed: int
    faults: tuple[LockedFault, ...]
    workload: Workload

    def to_json(self) -> str:
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Lock:
        """Raises ChaosError for a lock of another format, or none at all."""
        try:
            values = json.loads(text)
            if values["format"] != FORMAT:
                raise ChaosError(f"schedule.lock.json has format {values['format']}, this program reads {FORMAT}")
            faults = tuple(LockedFault(**{**one, "on": tuple(one["on"])}) for one in values.pop("faults"))
            work = values.pop("workload")
            workload = Workload(**{**work, "inputs": Inputs(**work["inputs"])})
            return cls(faults=faults, workload=workload, **values)
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ChaosError(f"schedule.lock.json cannot be read: {error}") from error


def plan(scenario: Scenario, *, seed: int, env: str | None = None) -> Lock:
    """Resolves every draw of a scenario; `env` replaces the workload's experiment."""
    workload = scenario.workload if env is None else replace(scenario.workload, experiment=env)
    faults = tuple(_lock(scenario, fault, seed) for fault in scenario.faults)
    return Lock(FORMAT, scenario.name, scenario.digest, seed, faults, workload)


def _lock(scenario: Scenario, fault: PlannedFault, seed: int) -> LockedFault:
    def stream(aspect: str) -> int:
        return draws.stream(seed, scenario.name, fault.id, ",".join(fault.on), "", aspect)

    parameters: dict[str, float | str] = {name: _value(value, stream(name)) for name, value in fault.parameters.items()}
    if "seed" in fault_class(fault.do, fault.via).parameters():
        parameters.setdefault("seed", stream("seed"))
    return LockedFault(
        id=fault.id,
        do=fault.do,
        via=fault.via,
        on=fault.on,
        at=_when(fault.at, stream("at")),
        for_ms=None if fault.for_s is None else 1000 * fault.for_s,
        parameters=parameters,
    )


def _value(value: Any, start: int) -> float | str:
    if not isinstance(value, Mapping):
        return _number_or_text(value)
    (form, spread), x = next(iter(value.items())), draws.share(start, 0)
    if form == "choice":
        return _number_or_text(spread[int(x * len(spread))])
    low, high = float(spread[0]), float(spread[1])
    if form == "uniform":
        return round(low + (high - low) * x, 3)
    return round(math.exp(math.log(low) + (math.log(high) - math.log(low)) * x), 3)


def _number_or_text(value: Any) -> float | str:
    return value if isinstance(value, str) else float(value)


def _when(at: Any, start: int) -> str:
    if isinstance(at, str):
        return at
    (form, texts), x = next(iter(at.items())), draws.share(start, 0)
    if form == "choice":
        return str(texts[int(x * len(texts))])
    early, late = parse(texts[0]), parse(texts[1])
    frame = round(early.frame + (late.frame - early.frame) * x)
    return _text(replace(early, frame=frame), early.offset_ms + (late.offset_ms - early.offset_ms) * x)


def _text(anchor: Anchor, offset_ms: float) -> str:
    """An anchor with another offset, as text."""
    base = {
        "frame": f"episode{anchor.episode}.frame>={anchor.frame}",
        "episode-end": f"episode{anchor.episode}.end",
    }.get(anchor.base, anchor.base)
    return f"{base}{'+' if offset_ms >= 0 else '-'}{abs(offset_ms):.0f}ms"
