"""report.html: self-contained, complete, harmless."""

from __future__ import annotations

import dataclasses
import html.parser
import json
import re
from pathlib import Path

import pytest

from igym_harness import report
from igym_harness.markup import NOTHING, Html, badge, cell, table
from igym_harness.run_sheet import RunSheet, load

VOID = {"meta", "br", "hr", "img", "input", "link"}


class Balanced(html.parser.HTMLParser):
    """Follows open elements; anything closed in the wrong order is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        pass

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.mark.parametrize("fixture", ["run_folder", "failed_folder"])
def test_the_report_is_one_well_formed_file_that_loads_nothing(fixture: str, request: pytest.FixtureRequest) -> None:
    path = report.write(request.getfixturevalue(fixture))
    text = path.read_text(encoding="utf-8")
    parser = Balanced()
    parser.feed(text)
    assert (parser.open, parser.wrong) == ([], [])
    assert "<script" not in text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text)


def test_the_report_holds_every_part(run_folder: Path) -> None:
    text = report.render(load(run_folder))
    for part in (
        "p2p-latency-100",
        "python -m igym_chaos --replay runs/x",
        "page 100 ms",
        "180 to 225",
        "<svg",
        "PAR-1",
        "participants/a/trace.zip",
    ):
        assert part in text, part
    assert "before" in text
    assert "203.0 ms" in text


def test_the_digests_of_a_seeded_layer_are_shown(run_folder: Path) -> None:
    assert "SHA-256" not in report.render(load(run_folder))
    line = {"phase": "decisions", "fault": "f1", "way": "a>b", "n": 2_000, "sha256": "c0ffee"}
    (run_folder / "ledger.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    text = report.render(load(run_folder))
    assert "<td" in text
    assert all(part in text for part in ("SHA-256", "a&gt;b", "c0ffee"))


def test_a_failed_run_shows_the_first_bad_event(failed_folder: Path) -> None:
    text = report.render(load(failed_folder))
    assert "First bad event" in text
    assert "&quot;column&quot;: &quot;rewards.1&quot;" in text
    assert "frame 57" in text


def test_a_run_that_never_played_still_has_a_report(tmp_path: Path) -> None:
    sheet = RunSheet(tmp_path, {"verdict": "broken", "scenario": "x", "reasons": ["phase boot: no browser"]})
    text = report.render(sheet)
    assert "no browser" in text
    assert "No fault was planned" in text


def test_text_from_a_run_cannot_become_markup(run_folder: Path) -> None:
    sheet = load(run_folder)
    evil = dataclasses.replace(sheet, facts={**sheet.facts, "scenario": "<script>alert(1)</script>", "doc": "<b>"})
    assert "<script>" not in report.render(evil)
    assert cell("<b>") == "&lt;b&gt;"
    assert cell(Html("<b>")) == "<b>"
    assert cell(None) == NOTHING


def test_an_outcome_is_a_word_in_its_colour() -> None:
    assert badge("violated") == '<span class="badge fail">violated</span>'
    assert "<th>x</th>" in table(["x"], [[1]])
