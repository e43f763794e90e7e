"""When something is due: anchors such as `play+2s`, `episode0.frame>=400`, `f1.end+500ms`, and durations such as `10s`."""

from __future__ import annotations

import re
from dataclasses import dataclass

MARKS = ("boot", "gate", "match", "validate", "countdown", "play", "server.up")
BEFORE_THE_GATE = frozenset({"boot", "match", "validate", "countdown", "server.up"})
"""Anchors of faults that are there before play; every other fault waits for the steady state."""

_UNITS_MS = {"ms": 1.0, "s": 1000.0}
_DURATION = re.compile(r"(?P<amount>\d+(?:\.\d+)?)(?P<unit>ms|s)")
_OFFSET = r"(?:\s*(?P<sign>[+-])\s*(?P<amount>\d+(?:\.\d+)?)(?P<unit>ms|s))?"
_ANCHOR = re.compile(
    rf"(?:(?P<mark>boot|gate|match|validate|countdown|play|server\.up)"
    rf"|(?:episode(?P<episode>\d+)\.)?frame>=(?P<frame>\d+)"
    rf"|episode(?P<ended>\d+)\.end"
    rf"|(?P<fault>[a-z0-9-]+)\.(?P<edge>start|end)){_OFFSET}"
)


class AnchorError(ValueError):
    """A text that is no anchor, or no duration."""


@dataclass(frozen=True)
class Anchor:
    """A base and an offset: `base` is a mark, `fID.start`, `fID.end`, `frame` or `episode-end`."""

    base: str
    offset_ms: float
    episode: int = 0
    frame: int = 0

    @property
    def needs_gate(self) -> bool:
        return self.base not in BEFORE_THE_GATE

    @property
    def fault(self) -> str | None:
        """Id of the fault that it hangs on."""
        name, _, edge = self.base.rpartition(".")
        return name if edge in ("start", "end") and name != "" else None


def parse(text: str) -> Anchor:
    """Raises AnchorError that names the text."""
    match = _ANCHOR.fullmatch(text.strip())
    if match is None:
        raise AnchorError(
            f"{text!r} is no anchor; examples: play+2s, frame>=300, episode1.frame>=10, episode0.end-1s, f1.end+500ms"
        )
    offset_ms = float(match["amount"] or 0) * _UNITS_MS[match["unit"] or "ms"] * (-1.0 if match["sign"] == "-" else 1.0)
    if match["mark"]:
        return Anchor(match["mark"], offset_ms)
    if match["frame"] is not None:
        return Anchor("frame", offset_ms, episode=int(match["episode"] or 0), frame=int(match["frame"]))
    if match["ended"] is not None:
        return Anchor("episode-end", offset_ms, episode=int(match["ended"]))
    return Anchor(f"{match['fault']}.{match['edge']}", offset_ms)


def duration_ms(text: str) -> float:
    """Milliseconds of "10s" or "500ms". Raises AnchorError that names the text."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise AnchorError(f"{text!r} is no duration; examples: 10s, 1.5s, 500ms")
    return float(match["amount"]) * _UNITS_MS[match["unit"]]
