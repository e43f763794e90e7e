"""Swim lanes of a run as SVG: one lane per participant and one for the server, all on one time axis.

phases  ▏boot ▏gate ▏faults      ▏heal ▏drain
a       ▏ ▒▒▒▒▒▒▒ fault  ─ rtt   / frames     ╵╵ rollbacks
        ▏   ▬▬▬ link, socket or page away
server  ▏ ╵ ╵  events
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from types import MappingProxyType
from typing import Any

from igym_harness.absences import WHATS, What, absences
from igym_harness.markup import Html
from igym_harness.run_sheet import Lane, RunSheet, Sample

WIDTH, LEFT, RIGHT = 1040.0, 92.0, 16.0
HEAD, LANE, SERVER, FOOT = 26.0, 106.0, 34.0, 28.0
PAD, TICK_MAX = 8.0, 22.0
AXIS_STEPS_S = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600)
AXIS_LABELS = 12
LINE = 13.0
STRIP = 4.0
"""Height of the bar of a link, socket or page that is away; three fit below a lane's picture."""
DEEPEST = 12
"""Frames of rollback that fill a tick."""

LEGEND = (
    ("var(--fault)", "fault in force (darker: seen by its oracle)"),
    ("var(--frame)", "frame of the episode"),
    ("var(--rtt)", "round trip to the slowest peer"),
    ("var(--ink)", "rollback, taller is deeper"),
    ("var(--unknown)", "waited for the others"),
    ("var(--fail)", "first bad frame"),
    ("var(--broken)", "peer link away"),
    ("var(--soft)", "socket to the server away"),
    ("var(--pass)", "page hidden or without focus"),
)
COLOURS: Mapping[What, str] = MappingProxyType(
    {"link": "var(--broken)", "socket": "var(--soft)", "page": "var(--pass)"}
)


@dataclass(frozen=True)
class Axis:
    """Harness time to pixels."""

    start_ms: float
    end_ms: float

    def x(self, t_ms: float) -> float:
        share = (t_ms - self.start_ms) / (self.end_ms - self.start_ms)
        return LEFT + min(1.0, max(0.0, share)) * (WIDTH - LEFT - RIGHT)


def draw(sheet: RunSheet) -> Html:
    """The picture and its legend."""
    axis = Axis(*sheet.span_ms())
    height = HEAD + LANE * len(sheet.lanes) + SERVER + FOOT
    scale_ms = (
        max(
            (sample.rtt_ms for lane in sheet.lanes.values() for sample in lane.samples if sample.rtt_ms is not None),
            default=1.0,
        )
        or 1.0
    )
    parts = [*_phases(sheet, axis, height), *_time_marks(axis, height)]
    for number, lane in enumerate(sheet.lanes.values()):
        parts += _lane(sheet, lane, axis, top=HEAD + LANE * number, rtt_scale_ms=scale_ms)
    parts += _server(sheet, axis, top=HEAD + LANE * len(sheet.lanes))
    seconds = (axis.end_ms - axis.start_ms) / 1000
    title = f"{sheet.facts.get('scenario')}: {len(sheet.lanes)} participants over {seconds:.0f} s"
    picture = f'<svg viewBox="0 0 {WIDTH:g} {height:g}" role="img" aria-label="{escape(title)}">{"".join(parts)}</svg>'
    legend = "".join(f'<span><i style="background:{colour}"></i>{escape(text)}</span>' for colour, text in LEGEND)
    return Html(f'{picture}<div class="legend">{legend}</div>')


def _phases(sheet: RunSheet, axis: Axis, height: float) -> list[str]:
    parts = []
    for number, phase in enumerate(sheet.phases):
        end_ms = phase["end_ms"] if phase["end_ms"] is not None else axis.end_ms
        left, right = axis.x(phase["start_ms"]), axis.x(end_ms)
        if number % 2:
            parts.append(_rect(left, HEAD - 4, right - left, height - HEAD - FOOT + 4, "var(--mark)", opacity=0.45))
        if right - left > 7.0 * len(phase["name"]):
            parts.append(_text(left + 3, 14, phase["name"]))
    return parts


def _time_marks(axis: Axis, height: float) -> list[str]:
    seconds = (axis.end_ms - axis.start_ms) / 1000.0
    step = next((step for step in AXIS_STEPS_S if seconds / step <= AXIS_LABELS), AXIS_STEPS_S[-1])
    parts = []
    for second in range(0, int(seconds) + 1, step):
        x = axis.x(axis.start_ms + 1000.0 * second)
        parts += [
            _line(x, HEAD, x, height - FOOT, "var(--line)", width=0.6),
            _text(x, height - 10, f"{second} s", anchor="middle"),
        ]
    return parts


def _lane(sheet: RunSheet, lane: Lane, axis: Axis, *, top: float, rtt_scale_ms: float) -> list[str]:
    bottom = top + LANE - PAD - STRIP * len(WHATS)
    parts = [
        _rect(LEFT, top + PAD / 2, WIDTH - LEFT - RIGHT, LANE - PAD, "var(--lane)", opacity=0.6),
        _text(4, top + 34, lane.name, css="name"),
        _text(4, top + 50, f"seat {lane.facts.get('seat')}"),
    ]
    parts += _faults(sheet, lane.name, axis, top=top + PAD / 2, height=LANE - PAD)
    parts += _frames(lane.samples, axis, top=top + PAD, bottom=bottom - TICK_MAX)
    rtts = [(axis.x(sample.t_ms), sample.rtt_ms) for sample in lane.samples if sample.rtt_ms is not None]
    span = bottom - top - PAD - TICK_MAX
    parts += _polyline([(x, bottom - TICK_MAX - span * rtt / rtt_scale_ms) for x, rtt in rtts], "var(--rtt)", width=1.4)
    if rtts:
        peak = max(rtt for _, rtt in rtts)
        parts.append(_text(4, top + 66, f"rtt ≤ {peak:.0f} ms"))
    parts += _ticks(lane, axis, bottom=bottom)
    parts += _away(lane, axis, top=bottom)
    return parts + _first_bad(sheet, lane, axis, top=top + PAD / 2, bottom=bottom)


def _faults(sheet: RunSheet, name: str, axis: Axis, *, top: float, height: float) -> list[str]:
    parts = []
    rows = [row for row in sheet.effects if name in (row.get("on") or ()) and row.get("requested_ms") is not None]
    for number, row in enumerate(rows):
        end_ms = row["healed_ms"] if row.get("healed_ms") is not None else axis.end_ms
        left, right = axis.x(row["requested_ms"]), axis.x(end_ms)
        parts.append(_rect(left, top, right - left, height, "var(--fault)", opacity=0.16))
        if row.get("first_effect_ms") is not None:
            seen = axis.x(row["first_effect_ms"])
            parts.append(_rect(seen, top, right - seen, height, "var(--fault)", opacity=0.14))
        parts += [_line(x, top, x, top + height, "var(--fault)", width=1.2) for x in (left, right)]
        down = LINE * (number % max(1, int(height / LINE)))  # faults of one time do not write over each other
        parts.append(_text(left + 5, top + LINE + down, f"{row.get('fault')} {row.get('do')}", colour="var(--fault)"))
    return parts


def _frames(samples: Sequence[Sample], axis: Axis, *, top: float, bottom: float) -> list[str]:
    """One rising line per episode."""
    highest = max((sample.frame for sample in samples), default=0) or 1
    parts = []
    for episode in sorted({sample.episode for sample in samples}):
        points = [
            (axis.x(one.t_ms), bottom - (bottom - top) * one.frame / highest)
            for one in samples
            if one.episode == episode and one.frame > 0
        ]
        parts += _polyline(points, "var(--frame)", width=1.8)
    return parts


def _ticks(lane: Lane, axis: Axis, *, bottom: float) -> list[str]:
    stalls = [axis.x(event["t_ms"]) for event in lane.kind("stall")]
    rollbacks = [(axis.x(event["t_ms"]), TICK_MAX * _share(event.get("depth"))) for event in lane.kind("rollback")]
    return [
        *(_line(x, bottom - TICK_MAX, x, bottom, "var(--unknown)", width=2.2) for x in stalls),
        *(_line(x, bottom - tall, x, bottom, "var(--ink)", width=1.0) for x, tall in rollbacks),
    ]


def _away(lane: Lane, axis: Axis, *, top: float) -> list[str]:
    """One bar for each absence, in the row of what was away; its word is shown when the pointer is on it."""
    parts = []
    for one in absences(lane, axis.end_ms):
        left, right = axis.x(one.start_ms), axis.x(one.end_ms)
        bar = _rect(
            left, top + STRIP * WHATS.index(one.what), max(1.5, right - left), STRIP - 1, COLOURS[one.what], opacity=0.9
        )
        seconds = (one.end_ms - one.start_ms) / 1000.0
        parts.append(f"<g><title>{escape(f'{one.what} {one.state}, {seconds:.2f} s')}</title>{bar}</g>")
    return parts


def _share(depth: Any) -> float:
    """Of a full tick; an unknown depth is half of one."""
    return min(1.0, max(0.15, depth / DEEPEST)) if isinstance(depth, int | float) else 0.5


def _first_bad(sheet: RunSheet, lane: Lane, axis: Axis, *, top: float, bottom: float) -> list[str]:
    """Where this participant was when the first bad frame was played."""
    bad: dict[str, Any] = sheet.facts.get("first_bad") or {}
    frame, episode = bad.get("frame"), bad.get("episode") or 0
    if not isinstance(frame, int):
        return []
    # A page that is about to simulate frame n says n, also while it waits for the first one.
    reached = next((one for one in lane.samples if one.episode == episode and one.frame > frame), None)
    if reached is None:
        return []
    x = axis.x(reached.t_ms)
    return [
        _line(x, top, x, bottom, "var(--fail)", width=2.0),
        _text(x + 4, bottom - TICK_MAX - 2, f"frame {frame}", colour="var(--fail)"),
    ]


def _server(sheet: RunSheet, axis: Axis, *, top: float) -> list[str]:
    parts = [
        _rect(LEFT, top, WIDTH - LEFT - RIGHT, SERVER - PAD, "var(--lane)", opacity=0.6),
        _text(4, top + 18, "server", css="name"),
        *_faults(sheet, "server", axis, top=top, height=SERVER - PAD),
    ]
    times = {round(axis.x(event["t_ms"]), 1) for event in sheet.server_events if event.get("t_ms") is not None}
    return parts + [_line(x, top + 6, x, top + SERVER - PAD - 6, "var(--soft)", width=1.0) for x in sorted(times)]


def _polyline(points: Sequence[tuple[float, float]], colour: str, *, width: float) -> list[str]:
    if len(points) < 2:
        return []
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round"/>'
    ]


def _rect(x: float, y: float, width: float, height: float, colour: str, *, opacity: float) -> str:
    size = f'width="{max(0.0, width):.1f}" height="{height:.1f}" rx="3"'
    return f'<rect x="{x:.1f}" y="{y:.1f}" {size} fill="{colour}" fill-opacity="{opacity:g}"/>'


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, width: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" stroke-width="{width:g}"/>'


def _text(x: float, y: float, text: str, *, anchor: str = "start", css: str = "", colour: str = "") -> str:
    style = f' style="fill:{colour}"' if colour else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{css}"{style}>{escape(text)}</text>'
