"""Shows one judged run inside the running pytest test through allure-pytest (chaos handbook 8): a viewer, no judge."""

# mypy: allow-untyped-calls
# allure-pytest has no annotations on its dynamic half.

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import allure

from igym_harness import report
from igym_harness.errors import FaultNotInEffect, InvariantViolated
from igym_harness.markup import Html, badge, cell, page, story
from igym_harness.narrative import band_text, fault_sentence, sentences, values
from igym_harness.run_sheet import RunSheet

BASELINE = "no fault"
FAULTS_PHASE = "faults"
CHECK_PHASE = "check"
LOG_LINES_AROUND = 40
LOG_LINES_WITHOUT_PLACE = 200

# First match wins. An exception's text begins with its class, so the words are looked for inside it.
CATEGORIES: tuple[dict[str, Any], ...] = (
    {
        "name": "Product: parity",
        "messageRegex": r"InvariantViolated: .*\b(PAR|SEQ|DAT)-\d",
        "matchedStatuses": ["failed"],
    },
    {
        "name": "Product: liveness",
        "messageRegex": r"InvariantViolated: .*\b(LIV|SRV|CLI)-\d",
        "matchedStatuses": ["failed"],
    },
    {"name": "Fault not in effect", "messageRegex": r"\bunknown: ", "matchedStatuses": ["broken"]},
    {"name": "Surroundings", "messageRegex": r"\bbroken: .*(is missing|too busy)", "matchedStatuses": ["broken"]},
    {"name": "Harness", "messageRegex": r"\bbroken: ", "matchedStatuses": ["broken"]},
)


def publish(sheet: RunSheet, *, stability_run: int = 1) -> None:
    """Labels, parameters, steps and attachments of one run; one seed per result. Without Allure nothing happens."""
    _describe(sheet)
    _parameters(sheet, stability_run=stability_run)
    _steps(sheet)
    _attachments(sheet)


def write_surroundings(results: Path, environment: Mapping[str, Any]) -> None:
    """environment.properties and the categories, beside the results.

    Allure 3 takes categories from its configuration: `allure awesome RESULTS --config RESULTS/allurerc.json`;
    categories.json is the same for older viewers. `environment` is env.json of a run.
    """
    results.mkdir(parents=True, exist_ok=True)
    versions = {str(name): str(value) for name, value in (environment.get("versions") or {}).items()}
    told = {
        "browser": environment.get("browser"),
        "cores": environment.get("cores"),
        "system": environment.get("system"),
        **versions,
    }
    lines = [f"{name}={_one_line(value)}" for name, value in told.items() if value is not None]
    (results / "environment.properties").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (results / "categories.json").write_text(json.dumps(CATEGORIES, indent=2), encoding="utf-8")
    configuration = {"name": "Interactive Gym", "categories": CATEGORIES}
    (results / "allurerc.json").write_text(json.dumps(configuration, indent=2), encoding="utf-8")


def summary_page(sheet: RunSheet) -> str:
    """What was done to whom and what followed, for a reader in a hurry."""
    outcome = str(sheet.facts.get("verdict"))
    body = [
        f"<header><h1>{cell(sheet.facts.get('scenario'))}</h1>{badge(outcome)}</header>",
        f"<p>{cell(sheet.facts.get('doc') or '')}</p>",
        story(sentences(sheet)),
        "<h2>Faults</h2>",
        report.effect_table(sheet),
        f"<h2>Run it again</h2><code class='replay'>{cell(sheet.facts.get('replay') or '')}</code>",
        _how_to_see_traces(sheet),
    ]
    return page(f"{sheet.facts.get('scenario')}: what happened", body)


def log_excerpt(sheet: RunSheet) -> str:
    """The server's log around the line that a checker named, else its end."""
    path = sheet.folder / "server" / "stdout.log"
    if not path.is_file():
        return "no server log was kept"
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    number = (sheet.facts.get("first_bad") or {}).get("line")
    first = (
        max(0, number - 1 - LOG_LINES_AROUND)
        if isinstance(number, int)
        else max(0, len(lines) - LOG_LINES_WITHOUT_PLACE)
    )
    last = number + LOG_LINES_AROUND if isinstance(number, int) else len(lines)
    return (
        "\n".join(f"{at + 1:6} {lines[at]}" for at in range(first, min(last, len(lines)))) or "the server wrote nothing"
    )


def _describe(sheet: RunSheet) -> None:
    facts = sheet.facts
    allure.dynamic.epic(str(facts.get("suite")))
    for kind in sorted({row["do"] for row in sheet.effects}) or [BASELINE]:
        allure.dynamic.feature(kind)
    allure.dynamic.story(str(facts.get("scenario")))
    allure.dynamic.label("layer", str(facts.get("tier")))
    allure.dynamic.label("verdict", str(facts.get("verdict")))
    allure.dynamic.label("class", str(facts.get("class")))
    for injector in sorted({row["via"] for row in sheet.effects}) or ["none"]:
        allure.dynamic.label("injector", injector)
    if facts.get("covers"):
        allure.dynamic.tag(*facts["covers"])
    allure.dynamic.description("\n\n".join([str(facts.get("doc") or ""), *sentences(sheet)]))


def _parameters(sheet: RunSheet, *, stability_run: int) -> None:
    """Identity is who and where; seed and commit would tear the history apart."""
    facts = sheet.facts
    allure.dynamic.parameter("environment", facts.get("env"))
    allure.dynamic.parameter("participants", len(sheet.lanes))
    allure.dynamic.parameter("engine", facts.get("engine"))
    allure.dynamic.parameter("topology", facts.get("topology"))
    allure.dynamic.parameter("stability_run", stability_run)
    allure.dynamic.parameter("seed", facts.get("seed"), excluded=True)
    allure.dynamic.parameter("commit", facts.get("commit"), excluded=True)


def _steps(sheet: RunSheet) -> None:
    """One step per phase; faults and checks are steps inside theirs, also if such a phase was never reached."""
    names = [phase["name"] for phase in sheet.phases]
    missing = [name for name, inside in ((FAULTS_PHASE, sheet.effects), (CHECK_PHASE, sheet.checks)) if inside]
    titles = [(phase["name"], _phase_title(phase)) for phase in sheet.phases]
    for name, title in [*titles, *((name, name) for name in missing if name not in names)]:
        with allure.step(title):
            if name == FAULTS_PHASE:
                for row in sheet.effects:
                    _fault_step(row)
            elif name == CHECK_PHASE:
                for finding in sheet.checks:
                    _check_step(finding)


def _phase_title(phase: Mapping[str, Any]) -> str:
    if phase["end_ms"] is None:
        return f"{phase['name']} (did not end)"
    return f"{phase['name']} ({(phase['end_ms'] - phase['start_ms']) / 1000:.1f} s)"


def _fault_step(row: Mapping[str, Any]) -> None:
    """A step whose parameters are the effect row; its own status says whether the effect was proven."""

    def effect(**_parameters: Any) -> None:
        allure.attach(page(str(row["fault"]), [story([fault_sentence(row)])]), "in words", allure.attachment_type.HTML)
        if row.get("in_band") is not True:
            raise FaultNotInEffect(f"{row['fault']} {row['do']}: measured {values(row.get('measured'))}")

    parameters = {
        "on": ", ".join(row.get("on") or ()),
        "asked": values(row.get("asked")),
        "measured": values(row.get("measured")),
        "band": band_text(row) or "none",
        "n": row.get("n"),
        "in_band": row.get("in_band"),
        "after_heal": values((row.get("recovered") or {}).get("measured")),
        "oracle": row.get("oracle"),
    }
    with contextlib.suppress(FaultNotInEffect):  # the verdict judges the test; here only the step is marked
        allure.step(f"{row['fault']}: {row['do']} on {', '.join(row.get('on') or ['server'])}")(effect)(**parameters)


def _check_step(finding: Mapping[str, Any]) -> None:
    with (
        contextlib.suppress(FaultNotInEffect, InvariantViolated),
        allure.step(f"{finding['check']} {finding['outcome']}: {finding['message']}"),
    ):
        if finding["outcome"] == "violated" and not str(finding["check"]).startswith(("EFF", "HAR")):
            raise InvariantViolated(finding["message"])
        if finding["outcome"] != "holds":
            raise FaultNotInEffect(str(finding["message"]))


def _attachments(sheet: RunSheet) -> None:
    kinds = allure.attachment_type
    allure.attach(summary_page(sheet), "what was done to whom and what followed", kinds.HTML)
    allure.attach(report.render(sheet), "report.html", kinds.HTML)
    allure.attach(page("effects", [report.effect_table(sheet)]), "effects: asked, measured, band, n", kinds.HTML)
    for name in ("verdict.json", "checks.json", "schedule.lock.json", "env.json"):
        _file(sheet.folder / name, name, kinds.JSON)
    _file(sheet.folder / "ledger.jsonl", "ledger.jsonl", kinds.TEXT)
    for name in sheet.lanes:
        _file(sheet.folder / "participants" / name / "trace.zip", f"trace of {name}", kinds.ZIP)
    allure.attach(log_excerpt(sheet), "server log excerpt", kinds.TEXT)


def _file(path: Path, name: str, kind: allure.attachment_type) -> None:
    if path.is_file():
        allure.attach.file(str(path), name, kind)


def _how_to_see_traces(sheet: RunSheet) -> Html:
    traces = [
        f"participants/{name}/trace.zip"
        for name in sheet.lanes
        if (sheet.folder / "participants" / name / "trace.zip").is_file()
    ]
    if not traces:
        return Html('<p class="soft">The traces of a passing run are dropped; their digests stand in its folder.</p>')
    lines = "\n".join(f"python -m playwright show-trace {trace}" for trace in traces)
    return Html(f"<h2>Traces</h2><code class='replay'>{cell(lines)}</code>")


def _one_line(value: Any) -> str:
    return str(value).replace("\n", " ")
