"""CERT: the server's own re-simulation of every episode gave every row again (requirements CERT-01)."""

from __future__ import annotations

from igym_harness.evidence import Evidence, Finding, holds, no_data, violated


def cert_1(evidence: Evidence) -> Finding:
    """Each episode with data has a certificate, and it says true; null is no verdict. That of a cut episode speaks of what there is."""
    check = "CERT-1"
    if not evidence.certificates:
        return no_data(check, "no episode was exported")
    verdicts = {name: one.get("certified") for name, one in sorted(evidence.certificates.items())}
    for name, verdict in verdicts.items():
        if verdict is False:
            reason = evidence.certificates[name].get("reason", "no reason")
            return violated(check, f"{name} is not certified: {reason}", **evidence.certificates[name])
    for name, verdict in verdicts.items():
        if verdict is not True:
            one = evidence.certificates[name]
            why = f"{one.get('reason')}: {one.get('detail')}" if one else "there is no certificate.json"
            return no_data(check, f"{name}: {why}")
    cut = f"/ep{evidence.cut_episode}"
    if boast := [n for n in verdicts if n.endswith(cut) and evidence.certificates[n].get("covers") != "prefix"]:
        covers = evidence.certificates[boast[0]].get("covers")
        return violated(check, f"{boast[0]} was cut, but its certificate covers {covers!r}, not the prefix")
    speeds = [one.get("speed", {}).get("timesRealTime", 0.0) for one in evidence.certificates.values()]
    return holds(check, f"{len(verdicts)} episodes certified, at {min(speeds):.0f} times real time or faster")
