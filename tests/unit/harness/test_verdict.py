"""Verdicts: precedence, exit codes, and who may be blamed."""

from __future__ import annotations

import dataclasses
import json

import pytest

from igym_harness.checkers import CORE
from igym_harness.errors import FaultNotInEffect, HarnessError, InvariantViolated
from igym_harness.evidence import Evidence, Finding, holds, no_data, violated
from igym_harness.verdict import PhaseFailure, PhaseSpan, RunFacts, document, effect_row, judge, raise_unless_pass

ALL_GOOD = [holds(check, "fine") for check in CORE]


def spoiled(*bad: Finding) -> list[Finding]:
    return [next((finding for finding in bad if finding.check == good.check), good) for good in ALL_GOOD]


def test_a_run_in_which_everything_holds_passes() -> None:
    verdict = judge(ALL_GOOD)
    assert (verdict.outcome, verdict.exit_code, verdict.violated, verdict.first_bad) == ("pass", 0, (), None)
    assert verdict.headline == "pass"


@pytest.mark.parametrize(
    ("check", "outcome", "code"),
    [
        *(
            (check, "fail", 1)
            for check in ("PAR-1", "PAR-2", "PAR-4", "SEQ-1", "SEQ-5", "DAT-1", "DAT-4", "SRV-3", "CLI-1", "LIV-2")
        ),
        *((check, "unknown", 2) for check in ("EFF-1", "EFF-2", "EFF-3", "EFF-4", "HAR-2", "HAR-3")),
        *((check, "broken", 3) for check in ("HAR-1", "HAR-4")),
    ],
)
def test_what_one_violation_says(check: str, outcome: str, code: int) -> None:
    verdict = judge(spoiled(violated(check, "bad", frame=3)))
    assert (verdict.outcome, verdict.exit_code, verdict.violated) == (outcome, code, (check,))
    assert verdict.first_bad == {"check": check, "frame": 3}


@pytest.mark.parametrize("check", list(CORE))
def test_a_checker_without_data_is_never_a_pass(check: str) -> None:
    verdict = judge(spoiled(no_data(check, "nothing to read")))
    assert (verdict.outcome, verdict.violated, verdict.unanswered) == ("unknown", (), (check,))
    assert verdict.headline == f"unknown: {check} (no data): nothing to read"


def test_nothing_judged_is_unknown() -> None:
    assert judge([]).outcome == "unknown"


def test_precedence_fail_broken_unknown_pass() -> None:
    parity, effect, left = violated("PAR-1", "differ"), violated("EFF-1", "no effect"), violated("HAR-1", "left")
    verdict = judge(spoiled(parity, effect, left))
    assert (verdict.outcome, verdict.reasons[0]) == ("fail", "PAR-1: differ")
    assert set(verdict.violated) == {"PAR-1", "EFF-1", "HAR-1"}
    assert judge(spoiled(effect, left)).outcome == "broken"
    assert judge(spoiled(effect)).outcome == "unknown"


def test_a_safety_violation_counts_even_if_a_fault_was_unproven() -> None:
    assert judge(spoiled(violated("PAR-1", "differ"), violated("EFF-2", "still there"))).outcome == "fail"


@pytest.mark.parametrize("heal", [violated("EFF-2", "still there"), no_data("EFF-2", "not measured")])
def test_liveness_counts_only_if_every_heal_was_proven(heal: Finding) -> None:
    late = violated("LIV-2", "never arrived")
    assert judge(spoiled(late)).outcome == "fail"
    assert judge(spoiled(late, heal)).outcome == "unknown"


def test_a_failed_phase_without_a_product_cause_is_broken() -> None:
    verdict = judge([], PhaseFailure("boot", "no browser"))
    assert (verdict.outcome, verdict.violated, verdict.headline) == ("broken", (), "broken: phase boot: no browser")
    assert judge(spoiled(violated("PAR-1", "differ")), PhaseFailure("drain", "lost the browser")).outcome == "fail"


def test_a_failed_phase_with_a_product_cause_is_a_liveness_violation() -> None:
    gate = judge([], PhaseFailure("gate", "page error", blame="product"))
    assert (gate.outcome, gate.violated) == ("fail", ("LIV-2",))
    assert judge([], PhaseFailure("drain", "too slow", blame="product", faulted=True)).outcome == "unknown"
    assert judge(ALL_GOOD, PhaseFailure("drain", "too slow", blame="product", faulted=True)).outcome == "fail"


def test_a_run_that_the_harness_broke_off_does_not_accuse_the_product_of_its_end() -> None:
    stopped = PhaseFailure("gate", "c: the page has not answered for 5.2 s", blame="harness")
    undone = spoiled(violated("LIV-2", "a ended on the screen 'instructions', not 'finished'"))
    verdict = judge(undone, stopped)
    assert (verdict.outcome, verdict.reasons[0]) == ("broken", "phase gate: c: the page has not answered for 5.2 s")
    assert judge(spoiled(violated("PAR-1", "differ")), stopped).outcome == "fail"


def test_the_first_bad_event_is_the_earliest_of_the_deciding_checks() -> None:
    late, early, other = (
        violated("PAR-1", "x", episode=0, frame=80),
        violated("SEQ-1", "y", episode=0, frame=12),
        violated("EFF-1", "z", frame=1),
    )
    assert judge(spoiled(late, early, other)).first_bad == {"check": "SEQ-1", "episode": 0, "frame": 12}


@pytest.mark.parametrize(
    ("findings", "exception", "start"),
    [
        (
            spoiled(violated("PAR-1", "differ"), violated("EFF-1", "dead")),
            InvariantViolated,
            "PAR-1: differ; EFF-1: dead",
        ),
        (spoiled(violated("EFF-1", "dead")), FaultNotInEffect, "unknown: EFF-1: dead"),
        (spoiled(violated("HAR-1", "left")), HarnessError, "broken: HAR-1: left"),
        ([], FaultNotInEffect, "unknown: HAR-4"),
    ],
)
def test_a_verdict_becomes_the_exception_of_its_class(
    findings: list[Finding], exception: type[Exception], start: str
) -> None:
    with pytest.raises(exception) as raised:
        raise_unless_pass(judge(findings))
    assert str(raised.value).startswith(start)


def test_a_pass_raises_nothing() -> None:
    raise_unless_pass(judge(ALL_GOOD))


def test_verdict_json_holds_judgement_plan_effects_and_counters(good: Evidence) -> None:
    facts = RunFacts("parity", "doc", "volley", 41, "replay", "156", "c0", phases=(PhaseSpan("boot", 1.0, None),))
    told = json.loads(json.dumps(document(judge(ALL_GOOD), good, facts)))
    assert (told["verdict"], told["exit_code"], told["class"], told["seed"]) == ("pass", 0, "D0", 41)
    assert told["phases"] == [{"name": "boot", "start_ms": 1.0, "end_ms": None}]
    assert told["participants"]["b"]["rows"] == {"0": 90}
    assert told["participants"]["a"]["rollbacks"] == 7.0
    assert "determinism" not in told


def test_an_effect_row_says_what_was_not_measured(good: Evidence) -> None:
    row = effect_row(good.faults[0])
    assert (row["asked"], row["band"], row["n"], row["in_band"]) == ({"page_ms": 100.0}, [180.0, 225.0], 40, True)
    bare = effect_row(dataclasses.replace(good.faults[0], effect=None, recovered=None))
    assert (bare["measured"], bare["n"], bare["recovered"], bare["note"]) == (None, 0, None, "nothing was measured")
