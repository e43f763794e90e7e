"""A link that took another path than asked for fails; one that never told its path is no evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from igym_harness.checkers.path import path_1
from igym_harness.evidence import Evidence


def report(who: str, peer_seat: int, route: str, relay_protocol: str | None = None) -> dict[str, Any]:
    candidates = {"local": "host", "remote": "host", "protocol": "udp", "relay_protocol": relay_protocol}
    return {
        "kind": "link_report",
        "participant_id": who,
        "peer_seat": peer_seat,
        "route": route,
        "candidates": candidates,
    }


DIRECT = [report("p", 1, "unknown"), report("p", 1, "direct"), report("q", 0, "direct")]


@pytest.mark.parametrize(
    ("topology", "events", "outcome", "said"),
    [
        ("mesh", DIRECT, "holds", "2 ends of links: direct"),
        ("mesh", DIRECT[:2], "no-data", "1 of 2 ends"),
        ("mesh", [*DIRECT, report("q", 0, "relay", "udp")], "violated", "is relay, not direct"),
        ("relay-udp", DIRECT, "violated", "is direct, not relay"),
        ("relay-tcp", [report("p", 1, "relay", "tcp"), report("q", 0, "relay", "tcp")], "holds", "relay over tcp"),
        ("relay-tcp", [report("p", 1, "relay", "udp")], "violated", "over udp, not tcp"),
    ],
)
def test_the_path_is_the_one_that_was_asked_for(
    good: Evidence, topology: str, events: list[dict[str, Any]], outcome: str, said: str
) -> None:
    finding = path_1(replace(good, topology=topology, server_events=events))
    assert finding.outcome == outcome
    assert said in finding.message
