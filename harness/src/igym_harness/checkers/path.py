"""PATH: the links took the path that the scenario asks for, by the browsers' own statistics (WEBRTC-04)."""

from __future__ import annotations

from igym_harness.evidence import Evidence, Finding, holds, no_data, violated

RELAYED = {"relay-udp": "udp", "relay-tcp": "tcp"}
"""Topology -> how the browser speaks to the relay."""


def path_1(evidence: Evidence) -> Finding:
    """Every route that was reported is the right one, and every participant reported one for every other seat."""
    check = "PATH-1"
    transport = RELAYED.get(evidence.topology)
    expected = "direct" if transport is None else "relay"
    known = {}
    for event in evidence.server_events:
        if event.get("kind") != "link_report" or event.get("route") in (None, "unknown"):
            continue
        link = (event["participant_id"], event["peer_seat"])
        known[link] = event
        candidates = event.get("candidates") or {}
        if event["route"] != expected:
            message = f"a link of {link[0]} to seat {link[1]} is {event['route']}, not {expected}"
            return violated(check, message, candidates=candidates)
        if transport is not None and candidates.get("relay_protocol") != transport:
            message = (
                f"a link to seat {link[1]} reaches the relay over {candidates.get('relay_protocol')}, not {transport}"
            )
            return violated(check, message, candidates=candidates)
    wanted = evidence.seats * (evidence.seats - 1)
    if len(known) < wanted:
        return no_data(check, f"{len(known)} of {wanted} ends of links told their route")
    over = "" if transport is None else f" over {transport}"
    return holds(check, f"{len(known)} ends of links: {expected}{over}")
