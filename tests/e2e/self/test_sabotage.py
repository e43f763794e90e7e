"""Every fault whose injector or heal does nothing ends `unknown` and is named; so does each known trap (chaos handbook 11.1)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from igym_chaos import scenario
from igym_harness import medley
from igym_harness.evidence import Finding
from igym_harness.run import RunResult
from igym_harness.verdict import Verdicts, raise_unless_pass

pytestmark = pytest.mark.judges

HERE = Path(__file__).parent
Play = Callable[..., RunResult]


@pytest.mark.parametrize("part", [pytest.param("pages", marks=pytest.mark.smoke), "paths", "turn"])
def test_every_injector_that_does_nothing_is_named(play: Play, part: str, tmp_path: Path) -> None:
    """All kinds in one match: none is in another's way, as none does anything."""
    placed = medley.together([one for one in medley.samples() if one.part == part])
    result = play(medley.write(tmp_path, f"inert-{part}", placed), env="kitchen", sabotage="inert")
    assert_unproven(result, "EFF-1", {one.id for one in placed})


@pytest.mark.parametrize("part", medley.PARTS)
def test_every_heal_that_does_nothing_is_named(play: Play, part: str, tmp_path: Path) -> None:
    """One after the other: each is really healed when its oracle has looked, so that each is named for itself."""
    chosen = [one for one in medley.samples() if one.part == part and one.outlives_its_end]
    placed = medley.one_by_one(chosen)
    result = play(medley.write(tmp_path, f"no-heal-{part}", placed), env="kitchen", sabotage="no-heal")
    assert_unproven(result, "EFF-2", {one.id for one in placed})


TRAPS = {
    "traps-network": {
        "f1": "cleared-rules",
        "f3": "detached-session",
        "f5": "entry-offline",
        "f6": "set-offline",
    },
    "traps-pages": {
        "f1": "hidden-by-script",
        "f2": "focus-emulation",
        "f3": "focus-emulation",
        "f4": "main-stall",
        "f5": "spare-renderer",
    },
    "traps-server": {"f1": "toxicity-zero", "f2": "legacy-zero", "f5": "legacy-loss"},
    "traps-documents": {
        "f1": "same-document",
        "f2": "stranger-tab",
        "f3": "page-clock",
        "f4": "spare-service",
        "f5": "another-origin",
        "f6": "another-origin",
    },
}
# Which faults have no effect then: a heal that goes wrong is paid for by the next fault of the page.
DEAD = {
    "traps-network": {"f2", "f3", "f5", "f6"},
    "traps-pages": {"f1", "f2", "f3", "f4", "f5"},
    "traps-server": {"f1", "f3", "f5"},
    "traps-documents": {"f1", "f2", "f3", "f4", "f5", "f6"},
}


SMOKE = frozenset({"traps-server"})


@pytest.mark.parametrize("name", [pytest.param(name, marks=[pytest.mark.smoke] * (name in SMOKE)) for name in TRAPS])
def test_what_is_accepted_and_does_nothing_is_named(play: Play, name: str) -> None:
    """SAB-03 to SAB-08, SAB-10 to SAB-13, SAB-22, SAB-23. What is done as it should be in the same match is in band."""
    sabotage = ",".join(f"{fault}={trap}" for fault, trap in TRAPS[name].items())
    assert_unproven(play(HERE / f"{name}.toml", env="kitchen", sabotage=sabotage), "EFF-1", DEAD[name])


ALONE = ("browser-kill", "renderer-crash", "tab-close")


@pytest.mark.parametrize("name", ALONE)
def test_a_participant_that_nobody_removed_is_not_gone(play: Play, name: str) -> None:
    """It plays to the end, and the run is no failure of the product."""
    result = play(name, env="kitchen", sabotage="inert")
    assert_unproven(result, "EFF-1", {"f1"})
    assert "a was to be gone, but its page is on the screen" in finding_of(result, "LIV-2").message


def test_every_kind_that_removes_is_among_them() -> None:
    alone = {one.kind.kind for one in medley.samples() if one.part == "alone"}
    assert {scenario.find(name).faults[0].do for name in ALONE} == alone


@pytest.mark.parametrize("name", ["renderer-crash", "tab-close"])
def test_another_tab_is_not_the_participants(play: Play, name: str) -> None:
    """The browser closes it, or it crashes, and the game goes on beside it."""
    assert_unproven(play(name, env="kitchen", sabotage="f1=spare-tab"), "EFF-1", {"f1"})


def test_a_browser_that_left_was_not_killed(play: Play) -> None:
    """Everybody is where they should be, and it was not the fault that was asked for."""
    assert_unproven(play("browser-kill", env="kitchen", sabotage="f1=quit"), "EFF-1", {"f1"})


def test_a_page_that_was_never_armed_is_unknown(play: Play) -> None:
    """SAB-02."""
    assert_unproven(play(HERE / "trigger-latency.toml", env="kitchen", sabotage="never-armed"), "EFF-1", {"f1"})


def test_commands_from_another_thread_are_broken(play: Play) -> None:
    """SAB-09: not a run without a fault."""
    result = play(HERE / "trigger-latency.toml", env="kitchen", sabotage="f1=foreign-thread")
    assert result.verdict.outcome == "broken", result.verdict.headline
    assert result.verdict.reasons[0].startswith("phase faults:"), result.verdict.reasons


def test_two_participants_behind_one_proxy_are_both_touched(play: Play) -> None:
    """SAB-16."""
    result = play(HERE / "traps-server.toml", env="kitchen", sabotage="shared-proxy")
    expect(result, "unknown")
    finding = finding_of(result, "EFF-3")
    assert finding.first_bad is not None
    assert finding.first_bad["touched"] == ["b"]


def test_a_page_beside_its_proxy_proves_nothing(play: Play) -> None:
    """SAB-17: the proxy is disturbed and the page does not use it."""
    assert_unproven(play(HERE / "traps-server.toml", env="kitchen", sabotage="direct-url"), "EFF-1", {"f1", "f4"})


def test_a_relay_that_the_pages_go_around_proves_nothing(play: Play) -> None:
    """SAB-20: the real candidates are left in the description."""
    assert_unproven(play("p2p-one-way-3s", env="kitchen", sabotage="no-relay"), "EFF-1", {"f1"})


def test_a_dead_server_that_still_answers_was_not_killed(play: Play) -> None:
    """SAB-24."""
    assert_unproven(play(HERE / "trigger-kill.toml", env="kitchen", sabotage="f1=old-nonce"), "EFF-2", {"f1"})


@pytest.mark.parametrize("name", ["reload-play", "network-service-kill"])
def test_a_session_that_nothing_cut_is_no_failure_of_the_product(play: Play, name: str) -> None:
    """It is completed where the file expects it to be cut, because the fault did not happen."""
    assert_unproven(play(name, env="kitchen", sabotage="inert"), "EFF-1", {"f1"})


def test_a_page_that_is_not_loaded_again_after_its_network_died_is_not_healed(play: Play) -> None:
    """It ends the match, so it has one of its own."""
    assert_unproven(play("network-service-kill", env="kitchen", sabotage="no-heal"), "EFF-2", {"f1"})


def test_idle_seats_in_an_active_scenario_are_unknown(play: Play) -> None:
    """SAB-25."""
    result = play(HERE / "trigger-clean.toml", env="kitchen", sabotage="idle-inputs")
    expect(result, "unknown")
    assert result.verdict.violated == ("EFF-4",)


def assert_unproven(result: RunResult, check: str, faults: set[str]) -> None:
    """The verdict is `unknown`, and the check names exactly these faults."""
    expect(result, "unknown")
    finding = finding_of(result, check)
    assert finding.first_bad is not None, finding
    assert set(finding.first_bad["faults"]) == faults, finding.message


def finding_of(result: RunResult, check: str) -> Finding:
    return next(one for one in result.findings if one.check == check)


def expect(result: RunResult, outcome: Verdicts) -> None:
    """A run that is broken says nothing about the sabotage: it is the harness's own error."""
    if result.verdict.outcome == "broken":
        raise_unless_pass(result.verdict)
    assert result.verdict.outcome == outcome, result.verdict.headline
