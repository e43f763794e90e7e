"""A scenario as plain data, on its way to becoming a file: read from a run's lock, cut smaller, drawn fresh, or given more seats."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import tomli_w

from igym_chaos.fields import ScenarioError
from igym_chaos.removals import GONE
from igym_chaos.scenario import Scenario, load
from igym_chaos.schedule import Lock

Draft = dict[str, Any]
"""The tables of a scenario file (chaos handbook 5)."""
NAMES = "abcdefgh"


def of_lock(scenario: Scenario, lock: Lock) -> Draft:
    """The scenario with everything resolved as its lock says: no draw is left."""
    draft = tomllib.loads(scenario.source.decode())
    draft["seed"] = lock.seed
    draft["workload"]["experiment"] = lock.workload.experiment
    if lock.faults:
        draft["fault"] = [
            {
                "id": one.id,
                "do": one.do,
                "via": one.via,
                "on": list(one.on),
                "at": one.at,
                **({} if one.for_ms is None else {"for": duration(one.for_ms)}),
                **({"with": {name: _tidy(value) for name, value in one.parameters.items()}} if one.parameters else {}),
            }
            for one in lock.faults
        ]
    return draft


def text(draft: Draft) -> str:
    """TOML."""
    return tomli_w.dumps(draft)


def checked(draft: Draft) -> Scenario:
    """The scenario that the draft says, as if read from a file. Raises ScenarioError."""
    with tempfile.TemporaryDirectory(prefix="igym-draft-") as folder:
        path = Path(folder) / "scenario.toml"
        path.write_text(text(draft), encoding="utf-8")
        return load(path)


def with_participants(draft: Draft, count: int) -> Draft:
    """The same scenario with so many seats, or sessions; new participants get no fault, and end as the others who are not removed.

    Raises ScenarioError if a fault needs who would go, or if they do not fill sessions.
    """
    changed = deepcopy(draft)
    people = list(changed["participants"])
    if _has_several_sessions(draft) and count % _seats(draft):
        raise ScenarioError(f"{draft['name']}: {count} participants do not fill sessions of {_seats(draft)} seats")
    if count < len(people):
        for name in people[count:]:
            changed = without_participant(changed, name)
        return changed
    for name in (name for name in NAMES if name not in people):
        if len(changed["participants"]) == count:
            break
        changed["participants"][name] = {}
        outcomes = changed.setdefault("expect", {}).setdefault("outcomes", {})
        outcomes[name] = next((outcome for outcome in outcomes.values() if outcome != GONE), "completed")
    if not _has_several_sessions(draft):
        changed["workload"]["seats"] = count
    return changed


def without_participant(draft: Draft, name: str) -> Draft:
    """Raises ScenarioError if a fault would have nobody left."""
    changed = deepcopy(draft)
    del changed["participants"][name]
    if not _has_several_sessions(draft):
        changed["workload"]["seats"] = len(changed["participants"])
    expect = changed.get("expect", {})
    expect.get("outcomes", {}).pop(name, None)
    if "sometimes" in expect:
        expect["sometimes"] = [line for line in expect["sometimes"] if f"({name})" not in line]
    for fault in changed.get("fault", ()):
        on = _listed(fault.get("on", []))
        if name in on and len(on) == 1:
            raise ScenarioError(f'{draft["name"]}: fault "{fault["id"]}" is aimed at {name}, who cannot be left out')
        if name in on:
            fault["on"] = [one for one in on if one != name]
    return changed


def _has_several_sessions(draft: Draft) -> bool:
    return len(draft["participants"]) > _seats(draft)


def _seats(draft: Draft) -> int:
    return int(draft["workload"].get("seats", 2))


def duration(ms: float) -> str:
    """ "1500ms" or "2s"."""
    return f"{ms / 1000:g}s" if ms % 1000 == 0 else f"{ms:g}ms"


def _tidy(value: float | str) -> float | int | str:
    """Texts as they are."""
    return value if isinstance(value, str) else tidy(value)


def tidy(value: float) -> float | int:
    """Whole numbers without their point."""
    return int(value) if float(value).is_integer() else float(value)


def _listed(on: str | Sequence[str]) -> list[str]:
    return [on] if isinstance(on, str) else list(on)
