"""Several runs together: what is counted, what is not hidden, and where it is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from igym_harness import rounds
from igym_harness.rounds import Round, RoundRun


def effect(do: str, *, in_band: bool | None = True) -> dict[str, Any]:
    measured = None if in_band is None else {"loss_percent": 14.8}
    band = None if in_band is None else [14.0, 16.0]
    asked = {"loss_percent": 15.0}
    return {"do": do, "via": "C", "on": ["a"], "asked": asked, "measured": measured, "band": band, "n": 9} | {
        "in_band": in_band
    }


def ran(
    name: str = "p2p-clean",
    verdict: str = "pass",
    *,
    effects: tuple[dict[str, Any], ...] = (),
    took_s: float = 60.0,
    leftovers: tuple[str, ...] | None = (),
    memory_mb: float = 100.0,
    durations_s: dict[str, float] | None = None,
) -> RoundRun:
    document = {
        "scenario": name,
        "seed": 1,
        "verdict": verdict,
        "headline": f"{verdict}: <because>",
        "effects": list(effects),
        "durations_s": durations_s or {"boot": 5.0, "gate": 20.0},
    }
    return RoundRun(Path("runs") / name / "1", document, took_s=took_s, leftovers=leftovers, memory_mb=memory_mb)


def test_verdicts_are_counted_and_the_worst_comes_last_in_the_line() -> None:
    found = rounds.summary([ran(verdict=one) for one in ("pass", "pass", "unknown", "fail")])
    assert found["verdicts"] == {"fail": 1, "unknown": 1, "pass": 2}
    assert found["unknown_percent"] == 25.0
    assert rounds.lines(found)[0] == "round: 2 pass, 1 unknown, 1 fail"


def test_a_fault_that_was_not_measured_is_not_in_band() -> None:
    effects = (effect("p2p.loss"), effect("p2p.loss", in_band=False), effect("p2p.hold", in_band=None))
    found = rounds.summary([ran(effects=effects), ran()])
    assert (found["in_band"], found["faults"], found["kinds"]) == (1, 3, 2)
    assert found["in_band_percent"] == 33.3


def test_the_pace_is_runs_by_the_time_that_they_took() -> None:
    slow, quick = {"boot": 5.0, "gate": 40.0}, {"boot": 5.0, "gate": 20.0}
    found = rounds.summary([ran(took_s=40.0, durations_s=quick), ran(took_s=80.0, durations_s=slow)])
    assert found["runs_per_hour"] == 60.0
    assert found["phase_medians_s"] == {"boot": 5.0, "gate": 30.0}


def test_phases_keep_their_order_though_a_run_ended_early() -> None:
    early, whole = {"boot": 5.0, "check": 1.0}, {"boot": 5.0, "gate": 20.0, "check": 1.0}
    found = rounds.summary([ran(durations_s=early), ran(durations_s=whole)])
    assert list(found["phase_medians_s"]) == ["boot", "gate", "check"]


def test_what_was_left_behind_is_named_with_its_run() -> None:
    found = rounds.summary([ran("p2p-loss-15", leftovers=("process 7 (chromium)",)), ran(leftovers=None)])
    assert found["leftovers"] == ["p2p-loss-15: process 7 (chromium)"]
    assert rounds.lines(found)[-1] == "nobody looked for what 1 runs left behind"


def test_memory_is_told_after_the_first_and_the_last_run() -> None:
    found = rounds.summary([ran(memory_mb=100.0), ran(memory_mb=180.0), ran(memory_mb=120.0)])
    assert found["memory_mb"] == [100.0, 120.0]


def test_memory_of_this_process_is_measured() -> None:
    before_mb = rounds.memory_mb()
    kept = bytearray(b"x" * (64 * 2**20))
    assert rounds.memory_mb() >= before_mb + len(kept) / 2**20 - 16.0


def test_a_round_is_kept_from_its_second_run_on(tmp_path: Path) -> None:
    together = Round(tmp_path / "rounds" / "now")
    together.add(ran(effects=(effect("p2p.loss"),)))
    assert not together.folder.exists()
    together.add(ran("p2p-loss-15", "fail"))
    kept = json.loads((together.folder / "round.json").read_text(encoding="utf-8"))
    assert [one["scenario"] for one in kept["runs"]] == ["p2p-clean", "p2p-loss-15"]
    page = (together.folder / "round.html").read_text(encoding="utf-8")
    assert "p2p.loss (C)" in page
    assert "14 to 16" in page
    assert "fail: &lt;because&gt;" in page
