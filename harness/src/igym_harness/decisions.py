"""What the UDP relay decided, packet by packet, and one digest per fault and direction by which two runs are compared."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

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
