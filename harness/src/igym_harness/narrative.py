"""A run told in plain sentences: what was done to whom, and what followed."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from igym_chaos.faults import KINDS
from igym_harness.fault_words import IN_WORDS
from igym_harness.run_sheet import Lane, RunSheet

# Suffix of a name -> how the unit is written; the longer suffix first.
UNITS: Mapping[str, str] = MappingProxyType(
    {
        "raf_s": "animation frames/s",
        "timers_s": "timers/s",
        "frames_s": "frames/s",
        "keys_s": "keys/s",
        "changes_s": "changes/s",
        "bytes_s": "bytes/s",
        "percent": "%",
        "packets": "packets",
        "frames": "frames",
        "ms": "ms",
        "s": "s",
    }
)
VERDICTS: Mapping[str, str] = MappingProxyType(
    {
        "pass": "Everything that was promised held, and every fault was proven to have happened.",
        "fail": "A promise of the product was broken.",
        "unknown": "This run proves nothing: something that it needs was not shown to have happened.",
        "broken": "The harness could not do its work; nothing is said about the product.",
    }
)


def sentences(sheet: RunSheet) -> list[str]:
    """The story in order: who played, each fault with its effect, what followed, the verdict and its reasons."""
    return [_who(sheet), *(fault_sentence(row) for row in sheet.effects), *_followed(sheet), *_verdict(sheet)]


def fault_sentence(row: Mapping[str, Any]) -> str:
    """One fault: what, to whom, how strong it was asked and measured, and whether it was over afterwards."""
    on = listing(row.get("on") or ["the server"])
    do = str(row.get("do"))
    done = IN_WORDS.get(do, "{on} suffered " + do).format(on=on)
    parts = [f"{row.get('fault')} ({do} via {row.get('via')}): {done}."]
    if row.get("measured") is None:
        return f"{parts[0]} Its effect was never measured."
    inside = "inside" if row.get("in_band") else "OUTSIDE"
    asked, measured = values(row["asked"]), values(row["measured"])
    parts.append(
        f"Asked: {asked}. Measured: {measured} over {row.get('n')} samples, {inside} the band {band_text(row)}."
    )
    recovered = row.get("recovered")
    if recovered is None:
        parts.append("Nothing was measured after it was lifted.")
    elif recovered.get("in_band") and _removes(do):
        parts.append(f"There is no way back: {on} stayed away ({values(recovered['measured'])}).")
    elif recovered.get("in_band"):
        parts.append(f"When it was lifted, things were back to normal ({values(recovered['measured'])}).")
    else:
        parts.append(f"It was lifted, but things did NOT return to normal ({values(recovered['measured'])}).")
    if row.get("touched"):
        parts.append(f"It also touched {listing(row['touched'])}, which it must not.")
    return " ".join(parts)


def _removes(do: str) -> bool:
    return do in KINDS and KINDS[do].removes


def values(measured: Mapping[str, Any] | None) -> str:
    """{"rtt_ms": 203.4} -> "rtt 203 ms"; unknown units stay part of the name."""
    return ", ".join(_value(name, number) for name, number in (measured or {}).items()) or "nothing"


def band_text(row: Mapping[str, Any]) -> str | None:
    """The band of a line of the effect table; None if it has none."""
    return f"{row['band'][0]:.4g} to {row['band'][1]:.4g}" if row.get("band") else None


def listing(names: list[str]) -> str:
    """["a", "b", "c"] -> "a, b and c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}" if names else "nobody"


def _value(name: str, number: Any) -> str:
    shown = f"{number:.4g}" if isinstance(number, int | float) and not isinstance(number, bool) else str(number)
    unit = next((unit for unit in UNITS if name == unit or name.endswith(f"_{unit}")), None)
    if unit is None:
        return f"{name.replace('_', ' ')} {shown}"
    head = name.removesuffix(unit).rstrip("_").replace("_", " ")
    return f"{head} {shown} {UNITS[unit]}".strip()


def _who(sheet: RunSheet) -> str:
    sessions: dict[Any, list[str]] = {}
    for lane in sheet.lanes.values():
        sessions.setdefault(lane.facts.get("session"), []).append(f"{lane.name} (seat {lane.facts.get('seat')})")
    seated = "; ".join(listing(names) for names in sessions.values())
    broken = f" The harness was sabotaged on purpose: {sheet.facts['sabotage']}." if sheet.facts.get("sabotage") else ""
    broken += f" The product came from {sheet.facts['source']}." if sheet.facts.get("source") else ""
    return f"{seated} played {sheet.facts.get('env')} with seed {sheet.facts.get('seed')}.{broken}"


def _followed(sheet: RunSheet) -> list[str]:
    return [_fate(lane) for lane in sheet.lanes.values()]


def _fate(lane: Lane) -> str:
    counts = [
        _count(lane.facts.get("input_changes"), "changed its input {} times"),
        _count(lane.facts.get("rollbacks"), "rolled back {} times"),
        _count(lane.facts.get("corrected_rows"), "corrected {} rows it had guessed"),
        _count(lane.facts.get("stalls"), "waited {} times for the others"),
    ]
    known = listing([text for text in counts if text]) if any(counts) else "left no counters"
    outcome = lane.facts.get("outcome")
    end = f"its outcome is {outcome}" if outcome else "it reached no outcome"
    return f"{lane.name} {known}; {sum((lane.facts.get('rows') or {}).values())} rows of it are stored, {end}."


def _count(value: Any, text: str) -> str:
    return text.format(f"{value:g}") if isinstance(value, int | float) else ""


def _verdict(sheet: RunSheet) -> list[str]:
    outcome = str(sheet.facts.get("verdict"))
    reasons = [f"Because: {reason}." for reason in (sheet.facts.get("reasons") or [])[:3]]
    return [f"Verdict: {outcome}. {VERDICTS.get(outcome, '')}".strip(), *reasons]
