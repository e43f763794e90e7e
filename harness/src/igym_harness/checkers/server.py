"""SRV: the server never threw (chaos handbook 7)."""

from __future__ import annotations

import re

from igym_harness.evidence import Evidence, Finding, holds, no_data, violated

UNHANDLED = re.compile(
    r"Traceback \(most recent call last\)|Unhandled exception|was never retrieved|was never awaited|\bCRITICAL\b"
)
SERVER_ERROR = re.compile(r'" 5\d\d\b|"status":\s*5\d\d\b|\bstatus[=:]\s*5\d\d\b')
LINES_AROUND = 12


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


def _cause(lines: list[str]) -> str:
    """The exception that a traceback ends with: its first line without indentation."""
    head = lines[0].strip()
    if "Traceback" not in head:
        return head
    return next((line.strip() for line in lines[1:] if line.strip() and not line[0].isspace()), head)
