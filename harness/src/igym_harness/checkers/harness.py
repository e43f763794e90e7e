"""HAR: the harness itself was clean, unhurried and complete (chaos handbook 7). It never blames the product."""

from __future__ import annotations

import math
from fnmatch import fnmatch

from igym_harness.evidence import Evidence, Finding, holds, no_data, violated
from igym_harness.run_folder import LIMIT_BYTES

LOOP_LAG_LIMIT_MS = 50.0
CLOCK_DRIFT_LIMIT_MS = 5.0
# What a folder holds before it is judged; verdict.json, checks.json and report.html are made from the judgement.
ARTEFACTS = ("schedule.lock.json", "env.json", "ledger.jsonl", "history.jsonl", "server/*.log")


def har_1(evidence: Evidence) -> Finding:
    """No process, port, proxy, rule, profile or temporary folder is left."""
    if evidence.leftovers is None:
        return no_data("HAR-1", "nobody looked for what was left behind")
    if evidence.leftovers:
        return violated("HAR-1", f"left behind: {'; '.join(evidence.leftovers)}", leftovers=list(evidence.leftovers))
    return holds("HAR-1", "nothing left behind")


def har_2(evidence: Evidence) -> Finding:
    """The harness's own event loop was not starved while timings were judged."""
    lag_ms = evidence.loop_lag_p99_ms
    if math.isnan(lag_ms):
        return no_data("HAR-2", "the lag of the control loop was not measured")
    if lag_ms >= LOOP_LAG_LIMIT_MS:
        message = f"control loop lag p99 {lag_ms:.1f} ms, limit {LOOP_LAG_LIMIT_MS:.0f} ms: too busy to judge timings"
        return violated("HAR-2", message, lag_ms=lag_ms)
    return holds("HAR-2", f"control loop lag p99 {lag_ms:.1f} ms")


def har_3(evidence: Evidence) -> Finding:
    """Clocks of pages and harness kept their offset."""
    drifts = evidence.clock_drift_ms
    if missing := [name for name in evidence.participants if math.isnan(drifts.get(name, math.nan))]:
        return no_data("HAR-3", f"the clock of {', '.join(missing)} was not measured twice")
    if not drifts:
        return no_data("HAR-3", "no clock was measured")
    worst = max(drifts, key=lambda name: abs(drifts[name]))
    if abs(drifts[worst]) >= CLOCK_DRIFT_LIMIT_MS:
        message = f"the clock of {worst} drifted {drifts[worst]:.1f} ms, limit {CLOCK_DRIFT_LIMIT_MS:.0f} ms"
        return violated("HAR-3", message, participant=worst, drift_ms=drifts[worst])
    return holds("HAR-3", f"largest clock drift {abs(drifts[worst]):.1f} ms ({worst})")


def har_4(evidence: Evidence) -> Finding:
    """The run folder is complete and under its cap."""
    if not evidence.artefacts:
        return no_data("HAR-4", "the run folder was not listed")
    if missing := [pattern for pattern in ARTEFACTS if not any(fnmatch(name, pattern) for name in evidence.artefacts)]:
        return violated("HAR-4", f"missing in the run folder: {', '.join(missing)}", missing=missing)
    size = sum(evidence.artefacts.values())
    if size > LIMIT_BYTES:
        largest = max(evidence.artefacts, key=lambda name: evidence.artefacts[name])
        message = f"the run folder has {size / 1e6:.1f} MB, cap {LIMIT_BYTES / 1e6:.0f} MB; largest: {largest}"
        return violated("HAR-4", message, bytes=size, largest=largest)
    return holds("HAR-4", f"{len(evidence.artefacts)} files, {size / 1e6:.1f} MB")
