"""Makes a failing scenario smaller while it keeps failing: fewer faults, fewer people, shorter, weaker, rounder.

draft ─▶ smaller(draft) ─▶ fails? ─ yes ─▶ begin again from the smaller one
                                  └ no ──▶ the next candidate            no candidate fails: it is as small as it gets
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field

from igym_chaos.anchors import duration_ms, parse
from igym_chaos.draft import Draft, checked, duration, text, tidy, without_participant
from igym_chaos.errors import ChaosError

ROUND_MS = 1000.0
FEWEST_PEOPLE = 2


@dataclass(frozen=True)
class Candidate:
    """A draft that is smaller in one way."""

    step: str
    draft: Draft


@dataclass
class Shrunk:
    """The smallest that still failed, and what was tried: (step, whether it still failed)."""

    draft: Draft
    tried: list[tuple[str, bool]] = field(default_factory=list)
    out_of_time: bool = False


async def shrink(draft: Draft, fails: Callable[[Draft], Awaitable[bool]], *, time_left: Callable[[], bool]) -> Shrunk:
    """`fails` plays a candidate; `time_left` is asked before each."""
    found = Shrunk(draft)
    seen = {text(draft)}
    while (candidate := _next(found.draft, seen)) is not None:
        if not time_left():
            found.out_of_time = True
            break
        seen.add(text(candidate.draft))
        still = await fails(candidate.draft)
        found.tried.append((candidate.step, still))
        if still:
            found.draft = candidate.draft
    return found


def _next(draft: Draft, seen: set[str]) -> Candidate | None:
    return next((one for one in smaller(draft) if text(one.draft) not in seen), None)


def smaller(draft: Draft) -> Iterator[Candidate]:
    """Every draft that is one step smaller and can be run, the boldest steps first."""
    for candidate in _cuts(draft):
        try:
            checked(candidate.draft)
        except ChaosError:
            continue
        yield candidate


def _cuts(draft: Draft) -> Iterator[Candidate]:
    faults = draft.get("fault", [])
    if len(faults) > 2:
        half = len(faults) // 2
        yield _with_faults(draft, "only the second half of the faults", faults[half:])
        yield _with_faults(draft, "only the first half of the faults", faults[:half])
    for at, fault in enumerate(faults):
        yield _with_faults(draft, f"without {fault['id']} ({fault['do']})", faults[:at] + faults[at + 1 :])
    if len(draft["participants"]) > FEWEST_PEOPLE:
        for name in reversed(list(draft["participants"])):
            try:
                yield Candidate(f"without participant {name}", without_participant(draft, name))
            except ChaosError:
                continue
    for at in range(len(faults)):
        yield from _weaker(draft, at)


def _with_faults(draft: Draft, step: str, faults: list[Draft]) -> Candidate:
    changed = deepcopy(draft)
    changed["fault"] = deepcopy(faults)
    if not faults:
        del changed["fault"]
    return Candidate(step, changed)


def _weaker(draft: Draft, at: int) -> Iterator[Candidate]:
    """One fault shorter, weaker in one parameter, or at a rounder time."""
    fault = draft["fault"][at]
    if "for" in fault:
        ms = duration_ms(fault["for"])
        yield _changed(draft, at, f"{fault['id']} half as long", {"for": duration(round(ms / 2))})
        if ms % ROUND_MS:
            whole = max(ROUND_MS, round(ms / ROUND_MS) * ROUND_MS)
            yield _changed(draft, at, f"{fault['id']} for whole seconds", {"for": duration(whole)})
    for name, value in fault.get("with", {}).items():
        if name != "seed" and not isinstance(value, str):
            half = {**fault["with"], name: tidy(round(value / 2, 3))}
            yield _changed(draft, at, f"{fault['id']} with half of {name}", {"with": half})
    anchor = parse(fault["at"])
    if anchor.base in ("play", "boot", "countdown") and anchor.offset_ms % ROUND_MS:
        whole = round(anchor.offset_ms / ROUND_MS) * ROUND_MS
        yield _changed(draft, at, f"{fault['id']} at a whole second", {"at": f"{anchor.base}+{duration(whole)}"})


def _changed(draft: Draft, at: int, step: str, values: Draft) -> Candidate:
    changed = deepcopy(draft)
    changed["fault"][at].update(values)
    return Candidate(step, changed)
