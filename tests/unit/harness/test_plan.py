"""What a scenario expects is checked before anything starts: a wrong word must not accuse the product at the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from igym_chaos import scenario as scenarios
from igym_chaos import schedule
from igym_harness.errors import UsageError
from igym_harness.plan import plan_of


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("rollbacks(a) >= 1", "rolbacks(a) >= 1", "unknown metric 'rolbacks'; did you mean 'rollbacks'"),
        ("rollbacks(a) >= 1", "rollbacks(z) >= 1", "speaks of 'z'; known: a, b, any, all"),
        ("rollbacks(a) >= 1", "rollbacks", "is no expectation"),
        ('checks = ["core"', 'checks = ["core", "PAR-9"', "unknown check 'PAR-9'; did you mean 'PAR-"),
        ('a = "completed"', 'a = "complete"', "a is 'complete'; write one of completed, partial, gone"),
    ],
)
def test_what_nobody_could_judge_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = scenarios.find("p2p-latency-100").source.decode()
    assert old in text
    file = tmp_path / "p2p-latency-100.toml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    scenario = scenarios.load(file)
    with pytest.raises(UsageError) as error:
        plan_of(scenario, schedule.plan(scenario, seed=1))
    assert said in str(error.value)


def test_every_shipped_scenario_has_a_plan() -> None:
    for one in scenarios.all_scenarios():
        assert plan_of(one, schedule.plan(one, seed=one.seed)).participants
