"""LIV: everybody arrives (chaos handbook 7; invariant I20)."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from igym_harness.evidence import Evidence, Finding, holds, no_data, violated

TERMINAL_PAGE = "finished"
LEAST_RATE = 0.9
"""Of the nominal frame rate, once every fault is healed and has settled."""
LEAST_MS = 2_000.0
STOPS_THE_GAME = frozenset({"tab.frozen", "tab.worker-stall", "proc.stop"})
CATCH_UP_MS = 1_000.0
BEHIND_FRAMES = 3
"""Two seats that play undisturbed are up to so many frames apart at one moment."""


def liv_1(evidence: Evidence) -> Finding:
    """After heal and settle everyone's game runs at its nominal rate; for scenarios that play on for some seconds then."""
    check = "LIV-1"
    if evidence.settled_ms is None or not evidence.fps:
        return no_data(check, "the settle time did not end, or the frame rate is not known")
    told = []
    for name in evidence.survivors:
        looks = [look for look in evidence.played.get(name, ()) if look[0] >= evidence.settled_ms]
        lasted_ms = looks[-1][0] - looks[0][0] if looks else 0.0
        if lasted_ms < LEAST_MS:
            return no_data(
                check,
                f"{name} was seen playing for {lasted_ms / 1000:.1f} s after the settle time, {LEAST_MS / 1000:.0f} s are needed",
            )
        frames = sum(max(0, after - before) for (_, before), (_, after) in itertools.pairwise(looks))
        rate = 1000.0 * frames / lasted_ms
        if rate < LEAST_RATE * evidence.fps:
            message = f"{name} ran {rate:.1f} frames a second after the settle time, nominal are {evidence.fps}"
            return violated(check, message, participant=name, rate=round(rate, 1))
        told.append(f"{name} {rate:.1f}")
    return (
        holds(check, f"frames a second after the settle time: {', '.join(told)}")
        if told
        else no_data(check, "nobody took part")
    )


def liv_2(evidence: Evidence) -> Finding:
    """Every participant reached the expected screen and outcome; nobody stays in a waiting room."""
    check = "LIV-2"
    if not evidence.participants:
        return no_data(check, "nobody took part")
    if unseen := [name for name in evidence.participants if not evidence.statuses.get(name, {}).get("page")]:
        return no_data(check, f"no last page state of {', '.join(unseen)}")
    for name in evidence.participants:
        page = evidence.statuses[name]["page"]
        if evidence.expects_gone(name):
            if not any(one.removes and name in one.on for one in evidence.faults):
                return no_data(check, f"{name} was to be gone, but what was to remove it never came")
            if name not in evidence.gone:
                return violated(
                    check, f"{name} was to be gone, but its page is on the screen {page!r}", participant=name, page=page
                )
            continue
        expected = evidence.expected_outcomes.get(name, "completed")
        if page != TERMINAL_PAGE and evidence.expects_completion(name):
            worker = evidence.worker(name)
            at = f" at frame {worker['frame']} of episode {worker.get('episode')}" if "frame" in worker else ""
            return violated(
                check, f"{name} ended on the screen {page!r}{at}, not {TERMINAL_PAGE!r}", participant=name, page=page
            )
        if page == "waiting":
            return violated(check, f"{name} was left in the waiting room", participant=name, page=page)
        outcome = evidence.outcomes.get(name)
        if outcome is None:
            return no_data(check, f"the server recorded no outcome of {name}")
        if outcome != expected:
            return violated(
                check, f"{name}: outcome {outcome!r}, expected {expected!r}", participant=name, outcome=outcome
            )
    planned = f", {len(evidence.gone)} of them gone as planned" if evidence.gone else ""
    return holds(check, f"{len(evidence.participants)} participants reached their end{planned}")


def liv_3(evidence: Evidence) -> Finding:
    """Whoever's game stood still is where the others are within 1 s of the heal, as seen at the first look that shows it."""
    check = "LIV-3"
    stopped = [
        (fault, name)
        for fault in evidence.faults
        if fault.do in STOPS_THE_GAME and fault.healed_ms is not None
        for name in fault.on
    ]
    if not stopped:
        return no_data(check, f"no fault that stops a game was healed: {', '.join(sorted(STOPS_THE_GAME))}")
    told = []
    for fault, name in stopped:
        assert fault.healed_ms is not None
        back_ms = _caught_up_ms(evidence, name, fault.healed_ms)
        if back_ms is None:
            return no_data(
                check, f"{name} and the others were never seen playing at one time after {fault.id} was healed"
            )
        took_ms = back_ms - fault.healed_ms
        if took_ms > CATCH_UP_MS:
            message = f"{name} was where the others are {took_ms:.0f} ms after {fault.id} was healed, limit {CATCH_UP_MS:.0f} ms"
            return violated(check, message, participant=name, took_ms=round(took_ms))
        told.append(f"{name} after {took_ms:.0f} ms")
    return holds(check, f"caught up: {', '.join(told)}")


def _caught_up_ms(evidence: Evidence, name: str, healed_ms: float) -> float | None:
    """The first look after the heal at which nobody is far ahead; the last comparable look if there is none, None without one."""
    others = [looks for other, looks in evidence.played.items() if other != name]
    compared: float | None = None
    for t_ms, frame in evidence.played.get(name, ()):
        if t_ms < healed_ms:
            continue
        ahead = [there - frame for looks in others if (there := _frame_at(looks, t_ms)) is not None]
        if len(ahead) < max(1, len(others)):
            continue
        compared = t_ms
        if max(ahead) <= BEHIND_FRAMES:
            return t_ms
    return compared


def _frame_at(looks: Sequence[tuple[float, int]], t_ms: float) -> float | None:
    """Between two looks in proportion; None outside of them, and across the end of an episode."""
    for (before_ms, before), (after_ms, after) in itertools.pairwise(looks):
        if before_ms <= t_ms <= after_ms:
            return (
                None
                if after < before
                else before + (after - before) * (t_ms - before_ms) / max(1.0, after_ms - before_ms)
            )
    return None
