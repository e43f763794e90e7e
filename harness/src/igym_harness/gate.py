"""The steady state that must hold before the first fault (chaos.md 6.1). Pure.

Frames advance everywhere, round trips are small, inputs travel from page to page.
"""

from __future__ import annotations

import statistics
from collections.abc import Mapping
from typing import Any

from igym_chaos.samples import Telemetry, Window

GATE_MS = 2_000.0
MIN_RATE = 0.5
"""Share of the nominal frame rate."""
MAX_RTT_MS = 50.0
MIN_PINGS = 5


def gate_problem(
    telemetry: Telemetry,
    statuses: Mapping[str, Mapping[str, Any]],
    window: Window,
    *,
    fps: int,
    disturbed: frozenset[str] = frozenset(),
) -> str | None:
    """Why the state is not steady over this window; None when it is.

    `disturbed`: participants that a fault of before the gate is aimed at; links of theirs may be slow.
    """
    alone = len(telemetry.participants()) < 2
    for name in telemetry.participants():
        problem = _frames_problem(telemetry.frames(name, window), window, fps)
        if problem is None and not alone:
            problem = _inputs_problem(statuses.get(name, {}))
        if problem is None and not alone and not disturbed:
            problem = _rtt_problem(telemetry.link_rtts(name, window))
        if problem is not None:
            return f"{name}: {problem}"
    return None


def standing(telemetry: Telemetry, window: Window, *, fps: int) -> bool:
    """Whether the game of any participant did not advance over this window."""
    return any(_frames_problem(telemetry.frames(name, window), window, fps) for name in telemetry.participants())


def _frames_problem(frames: list[tuple[float, int]], window: Window, fps: int) -> str | None:
    if len(frames) < 2 or frames[-1][0] - frames[0][0] < 0.7 * (window.end_ms - window.start_ms):
        return f"{len(frames)} looks at a running game in the window"
    rate = 1000.0 * (frames[-1][1] - frames[0][1]) / (frames[-1][0] - frames[0][0])
    return None if rate >= MIN_RATE * fps else f"{rate:.1f} frames per second instead of {fps}"


def _inputs_problem(status: Mapping[str, Any]) -> str | None:
    links = (status.get("worker") or {}).get("links") or []
    if not links:
        return "no peer link"
    quiet = [link["seat"] for link in links if not link.get("open") or not link.get("receivedInputs")]
    return f"no inputs over the peer link to seat {quiet[0]}" if quiet else None


def _rtt_problem(rtts: list[float]) -> str | None:
    if len(rtts) < MIN_PINGS:
        return f"{len(rtts)} round trips over its peer links"
    p50 = statistics.median(rtts)
    return None if p50 <= MAX_RTT_MS else f"round trip p50 {p50:.0f} ms before any fault"
