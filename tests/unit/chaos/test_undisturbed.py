"""Every fault that is built, asked about a real match in which nobody did anything: none of them believes that it happened.

tests/vectors/undisturbed.json is twelve seconds of `nox -s judges -- -k 'nothing_is_named and paths'` (telemetry.json of its run,
cut by igym_harness.telemetry_file.cut): two browsers behind the UDP relay, each with a proxy to the server, no injector at work.
"""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from igym_chaos.faults import BUILT
from igym_chaos.faults.tab_duplicate import SECOND
from igym_chaos.samples import Window
from igym_chaos.subjects import SERVER
from igym_harness.medley import Sample, samples
from igym_harness.telemetry_file import Remembered

VECTOR = Path(__file__).parents[2] / "vectors" / "undisturbed.json"
ASKED: Any = Remembered(json.loads((VECTOR.parent / "undisturbed-asked.json").read_text(encoding="utf-8")))
"""Twelve seconds of `--sabotage inert` with tests/e2e/self/traps-documents.toml: what two pages answered to every fault's own questions."""
MATCH: Any = Remembered(json.loads(VECTOR.read_text(encoding="utf-8")))
START_MS, END_MS = MATCH.window.start_ms, MATCH.window.end_ms
BEFORE, DURING = Window(START_MS, START_MS + 4_000), Window(START_MS + 4_500, END_MS)
SAMPLES = samples()
COUNT_WHAT_THEY_DID = frozenset({"p2p.flap", "server.db-locked", "server.disk-full", "server.restart"})
"""Their oracle counts what the injector noted of itself; so do those of the relay, packet by packet. Without it, there is nothing."""

MEASURED_ELSEWHERE = frozenset({"U", "R", "W", "G"})
"""The match has no relay of this kind, nobody stood between its pages and their sockets, and nobody counted its inputs: test_relay,
test_turn_faults, test_frame_route and test_game_faults hold the injectors that do nothing against measurements.
Nobody asked for sockets (test_signal_refuse), timed its threads or asked a fault's own questions either: test_speed and
test_reading_faults hold those, and in browsers the sabotage suite."""


def name_of(sample: Sample) -> str:
    return f"{sample.kind.kind}-{sample.via}"


def targets(sample: Sample) -> list[str]:
    return [SERVER] if sample.kind.of_server else ["a", "b"][: sample.kind.targets or 1]


def test_every_kind_is_asked_and_a_shipped_scenario_shows_that_it_can_pass() -> None:
    assert {(one.kind, one.via) for one in SAMPLES} == {(kind, via) for kind in BUILT for via in kind.injectors}


@pytest.mark.parametrize("window", [BEFORE, DURING], ids=["before", "during"])
def test_the_match_was_really_measured(window: Window) -> None:
    for name in MATCH.participants():
        assert MATCH.peers(name) == tuple({"a", "b"} - {name})
        for what in ("link_rtts", "server_rtts", "server_probes", "transport", "meters", "frames"):
            assert len(getattr(MATCH, what)(name, window)) >= 5, f"{what} of {name}"
    assert len(MATCH.server_probes(SERVER, window)) >= 5
    assert len(MATCH.relayed(window)) > 500


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_an_injector_that_does_nothing_is_not_believed(sample: Sample) -> None:
    """The generated sabotage of chaos handbook 11.1; the answer rests on measurements, not on there being none."""
    fault = sample.kind(**{name: value for name, value in sample.parameters.items() if not isinstance(value, dict)})
    effect = fault.effect(MATCH, targets(sample), DURING, BEFORE)
    assert not effect.in_band, effect
    kind = sample.kind
    elsewhere = sample.via in MEASURED_ELSEWHERE or kind.needs_speed or kind.needs_upgrades or kind.asks
    if not elsewhere and sample.kind.kind not in COUNT_WHAT_THEY_DID:
        assert effect.n > 0, effect
        assert effect.measured, effect


@pytest.mark.parametrize("sample", SAMPLES, ids=name_of)
def test_nobody_else_is_accused(sample: Sample) -> None:
    """No fault touched a participant in a match without one."""
    fault = sample.kind(**{name: value for name, value in sample.parameters.items() if not isinstance(value, dict)})
    others = [name for name in MATCH.participants() if name not in targets(sample)]
    assert fault.untouched(MATCH, others, DURING, BEFORE) == []


ASKING = [sample for sample in SAMPLES if sample.kind.asks]


@pytest.mark.parametrize("sample", ASKING, ids=name_of)
def test_what_pages_answer_when_nobody_does_anything_is_no_effect(sample: Sample) -> None:
    """Every question was answered; the oracle rests on the answers, and accuses nobody."""
    start_ms = ASKED.window.start_ms
    before, during = Window(start_ms, start_ms + 4_000), Window(start_ms + 4_500, ASKED.window.end_ms)
    fault = sample.kind(**sample.parameters)
    for name in ASKED.participants():
        for what in {*fault.asks} - {SECOND}:
            assert len(ASKED.readings(name, what, before)) >= 3, f"{what} of {name}"
    effect = fault.effect(ASKED, ["a"], during, before)
    assert not effect.in_band, effect
    assert effect.n > 0, effect
    assert effect.measured, effect
    assert fault.untouched(ASKED, ["b"], during, before) == []


@pytest.mark.parametrize("kind", BUILT, ids=lambda kind: kind.__name__)
def test_a_kind_with_nothing_to_heal_says_so(kind: type[Any]) -> None:
    """Else the variant without a heal would ask for what cannot be."""
    if does_nothing(kind.heal):
        assert kind.ends_itself, f"{kind.kind}: heal does nothing, so set ends_itself"


def does_nothing(function: Any) -> bool:
    """Its code is its docstring."""
    (tree,) = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    assert isinstance(tree, ast.AsyncFunctionDef)
    return all(isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant) for one in tree.body)
