"""A run folder is read back as one sheet."""

from __future__ import annotations

from pathlib import Path

import pytest

from igym_harness.run_sheet import EVENTS_KEPT, RunFolderError, load


def test_the_sheet_is_the_verdict_with_a_lane_for_each_participant(run_folder: Path) -> None:
    sheet = load(run_folder)
    assert (sheet.facts["verdict"], sheet.facts["suite"]) == ("pass", "parity")
    assert sheet.span_ms() == (50_000.0, 62_400.0)
    lane = sheet.lanes["b"]
    assert (lane.facts["seat"], lane.facts["rows"], lane.facts["outcome"]) == (1, {"0": 90}, "completed")
    assert lane.samples[20].rtt_ms == 1.8
    assert len(sheet.lanes["a"].kind("rollback")) == 9


def test_a_folder_without_a_verdict_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="was not judged"):
        load(tmp_path)


def test_everything_but_the_verdict_may_be_absent(tmp_path: Path) -> None:
    (tmp_path / "verdict.json").write_text('{"verdict": "broken", "scenario": "x"}', encoding="utf-8")
    sheet = load(tmp_path)
    assert (sheet.lanes, sheet.effects, sheet.span_ms()) == ({}, [], (0.0, 1.0))


def test_a_long_history_is_thinned(run_folder: Path) -> None:
    with (run_folder / "history.jsonl").open("a", encoding="utf-8") as file:
        file.writelines(
            f'{{"t_ms": {number}, "source": "a", "kind": "rollback", "depth": 1}}\n' for number in range(9_000)
        )
    assert 1_000 < len(load(run_folder).lanes["a"].events) <= EVENTS_KEPT
