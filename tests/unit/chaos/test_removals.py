"""A file with a fault that removes somebody says so of them, and does nothing else to them afterwards."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from igym_chaos import removals, scenario
from igym_chaos.scenario import ScenarioError

GOOD = """
name = "probe"
doc = "A probe."
suite = "recovery"
fault = [
  { id = "f1", do = "tab.close", on = "a", at = "play+5s" },
]
[participants]
a = { process = "own" }
b = {}
[workload]
experiment = "kitchen"
seats = 2
frames = 600
[expect]
outcomes = { a = "gone", b = "partial" }
"""
FAULT = '{ id = "f1", do = "tab.close", on = "a", at = "play+5s" },'
LATENCY = 'do = "p2p.latency", with = { page_ms = 50 }, on = "a"'


def load(folder: Path, text: str) -> scenario.Scenario:
    file = folder / "probe.toml"
    file.write_text(text, encoding="utf-8")
    return scenario.load(file)


def test_a_good_file_names_who_is_gone(tmp_path: Path) -> None:
    one = load(tmp_path, GOOD)
    assert {name: fault.id for name, fault in removals.removed(one.faults).items()} == {"a": "f1"}
    assert one.faults[0].for_s is None


def test_what_is_over_before_the_end_may_be_aimed_at_the_same_participant(tmp_path: Path) -> None:
    more = f'{FAULT}\n  {{ id = "f2", {LATENCY}, at = "play+1s", for = "3s" }},'
    assert len(load(tmp_path, GOOD.replace(FAULT, more)).faults) == 2


def with_second(fault: str) -> tuple[str, str]:
    return FAULT, f"{FAULT}\n  {fault}"


MISTAKES: list[tuple[tuple[str, str], list[str]]] = [
    (('a = "gone"', 'a = "completed"'), ['a = "completed"', "tab.close", '"f1"', 'write a = "gone"']),
    (('b = "partial"', 'b = "gone"'), ['b = "gone"', "no fault removes b"]),
    ((FAULT, ""), ['a = "gone"', "no fault removes a"]),
    (('at = "play+5s"', 'at = "play+5s", for = "2s"'), ["done in an instant", "leave for out"]),
    (('at = "play+5s"', 'at = "countdown+1s"'), ["countdown", "hang it on play"]),
    (('on = "a"', 'on = ["a", "b"]'), ["takes 1 participants"]),
    (("a = { process", "c = { process"), ['on names "a"']),
    (with_second(f'{{ id = "f2", {LATENCY}, at = "play+4s", for = "3s" }},'), ["after it a is gone", '"f2"']),
    (with_second(f'{{ id = "f2", {LATENCY}, at = "f1.end+1s", for = "3s" }},'), ["after it a is gone", '"f2"']),
    (with_second('{ id = "f2", do = "proc.kill", on = "a", at = "play+9s" },'), ["both write page of a"]),
    (with_second('{ id = "f2", do = "tab.close", on = "b", at = "play+9s" },'), ["nobody is left"]),
    (('do = "tab.close", on = "a"', 'do = "proc.kill", on = "b"'), ["proc.kill needs b in a browser of its own"]),
    (('do = "tab.close", on = "a"', 'do = "proc.crash", on = "b"'), ["proc.crash needs b in a browser of its own"]),
]


@pytest.mark.parametrize(("change", "said"), MISTAKES)
def test_a_mistake_is_told_with_what_to_write(tmp_path: Path, change: tuple[str, str], said: list[str]) -> None:
    assert change[0] in GOOD
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, GOOD.replace(*change))
    assert [word for word in said if word not in str(caught.value)] == [], caught.value


def test_the_schema_has_no_duration_for_an_instant() -> None:
    schema = json.loads((files("igym_chaos") / "scenario.schema.json").read_text(encoding="utf-8"))
    values = tomllib.loads(GOOD)
    jsonschema.validate(values, schema)
    values["fault"][0]["for"] = "2s"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, schema)
