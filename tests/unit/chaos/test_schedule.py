"""One seed, one plan; replay takes the plan, not the seed."""

from __future__ import annotations

from pathlib import Path

import pytest

from igym_chaos import scenario, schedule
from igym_chaos.anchors import parse
from igym_chaos.errors import ChaosError
from igym_chaos.schedule import Lock

DRAWN = """
name = "probe"
doc = "Everything is drawn."
suite = "parity"
fault = [
  { id = "f1", do = "p2p.latency", on = "a", at = { uniform = ["play+2s", "play+4s"] }, for = "6s", with = { page_ms = { uniform = [20, 200] } } },
  { id = "f2", do = "p2p.loss", on = "b", at = { choice = ["play+1s", "frame>=100"] }, for = "7s", with = { percent = { choice = [5, 10, 20] } } },
]
[heal]
settle = "3s"
[participants]
a = {}
b = {}
[workload]
experiment = "kitchen"
frames = 600
[expect]
outcomes = { a = "completed", b = "completed" }
"""


@pytest.fixture
def drawn(tmp_path: Path) -> scenario.Scenario:
    file = tmp_path / "probe.toml"
    file.write_text(DRAWN, encoding="utf-8")
    return scenario.load(file)


def test_the_same_seed_gives_the_same_plan(drawn: scenario.Scenario) -> None:
    assert schedule.plan(drawn, seed=5) == schedule.plan(drawn, seed=5)
    plans = {schedule.plan(drawn, seed=seed).to_json() for seed in range(20)}
    assert len(plans) == 20


def test_draws_lie_where_the_file_says(drawn: scenario.Scenario) -> None:
    for seed in range(200):
        first, second = schedule.plan(drawn, seed=seed).faults
        assert 20 <= float(first.parameters["page_ms"]) <= 200
        assert 2000 <= int(first.at.removeprefix("play+").removesuffix("ms")) <= 4000
        assert second.parameters["percent"] in (5, 10, 20)
        assert second.at in ("play+1s", "frame>=100")


def test_a_text_is_drawn_by_choice_only(tmp_path: Path) -> None:
    file = tmp_path / "probe.toml"
    text = (scenario.folder() / "signal-answer-lost.toml").read_text(encoding="utf-8")
    text = text.replace('name = "signal-answer-lost"', 'name = "probe"')
    file.write_text(text.replace('"answer"', '{ choice = ["answer", "offer"] }'), encoding="utf-8")
    drawn = scenario.load(file)
    events = {schedule.plan(drawn, seed=seed).faults[0].parameters["event"] for seed in range(20)}
    assert events == {"answer", "offer"}
    lock = schedule.plan(drawn, seed=5)
    assert schedule.Lock.from_json(lock.to_json()) == lock
    file.write_text(text.replace('"answer"', '{ uniform = ["answer", "offer"] }'), encoding="utf-8")
    with pytest.raises(scenario.ScenarioError, match="choice"):
        scenario.load(file)


def test_frames_are_drawn_between_their_ends(tmp_path: Path) -> None:
    file = tmp_path / "probe.toml"
    file.write_text(DRAWN.replace('["play+2s", "play+4s"]', '["frame>=100", "frame>=200"]'), encoding="utf-8")
    planned = scenario.load(file)
    frames = {parse(schedule.plan(planned, seed=seed).faults[0].at).frame for seed in range(200)}
    assert len(frames) > 50
    assert min(frames) >= 100
    assert max(frames) <= 200


def test_another_environment_changes_the_workload_alone(drawn: scenario.Scenario) -> None:
    one, other = schedule.plan(drawn, seed=5), schedule.plan(drawn, seed=5, env="volley")
    assert other.faults == one.faults
    assert other != one


def test_a_lock_comes_back_from_its_file(drawn: scenario.Scenario) -> None:
    lock = schedule.plan(drawn, seed=9, env="volley")
    assert Lock.from_json(lock.to_json()) == lock
    assert lock.workload.experiment == "volley"


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"format": 99}', '{"format": 1, "faults": []}'])
def test_what_is_no_lock_is_told(text: str) -> None:
    with pytest.raises(ChaosError, match=r"schedule\.lock\.json"):
        Lock.from_json(text)
