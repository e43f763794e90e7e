"""CLI: no page complained (chaos handbook 7; invariant I22)."""

from __future__ import annotations

from typing import Any

from igym_chaos.subjects import SERVER
from igym_harness.evidence import Evidence, Finding, holds, no_data, violated
from igym_harness.watcher import CRASH, CUTS_THE_SERVER_PATH, NETWORK_COMPLAINT

BAD_TYPES = {"error", "pageerror", "page-error", "unhandledrejection", "crash", "assert"}


def cli_1(evidence: Evidence) -> Finding:
    """No page error, no unhandled rejection, no crash that was not planned, no unexpected console error."""
    check = "CLI-1"
    if unheard := [name for name in evidence.participants if name not in evidence.console]:
        return no_data(check, f"nobody listened to the console of {', '.join(unheard)}")
    if not evidence.participants:
        return no_data(check, "nobody took part")
    for name in evidence.participants:
        cut = any(
            fault.do.startswith(CUTS_THE_SERVER_PATH) and {name, SERVER} & {*fault.on} for fault in evidence.faults
        )
        for entry in evidence.console[name]:
            if entry.get("type") == CRASH and evidence.was_removed(name, entry.get("t_ms")):
                continue
            if entry.get("type") in BAD_TYPES and not (cut and _is_network_complaint(entry)):
                message = f"{name}: {entry['type']}: {_first_line(entry.get('text'))}"
                return violated(
                    check,
                    message,
                    participant=name,
                    **{key: entry[key] for key in ("text", "location") if key in entry},
                )
        for error in evidence.statuses.get(name, {}).get("errors") or ():
            text = error.get("text") if isinstance(error, dict) else error
            return violated(
                check, f"{name}: the page recorded an error: {_first_line(text)}", participant=name, text=text
            )
    return holds(check, f"{len(evidence.participants)} consoles without an error")


def _is_network_complaint(entry: dict[str, Any]) -> bool:
    return entry.get("type") == "error" and bool(NETWORK_COMPLAINT.search(str(entry.get("text", ""))))


def _first_line(text: Any) -> str:
    return str(text).strip().split("\n", 1)[0]
