"""What the UDP relay decided, packet by packet, and the routes of pages, frame by frame.

Of the relay also one digest per fault and direction, by which two runs are compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from igym_chaos.frame_route import FrameRoute
from igym_chaos.impairment import Fate, digest
from igym_chaos.relay import Passed

PHASE = "decisions"
"""Of the ledger lines."""
DIGESTED = 2_000
"""Decisions of a direction that its digest is of: the first, by packet index."""


def packet_lines(passed: Iterable[Passed]) -> list[dict[str, Any]]:
    """A line for each decision: times in ms of the harness clock, sizes in bytes; `index` counts the fault's packets of a direction."""
    return [
        {
            "t_ms": round(packet.t_ms, 2),
            "way": f"{packet.sender}>{packet.receiver}",
            "bytes": packet.size,
            "fault": key,
            "index": fate.index,
            "dropped": fate.dropped,
            "delay_ms": round(fate.delay_ms, 3),
            "copies": fate.copies,
            "corrupted": fate.corrupted,
        }
        for packet in passed
        for key, fate in packet.fates
    ]


def digest_lines(passed: Iterable[Passed]) -> list[dict[str, Any]]:
    """A ledger line for each fault and direction. `n`: decisions in the digest, fewer than DIGESTED when fewer packets came by."""
    fates: dict[tuple[str, str], list[Fate]] = {}
    for packet in passed:
        for key, fate in packet.fates:
            fates.setdefault((key, f"{packet.sender}>{packet.receiver}"), []).append(fate)
    return [
        {
            "phase": PHASE,
            "fault": key,
            "way": way,
            "n": min(len(decided), DIGESTED),
            "sha256": digest(decided[:DIGESTED]),
        }
        for (key, way), decided in sorted(fates.items())
    ]


def frame_lines(route: FrameRoute) -> list[dict[str, Any]]:
    """A line for each frame of a page's way to the server: times in ms of the harness clock, `size` in characters or bytes.

    `index` counts the frames of a way; that of a fate the frames that the fault names. The last line says how many were not noted.
    """
    lines = [
        {
            "t_ms": round(frame.t_ms, 2),
            "way": frame.way,
            "index": frame.index,
            "event": frame.named.event if frame.named else None,
            "kind": frame.named.kind if frame.named else None,
            "size": frame.size,
            "left_ms": [round(t_ms, 2) for t_ms in frame.left_ms],
            "fates": {key: {"index": fate.index, "action": fate.action} for key, fate in frame.fates.items()},
        }
        for frame in route.frames
    ]
    return [*lines, {"not_noted": route.over}] if route.over else lines
