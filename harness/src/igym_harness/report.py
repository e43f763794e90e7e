"""report.html of one run folder, self-contained: replay line, verdict, story, effects, lanes, distributions, checks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

from igym_harness import distributions, swimlanes
from igym_harness.distributions import Spread
from igym_harness.markup import Html, badge, cell, page, story, table
from igym_harness.narrative import band_text, sentences, values
from igym_harness.run_sheet import RunSheet, load

ORDER = ("violated", "no-data", "holds")


def write(folder: Path) -> Path:
    """Makes (again) the report of a judged run folder; returns its path. Raises RunFolderError."""
    path = folder / "report.html"
    path.write_text(render(load(folder)), encoding="utf-8")
    return path


def write_early(folder: Path, scenario: str, violation: str) -> None:
    """A page for whoever looks while the run still goes on; `write` takes its place."""
    told = story([f"First violation: {violation}.", "The run goes on to its end, then everything is judged."])
    body = [f"<h1>{cell(scenario)} {badge('fail', 'running')}</h1>", told, f"<p>{cell(folder)}</p>"]
    (folder / "report.html").write_text(page(f"{scenario} · running", body), encoding="utf-8")


def render(sheet: RunSheet) -> str:
    facts = sheet.facts
    sections = [
        _head(facts),
        _section("What was done to whom, and what followed", story(sentences(sheet))),
        _section("Faults", Html(effect_table(sheet) + _decisions(sheet))),
        _section("The run", swimlanes.draw(sheet)),
        _section("Before, during, after", _distributions(sheet)),
        _section("Checks", _checks(sheet)),
        _first_bad(facts),
        _section("Files", _files(sheet)),
    ]
    return page(f"{facts.get('scenario')} · {facts.get('verdict')}", sections)


def effect_table(sheet: RunSheet) -> Html:
    """Per fault: asked, measured, band, n, and what the oracle saw after the heal."""
    if not sheet.effects:
        return Html('<p class="soft">No fault was planned: this run is a baseline.</p>')
    head = ["fault", "on", "asked", "measured", "band", "n", "in band", "after the heal", "oracle"]
    return table(head, [_effect_cells(row) for row in sheet.effects], wide=(2, 3, 7, 8))


def _effect_cells(row: dict[str, Any]) -> list[Any]:
    recovered = row.get("recovered")
    after = (
        None
        if not recovered
        else Html(
            f"{cell(values(recovered.get('measured')))} {_yes(recovered.get('in_band'), 'baseline', 'not baseline')}"
        )
    )
    return [
        f"{row.get('fault')} {row.get('do')} ({row.get('via')})",
        ", ".join(row.get("on") or ()) or "server",
        values(row["asked"]) if row.get("asked") else None,
        values(row["measured"]) if row.get("measured") else None,
        band_text(row),
        row.get("n"),
        _yes(row.get("in_band"), "yes", "no"),
        after,
        " · ".join(str(row[key]) for key in ("oracle", "note") if row.get(key)),
    ]


def _decisions(sheet: RunSheet) -> Html:
    """By what two runs of one seed are compared."""
    if not sheet.decisions:
        return Html("")
    body = [[line["fault"], line["way"], line["n"], line["sha256"]] for line in sheet.decisions]
    note = Html(
        '<p class="soft">Decisions drawn from the seed by packet index; the same digest in two runs is the same fate of each packet.</p>'
    )
    return Html(table(["fault", "direction", "first decisions", "SHA-256"], body, wide=(3,)) + note)


def _yes(value: Any, yes: str, no: str) -> Html:
    return badge("pass", yes) if value is True else badge("unknown", no if value is False else "not measured")


def _head(facts: dict[str, Any]) -> str:
    outcome = str(facts.get("verdict"))
    keys = ("env", "seed", "class", "tier", "topology", "browser", "commit")
    known = " · ".join(f"{key} {facts[key]}" for key in keys if facts.get(key) not in (None, ""))
    return (
        f"<header><h1>{cell(facts.get('scenario'))}</h1>{badge(outcome)}</header>"
        f"<p>{cell(facts.get('doc') or '')}</p><p class='soft'>{cell(known)}</p>"
        f"<code class='replay'>{cell(facts.get('replay') or '')}</code>"
    )


def _distributions(sheet: RunSheet) -> Html:
    head = ["participant", "", "round trip", "n", "frames/s", "n", "rollback depth", "n", "frames unconfirmed", "n"]
    body = [
        [
            row.participant,
            row.part,
            *_spread(row.rtt_ms, " ms"),
            *_spread(row.frames_per_s),
            *_spread(row.depth),
            *_spread(row.unconfirmed),
        ]
        for row in distributions.rows(sheet)
    ]
    note = Html(
        '<p class="soft">p50 / p95 / largest. Frames are unconfirmed while an input of another seat is guessed.</p>'
    )
    return Html(table(head, body) + note) if body else Html('<p class="soft">Nothing was sampled.</p>')


def _spread(spread: Spread | None, unit: str = "") -> list[Any]:
    if spread is None:
        return [None, None]
    return [f"{spread.p50:.1f} / {spread.p95:.1f} / {spread.largest:.1f}{unit}", spread.n]


def _checks(sheet: RunSheet) -> Html:
    ordered = sorted(sheet.checks, key=lambda finding: ORDER.index(finding["outcome"]))
    body = [[finding["check"], badge(finding["outcome"]), finding["message"]] for finding in ordered]
    return (
        table(["check", "outcome", "what it saw"], body, wide=(2,))
        if body
        else Html('<p class="soft">No checker ran.</p>')
    )


def _first_bad(facts: dict[str, Any]) -> str:
    if not facts.get("first_bad"):
        return ""
    return _section(
        "First bad event", Html(f"<pre>{cell(json.dumps(facts['first_bad'], indent=2, ensure_ascii=False))}</pre>")
    )


def _files(sheet: RunSheet) -> Html:
    """Links beside the report; a trace opens with Playwright's viewer."""
    names = [
        str(path.relative_to(sheet.folder))
        for path in sorted(sheet.folder.rglob("*"))
        if path.is_file() and path.name != "report.html"
    ]
    links = ", ".join(f'<a href="{quote(name)}">{cell(name)}</a>' for name in names)
    return Html(
        f'<details><summary>{len(names)} files of this run</summary><p style="max-width:none">{links}</p></details>'
    )


def _section(title: str, body: str) -> str:
    return f"<section><h2>{cell(title)}</h2>{body}</section>"
