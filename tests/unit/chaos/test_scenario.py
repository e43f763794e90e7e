"""A scenario file is checked before anything starts; a mistake is told with file, table, key and the fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from igym_chaos import scenario
from igym_chaos.faults import BUILT
from igym_chaos.scenario import ScenarioError

GOOD = """
name = "probe"
doc = "A probe."
suite = "parity"
seed = 3
fault = [
  { id = "f1", do = "p2p.latency", on = "a", at = "play+2s", for = "6s", with = { page_ms = 50 } },
]
[participants]
a = {}
b = {}
[workload]
experiment = "kitchen"
seats = 2
frames = 600
[expect]
outcomes = { a = "completed", b = "completed" }
"""

FAULT = '{ id = "f1", do = "p2p.latency", on = "a", at = "play+2s", for = "6s", with = { page_ms = 50 } },'

RELAYED = FAULT.replace("with", 'via = "R", with')


def load(folder: Path, text: str) -> scenario.Scenario:
    file = folder / "probe.toml"
    file.write_text(text, encoding="utf-8")
    return scenario.load(file)


def test_the_shipped_scenarios_load_and_are_documented() -> None:
    shipped = scenario.all_scenarios()
    assert {"p2p-clean-active", "p2p-latency-100", "p2p-loss-15", "signal-latency-500"} <= {one.name for one in shipped}
    assert not [one.name for one in shipped if not one.doc or not one.covers]


def test_every_fault_that_is_built_is_shipped_in_a_scenario() -> None:
    shipped = {(fault.do, fault.via) for one in scenario.all_scenarios() for fault in one.faults}
    assert not {(kind.kind, via) for kind in BUILT for via in kind.injectors} - shipped


def test_a_good_file_says_what_it_says(tmp_path: Path) -> None:
    one = load(tmp_path, GOOD)
    assert (one.name, one.seed, one.workload.frames, list(one.participants)) == ("probe", 3, 600, ["a", "b"])
    assert (one.faults[0].via, one.faults[0].for_s, one.faults[0].parameters) == ("C", 6.0, {"page_ms": 50})


def second(fault: str) -> tuple[str, str]:
    return FAULT, f"{FAULT}\n  {fault}"


MISTAKES: list[tuple[tuple[str, str], list[str]]] = [
    (("seed = 3", "seed = "), ["probe.toml", "is not TOML"]),
    (("seed = 3", "sead = 3"), ["probe.toml", '"sead"', 'did you mean "seed"?']),
    (('suite = "parity"', 'suite = "party"'), ["suite", "party", "parity"]),
    (("seed = 3", 'seed = "three"'), ["seed", "three"]),
    (("seed = 3", "seed = -1"), ["seed", "-1"]),
    (('name = "probe"', 'name = "other"'), ['name is "other"', '"probe"']),
    (('do = "p2p.latency"', 'do = "p2p.latncy"'), ["fault 0", "p2p.latncy", 'did you mean "p2p.latency"?']),
    (("page_ms = 50", "page_s = 50"), ["fault 0 with", "page_s", "page_ms"]),
    (("page_ms = 50", "page_ms = 0"), ["page_ms is 0", "1 to 10000"]),
    (("with = { page_ms = 50 }", "with = {}"), ["p2p.latency takes page_ms"]),
    (("page_ms = 50", "page_ms = { uniform = [10] }"), ["uniform = [low, high]"]),
    (('on = "a"', 'on = "c"'), ['on names "c"', "a, b"]),
    (('on = "a"', "on = []"), ["write a participant"]),
    (('at = "play+2s"', 'at = "play+2m"'), ["at", "'play+2m' is no anchor", "play+2s"]),
    (('at = "play+2s"', 'at = "f9.end+1s"'), ['"f9"', "no fault of this file"]),
    (('at = "play+2s"', 'at = "f1.end"'), ['"f1"', "waits for itself", "hang it on play"]),
    (('at = "play+2s"', "at = { uniform = 5 }"), ["fault 0: at is", "uniform = [anchor, anchor]"]),
    (('at = "play+2s"', 'at = { uniform = ["play+2s"] }'), ["fault 0: at is", "uniform = [anchor, anchor]"]),
    (('at = "play+2s"', "at = { choice = [] }"), ["fault 0: at is", "choice = [anchor, ...]"]),
    (('at = "play+2s"', 'at = { uniform = ["play+2s", "frame>=90"] }'), ["of one base", "use choice"]),
    (('at = "play+2s"', 'at = { uniform = ["frame>=9", "episode1.frame>=9"] }'), ["episode", "use choice"]),
    (("page_ms = 50", "page_ms = { choice = [10, 99999, 20] }"), ["page_ms is 99999", "1 to 10000"]),
    (("page_ms = 50", 'page_ms = { choice = [10, "x", 20] }'), ["page_ms is 'x'", "give a number"]),
    (('on = "a"', 'on = [["a"]]'), ["on is [['a']]", "write a participant"]),
    (('on = "a"', 'on = ["a", "a"]'), ["on is ['a', 'a']", "once"]),
    (("[participants]", '[heal]\nby = "f9.end"\n[participants]'), ["[heal]: by", '"f9"', "no fault of this file"]),
    (('for = "6s"', 'for = "6 seconds"'), ["for", "6 seconds"]),
    ((', for = "6s"', ""), ["nothing ends it", "[heal] by"]),
    (("[participants]", '[heal]\nby = "frame>=3900"\n[participants]'), ["frame>=3900", "nothing would ever be healed"]),
    (('for = "6s"', 'for = "1s"'), ["in force for 1 s", "needs 3 s"]),
    (("a = {}", 'a = { engine = "netscape" }'), ["participants", "engine", "netscape"]),
    (("seats = 2", "seats = 3"), ["seats is 3, but there are 2 participants"]),
    (("a = {}", "a = {}\nc = {}"), ["says nothing of c"]),
    (("a = {}", 'a = { join = "play+2s" }'), ["join is", "write boot, or boot+2s"]),
    (("a = {}", 'a = { join = "boot-2s" }'), ["join is", "write boot, or boot+2s"]),
    (("a = {}", 'a = { join = "later" }'), ["join", "is no anchor"]),
    (("a = {}", "a = { visible = false }"), ["visible"]),
    (('outcomes = { a = "completed", b = "completed" }', 'outcomes = { a = "completed" }'), ["outcomes", "b"]),
    (second(FAULT), ['id "f1" is used twice']),
    (
        second('{ id = "f2", do = "p2p.latency", on = "a", at = "play+4s", for = "6s", with = { page_ms = 80 } },'),
        ['"f1" and "f2" both write latency of a', "move one of them"],
    ),
    (
        second(
            '{ id = "f2", do = "server.slow", at = "play+2s", for = "6s", with = { delay_ms = 100 } },'
            '{ id = "f3", do = "server.kill", at = "play+5s", for = "3s" },'
        ),
        ['"f2" and "f3" both write server-delay of server', "move one of them"],
    ),
    (
        second('{ id = "f2", do = "signal.latency", on = "a", at = "play+4s", for = "6s", with = { page_ms = 80 } },'),
        ["via T needs", 'server_path = "toxiproxy"'],
    ),
    (("page_ms = 50 }", 'page_ms = 50 }, via = "R"'), ["via R needs", 'p2p = "relay-tcp"']),
    (
        ("[participants]", '[topology]\np2p = "relay-tcp"\n[participants]'),
        ['"f1"', "p2p.latency via C does not reach", 'write via = "R"'],
    ),
    (
        (
            f"{FAULT}\n]",
            f"{RELAYED}"
            '{ id = "f2", do = "p2p.loss", on = "b", at = "play+2s", for = "7s", with = { percent = 5 } },\n]'
            '\n[topology]\np2p = "relay-tcp"',
        ),
        ['"f2"', "p2p.loss via C does not reach", "take another kind"],
    ),
    (
        (
            FAULT,
            FAULT.replace("play+2s", "f2.end")
            + '{ id = "f2", do = "p2p.loss", on = "b", at = "f1.end", for = "7s", with = { percent = 5 } },',
        ),
        ['fault "f1"', "waits for itself"],
    ),
    (("frames = 600", "frames = 60000"), ["[budget]", "raise wall"]),
]


@pytest.mark.parametrize(("change", "said"), MISTAKES)
def test_a_mistake_is_told_with_the_fix(tmp_path: Path, change: tuple[str, str], said: list[str]) -> None:
    assert change[0] in GOOD
    with pytest.raises(ScenarioError) as caught:
        load(tmp_path, GOOD.replace(*change, 1))
    assert "probe.toml" in str(caught.value)
    assert [part for part in said if part not in str(caught.value)] == [], str(caught.value)


def test_a_name_that_does_not_exist_has_a_neighbour() -> None:
    with pytest.raises(ScenarioError, match='did you mean "p2p-loss-15"'):
        scenario.find("p2p-los-15")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="cannot be read"):
        scenario.load(tmp_path / "nothing.toml")
