"""SRV: the server never threw, kept what it acknowledged, and put nobody in two places (chaos handbook 7)."""

from __future__ import annotations

import re

from igym_harness.evidence import Evidence, Finding, holds, no_data, violated

UNHANDLED = re.compile(
    r"Traceback \(most recent call last\)|Unhandled exception|was never retrieved|was never awaited|\bCRITICAL\b"
)
SERVER_ERROR = re.compile(r'" 5\d\d\b|"status":\s*5\d\d\b|\bstatus[=:]\s*5\d\d\b')
LINES_AROUND = 12


CRASHES = ("server.kill", "server.restart")


def srv_2(evidence: Evidence) -> Finding:
    """Every chunk of rows that a page was told is stored is in the database, after each end of the server's process."""
    check = "SRV-2"
    told = [
        (
            float(event["t_ms"]),
            name,
            (event["sessionId"], event["episode"], event["seat"], event["seq"], event["sha256"]),
        )
        for name, events in evidence.page_events.items()
        for event in events
        if event.get("kind") == "chunk-stored"
    ]
    crashes = [one for one in evidence.faults if one.do in CRASHES and one.acknowledged_ms is not None]
    if len(evidence.stores) <= len(crashes):
        return no_data(check, f"the database was read {len(evidence.stores)} times, with {len(crashes)} crashes")
    if first := next((one for one in crashes if not any(t_ms < (one.requested_ms or 0.0) for t_ms, *_ in told)), None):
        return no_data(check, f"nothing had been acknowledged before {first.id}")
    if not told:
        return no_data(check, "no page was told that anything is stored")
    for number, store in enumerate(evidence.stores):
        lost = sorted((t_ms, name, key) for t_ms, name, key in told if t_ms <= store.t_ms and key not in store.chunks)
        if lost:
            _, name, (_, episode, seat, seq, _) = lost[0]
            when = f"after crash {number + 1}" if number < len(crashes) else "at the end"
            message = f"{name}: {len(lost)} acknowledged chunks are not in the database {when}; the first is {seq} of episode {episode}"
            return violated(check, message, participant=name, episode=episode, seat=seat, seq=seq)
    return holds(check, f"{len(told)} acknowledged chunks are in the database, read {len(evidence.stores)} times")


def srv_3(evidence: Evidence) -> Finding:
    """No unhandled exception; no 5xx answer while no fault was aimed at the server itself."""
    check = "SRV-3"
    if not evidence.server_log and not evidence.server_events:
        return no_data(check, "no server log and no server event was recorded")
    server_fault = any(fault.do.startswith("server.") for fault in evidence.faults)
    for number, line in enumerate(evidence.server_log):
        if UNHANDLED.search(line):
            excerpt = "\n".join(evidence.server_log[number : number + LINES_AROUND])
            return violated(
                check,
                f"server log line {number + 1}: {_cause(evidence.server_log[number:])}",
                line=number + 1,
                excerpt=excerpt,
            )
        if SERVER_ERROR.search(line) and not server_fault:
            return violated(check, f"server log line {number + 1}: {line.strip()}", line=number + 1)
    return holds(
        check,
        f"{len(evidence.server_log)} log lines and {len(evidence.server_events)} events without an unhandled exception",
    )


def srv_4(evidence: Evidence) -> Finding:
    """Nobody is in two seats or two sessions at a time, by the server's own log of events."""
    check = "SRV-4"
    place: dict[str, str] = {}
    sessions = 0
    for event in evidence.server_events:
        if event.get("kind") == "session_ended":
            place = {one: session for one, session in place.items() if session != event["session_id"]}
        if event.get("kind") != "session_created":
            continue
        sessions += 1
        session, members = str(event["session_id"]), list(event["members"])
        if twice := next((one for one in members if members.count(one) > 1), None):
            message = f"participant {twice} has two seats of session {session}"
            return violated(check, message, participant=twice, session=session)
        if twice := next((one for one in members if one in place), None):
            message = f"participant {twice} was put into session {session} while still in {place[twice]}"
            return violated(check, message, participant=twice, session=session)
        place |= dict.fromkeys(members, session)
    return holds(check, f"{sessions} sessions, nobody in two") if sessions else no_data(check, "no session was created")


def srv_6(evidence: Evidence) -> Finding:
    """Sessions are made of those who have waited longest for their scene, by the server's own log of events."""
    check = "SRV-6"
    waiting: dict[str, list[str]] = {}
    sessions = 0
    for event in evidence.server_events:
        if event.get("kind") == "lobby_joined":
            waiting.setdefault(str(event["scene_id"]), []).append(str(event["participant_id"]))
        if event.get("kind") != "session_created":
            continue
        sessions += 1
        members, queue = list(event["members"]), waiting.get(str(event["scene_id"]), [])
        first = queue[: len(members)]
        if set(members) != set(first):
            message = f"session {event['session_id']} took {', '.join(members)}; {', '.join(first)} had waited longer"
            return violated(check, message, session=event["session_id"])
        del queue[: len(members)]
    return holds(check, f"{sessions} sessions, first come, first served") if sessions else no_data(check, "no session")


def _cause(lines: list[str]) -> str:
    """The exception that a traceback ends with: its first line without indentation."""
    head = lines[0].strip()
    if "Traceback" not in head:
        return head
    return next((line.strip() for line in lines[1:] if line.strip() and not line[0].isspace()), head)
