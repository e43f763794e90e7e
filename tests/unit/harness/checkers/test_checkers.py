"""The list of checkers, and what each says about a run that is good in every respect."""

from __future__ import annotations

from dataclasses import replace

import pytest

from igym_harness.checkers import CORE, FURTHER, UnknownCheckError, run_all
from igym_harness.evidence import Evidence, FaultRecord
from igym_harness.verdict import judge

FIRST_LIGHT = [
    "PAR-1",
    "PAR-2",
    "PAR-4",
    "SEQ-1",
    "SEQ-5",
    "DAT-1",
    "DAT-4",
    "CERT-1",
    "PATH-1",
    "LIV-2",
    "SRV-3",
    "SRV-4",
    "CLI-1",
    "EFF-1",
    "EFF-2",
    "EFF-3",
    "EFF-4",
    "HAR-1",
    "HAR-2",
    "HAR-3",
    "HAR-4",
]


def test_core_is_the_explicit_list() -> None:
    assert list(CORE) == FIRST_LIGHT


@pytest.mark.parametrize("check", FIRST_LIGHT)
def test_every_checker_holds_for_a_good_run(good: Evidence, check: str) -> None:
    finding = CORE[check](good)
    assert (finding.check, finding.outcome) == (check, "holds"), finding.message


@pytest.mark.parametrize("check", FIRST_LIGHT)
def test_every_checker_holds_for_two_good_episodes(good_twice: Evidence, check: str) -> None:
    assert CORE[check](good_twice).outcome == "holds"


@pytest.mark.parametrize("check", [*FIRST_LIGHT, "PAR-5", "LIV-5"])
@pytest.mark.parametrize("run", ["killed", "killed_in_the_second"])
def test_every_checker_holds_for_a_run_that_was_cut_as_planned(
    request: pytest.FixtureRequest, check: str, run: str
) -> None:
    finding = {**CORE, **FURTHER}[check](request.getfixturevalue(run))
    assert (finding.check, finding.outcome) == (check, "holds"), finding.message


def test_a_run_that_was_to_be_cut_and_was_not_is_unknown(good: Evidence, removal: FaultRecord) -> None:
    """As when the injector did nothing: everybody played on, and nobody accuses the product."""
    assert removal.effect is not None
    assert removal.recovered is not None
    effect, recovered = replace(removal.effect, in_band=False), replace(removal.recovered, in_band=False)
    dead = replace(removal, effect=effect, recovered=recovered)
    inert = replace(good, faults=(dead,), expected_outcomes={"a": "gone", "b": "partial"}, expected=())
    verdict = judge(run_all(inert, ["PAR-5", "LIV-5"]))
    assert verdict.outcome == "unknown", verdict.reasons
    assert set(verdict.violated) == {"EFF-1", "EFF-2", "LIV-2"}
    assert set(verdict.unanswered) == {"PAR-5", "LIV-5"}


def test_run_all_answers_once_for_each_core_check(good: Evidence) -> None:
    assert [finding.check for finding in run_all(good, ["core", "PAR-1"])] == FIRST_LIGHT


def test_a_check_that_does_not_exist_is_named_with_the_nearest(good: Evidence) -> None:
    with pytest.raises(UnknownCheckError, match="'LIV-22'; did you mean 'LIV-2'"):
        run_all(good, ["LIV-22"])
