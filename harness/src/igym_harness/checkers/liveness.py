"""LIV: everybody arrives (chaos handbook 7; invariant I20)."""

from __future__ import annotations

from igym_harness.evidence import Evidence, Finding, holds, no_data, violated

TERMINAL_PAGE = "finished"


def liv_2(evidence: Evidence) -> Finding:
    """Every participant reached the expected screen and outcome; nobody stays in a waiting room."""
    check = "LIV-2"
    if not evidence.participants:
        return no_data(check, "nobody took part")
    if unseen := [name for name in evidence.participants if not evidence.statuses.get(name, {}).get("page")]:
        return no_data(check, f"no last page state of {', '.join(unseen)}")
    for name in evidence.participants:
        page = evidence.statuses[name]["page"]
        expected = evidence.expected_outcomes.get(name, "completed")
        if page != TERMINAL_PAGE and evidence.expects_completion(name):
            worker = evidence.worker(name)
            at = f" at frame {worker['frame']} of episode {worker.get('episode')}" if "frame" in worker else ""
            return violated(
                check, f"{name} ended on the screen {page!r}{at}, not {TERMINAL_PAGE!r}", participant=name, page=page
            )
        if page == "waiting":
            return violated(check, f"{name} was left in the waiting room", participant=name, page=page)
        outcome = evidence.outcomes.get(name)
        if outcome is None:
            return no_data(check, f"the server recorded no outcome of {name}")
        if outcome != expected:
            return violated(
                check, f"{name}: outcome {outcome!r}, expected {expected!r}", participant=name, outcome=outcome
            )
    return holds(check, f"{len(evidence.participants)} participants reached their end")
