"""Where everybody is and what follows, without a socket, a clock or a disk."""

from __future__ import annotations

from typing import Any

import pytest

from igym import Experiment, Game, Page, ThankYou
from igym.coordinator import RETURN_LIMIT_MS, Coordinator
from igym.effects import (
    Dismiss,
    Effects,
    Emit,
    Export,
    RefusedError,
    SaveParticipant,
    SaveSession,
    StartTimer,
    StopTimer,
)
from igym.state import Participant, Session

GAME = Game(id="game", environment="world.py:World", episodes=2)
EXPERIMENT = Experiment(id="study", scenes=[Page(id="intro", title="Intro"), GAME, ThankYou()])


class Source:
    """Identifiers that a test can foresee."""

    def __init__(self) -> None:
        self.made = 0

    def session_id(self) -> str:
        self.made += 1
        return f"session{self.made}"

    def seed(self, session_id: str) -> int:
        return 100 + self.made


def coordinator(experiment: Experiment = EXPERIMENT) -> Coordinator:
    return Coordinator(experiment, Source(), profile="test", runtime={"entry": "world:World"}, ice=lambda _: {})


def emitted(effects: Effects, event: str) -> list[tuple[str, Any]]:
    return [(one.participant_id, one.payload) for one in effects if isinstance(one, Emit) and one.event == event]


def arrive(one: Coordinator, name: str) -> Effects:
    """A participant from Begin to the waiting room."""
    one.create(name, f"CODE-{name}")
    one.hello(name, f"page-{name}")
    one.advance(name, "intro")
    return one.join(name, "game")


def playing(one: Coordinator) -> str:
    """Two participants, a and b, in a session that runs."""
    arrive(one, "a")
    arrive(one, "b")
    for name in ("a", "b"):
        one.report(name, "session1", "playing")
    return "session1"


def test_from_begin_to_the_completion_code() -> None:
    one = coordinator()
    one.create("a", "CODE-a")
    answer, effects = one.hello("a", "page-a")
    assert answer == {
        "ok": True,
        "stage": "reading",
        "resumed": False,
        "profile": "test",
        "runtime": {"entry": "world:World"},
    }
    assert emitted(effects, "scene_activate")[0][1]["scene_id"] == "intro"
    assert emitted(one.advance("a", "intro"), "scene_activate")[0][1]["kind"] == "game"
    assert emitted(one.join("a", "game"), "lobby_state") == [
        ("a", {"phase": "queued", "waiting_count": 1, "group_size": 2, "message": None})
    ]
    assigned = emitted(arrive(one, "b"), "session_assigned")
    assert [(name, payload["seat"], payload["seed"]) for name, payload in assigned] == [("a", 0, 101), ("b", 1, 101)]
    one.report("a", "session1", "playing")
    assert StopTimer("connect:session1") in one.report("b", "session1", "playing")
    assert one.sealed("session1", 0, 0) == []
    assert one.sealed("session1", 0, 1) == [Export("session1", 0)]
    assert one.sealed("session1", 1, 1) == []
    effects = one.sealed("session1", 1, 0)
    assert [payload["reason"] for _, payload in emitted(effects, "session_end")] == ["completed", "completed"]
    thanks = dict(emitted(effects, "scene_activate"))
    assert {name: payload["config"]["completion_code"] for name, payload in thanks.items()} == {
        "a": "CODE-a",
        "b": "CODE-b",
    }
    assert one.snapshot()["participants"]["a"]["state"] == "done"


def test_who_comes_first_plays_first() -> None:
    one = coordinator()
    for name in ("a", "b", "c", "d", "e"):
        arrive(one, name)
    sessions = one.snapshot()["sessions"]
    assert [session["members"] for session in sessions.values()] == [("a", "b"), ("c", "d")]
    assert one.snapshot()["queue"] == ["e"]


def test_repeating_a_command_is_harmless() -> None:
    one = coordinator()
    arrive(one, "a")
    assert one.join("a", "game") == []
    assert one.advance("a", "intro") == []
    assert one.snapshot()["queue"] == ["a"]
    answer, _ = one.hello("a", "page-a")
    assert answer["resumed"] is True


def test_a_seal_that_comes_twice_ends_nothing_twice() -> None:
    one = coordinator()
    playing(one)
    for episode in (0, 1):
        for seat in (0, 1):
            one.sealed("session1", episode, seat)
    assert one.sealed("session1", 1, 1) == []


def test_a_second_tab_is_elsewhere_as_long_as_the_first_is_connected() -> None:
    one = coordinator()
    one.create("a", "CODE-a")
    assert not one.open_elsewhere("a", "page-a", "tab-a")
    one.hello("a", "page-a", "tab-a")
    assert not one.open_elsewhere("a", "page-a", "tab-a"), "the same page, connected again"
    assert not one.open_elsewhere("a", "reloaded", "tab-a"), "a reload, whichever comes first"
    for other in ("tab-b", None):
        assert one.open_elsewhere("a", "page-b", other)
    one.disconnected("a", "page-a")
    assert not one.open_elsewhere("a", "page-b", "tab-b"), "the first tab is gone"


def test_a_reload_wins_and_ends_what_ran_in_the_old_page() -> None:
    one = coordinator()
    playing(one)
    _, effects = one.hello("a", "another")
    assert isinstance(effects[0], Dismiss)
    assert (effects[0].page_id, effects[0].code) == ("page-a", "duplicate")
    assert [payload["reason"] for _, payload in emitted(effects, "session_end")] == ["partner_left", "partner_left"]


def test_a_page_that_is_gone_for_too_long_has_left() -> None:
    one = coordinator()
    playing(one)
    effects = one.disconnected("a", "page-a")
    assert StartTimer("gone:a", GAME.reconnection_timeout_ms) in effects
    ended = emitted(one.timer("gone:a"), "session_end")
    assert [payload["reason"] for _, payload in ended] == ["partner_left", "partner_left"]


def test_a_page_that_comes_back_in_time_has_not() -> None:
    one = coordinator()
    playing(one)
    one.disconnected("a", "page-a")
    answer, effects = one.hello("a", "page-a")
    assert answer["resumed"] is True
    assert StopTimer("gone:a") in effects
    assert one.timer("gone:a") == []


def test_an_old_page_that_disconnects_changes_nothing() -> None:
    one = coordinator()
    playing(one)
    one.hello("b", "newer")
    assert one.disconnected("b", "page-b") == []


def test_whoever_is_gone_from_the_waiting_room_waits_no_more() -> None:
    one = coordinator()
    arrive(one, "a")
    one.disconnected("a", "page-a")
    one.timer("gone:a")
    assert one.snapshot()["queue"] == []
    assert one.snapshot()["participants"]["a"]["state"] == "reading"


def test_only_who_is_here_is_matched() -> None:
    one = coordinator()
    arrive(one, "a")
    one.disconnected("a", "page-a")
    assert emitted(arrive(one, "b"), "session_assigned") == []
    assert [name for name, _ in emitted(arrive(one, "c"), "session_assigned")] == ["b", "c"]
    assert one.snapshot()["queue"] == ["a"]


def test_whoever_comes_back_to_the_waiting_room_is_matched_first() -> None:
    one = coordinator()
    arrive(one, "a")
    one.disconnected("a", "page-a")
    arrive(one, "b")
    _, effects = one.hello("a", "page-a")
    assert [(name, payload["seat"]) for name, payload in emitted(effects, "session_assigned")] == [("a", 0), ("b", 1)]


def test_a_connection_lost_at_the_match_is_told_again() -> None:
    one = coordinator()
    arrive(one, "a")
    told = dict(emitted(arrive(one, "b"), "session_assigned"))
    one.disconnected("a", "page-a")
    _, effects = one.hello("a", "page-a")
    assert emitted(effects, "session_assigned") == [("a", told["a"])]
    for name in ("a", "b"):
        one.report(name, "session1", "playing")
    assert emitted(one.hello("a", "page-a")[1], "session_assigned") == []


@pytest.mark.parametrize("strange", [-1, 2, 99])
def test_a_seal_of_an_episode_that_is_none_neither_ends_nor_holds_the_session(strange: int) -> None:
    one = coordinator()
    playing(one)
    for seat in (0, 1):
        one.sealed("session1", strange, seat)
        one.sealed("session1", 0, seat)
    assert one.snapshot()["sessions"]["session1"]["state"] == "running"
    for seat in (0, 1):
        one.sealed("session1", 1, seat)
    assert one.snapshot()["sessions"]["session1"]["state"] == "completed"


def test_links_that_never_come_up_end_the_session() -> None:
    one = coordinator()
    arrive(one, "a")
    arrive(one, "b")
    one.report("a", "session1", "playing")
    effects = one.timer("connect:session1")
    assert {payload["reason"] for _, payload in emitted(effects, "session_end")} == {"connection_failed"}
    assert StartTimer("export:session1", 5_000) in effects
    assert one.timer("export:session1") == [Export("session1", None)]
    assert one.timer("connect:session1") == []


def test_without_a_scene_behind_the_game_the_end_carries_the_code() -> None:
    one = coordinator(Experiment(id="study", scenes=[Game(id="game", environment="world.py:World")]))
    for name in ("a", "b"):
        one.create(name, f"CODE-{name}")
        one.hello(name, f"page-{name}")
        one.join(name, "game")
    for name in ("a", "b"):
        one.report(name, "session1", "playing")
    ends = emitted(one.leave("a", "session1", "closed"), "session_end")
    assert [(payload["next"], payload["completion_code"]) for _, payload in ends] == [
        ("stay", "CODE-a"),
        ("stay", "CODE-b"),
    ]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (lambda one: one.hello("nobody", "page"), "unknown_participant"),
        (lambda one: one.join("a", "other"), "wrong_scene"),
        (lambda one: one.join("c", "game"), "wrong_scene"),
        (lambda one: one.advance("d", "game"), "not_a_page"),
        (lambda one: one.leave("c", "session1", "x"), "not_a_member"),
        (lambda one: one.report("a", "session9", "playing"), "not_a_member"),
        (lambda one: one.route("a", "session1", 2), "no_such_seat"),
        (lambda one: one.route("c", "session1", 0), "not_a_member"),
    ],
)
def test_a_command_that_does_not_fit_is_refused_by_its_code(command: Any, code: str) -> None:
    one = coordinator()
    playing(one)
    one.create("c", "CODE-c")
    one.create("d", "CODE-d")
    one.advance("d", "intro")
    before = one.snapshot()
    with pytest.raises(RefusedError) as caught:
        command(one)
    assert caught.value.code == code
    assert one.snapshot() == before


def test_a_participant_of_an_earlier_run_goes_on_where_it_was() -> None:
    one = coordinator()
    one.adopt([Participant("a", "CODE-a", 2)], [], unwritten=frozenset())
    _, effects = one.hello("a", "page")
    ((_, payload),) = emitted(effects, "scene_activate")
    assert (payload["kind"], payload["config"]["completion_code"]) == ("thanks", "CODE-a")
    assert [one for one in effects if isinstance(one, SaveParticipant)] == []


def restarted(
    state: Any, *, scene: int = 1, sealed: Any = None, unwritten: bool = False
) -> tuple[Coordinator, Effects]:
    """A server that finds a and b, and a session of theirs, in its store."""
    one = coordinator()
    people = [Participant(name, f"CODE-{name}", scene, page_id=f"page-{name}") for name in ("a", "b")]
    reason = {"completed": "completed", "cut": "partner_left"}.get(state, "")
    session = Session("old", "game", 7, ("a", "b"), state, reason, sealed=sealed or {})
    return one, one.adopt(people, [session], unwritten={"old"} if unwritten else frozenset())


def test_a_game_that_runs_goes_on_after_a_restart() -> None:
    one, effects = restarted("running")
    assert {StartTimer("gone:a", RETURN_LIMIT_MS), StartTimer("gone:b", RETURN_LIMIT_MS)} <= set(timers(effects))
    for name in ("a", "b"):
        answer, said = one.hello(name, f"page-{name}")
        assert (answer["stage"], answer["resumed"]) == ("playing", True)
        assert StopTimer(f"gone:{name}") in said
        assert [effect for effect in said if isinstance(effect, Emit)] == []
        assert one.timer(f"gone:{name}") == []
    for seat in (0, 1):
        one.sealed("old", 0, seat)
    one.sealed("old", 1, 0)
    assert [end["reason"] for _, end in emitted(one.sealed("old", 1, 1), "session_end")] == ["completed", "completed"]


def test_seals_from_before_the_restart_count() -> None:
    one, effects = restarted("running", sealed={0: {0, 1}, 1: {0}})
    assert Export("old", 0) in effects
    assert len(emitted(one.sealed("old", 1, 1), "session_end")) == 2


def test_a_session_whose_last_seal_was_stored_before_the_crash_is_completed_at_the_start() -> None:
    one, effects = restarted("running", sealed={0: {0, 1}, 1: {0, 1}})
    assert one.snapshot()["sessions"]["old"]["state"] == "completed"
    assert {Export("old", 0), Export("old", 1)} <= {effect for effect in effects if isinstance(effect, Export)}
    _, said = one.hello("a", "page-a")
    assert [end["outcome"] for _, end in emitted(said, "session_end")] == ["completed"]
    assert emitted(said, "scene_activate")[0][1]["kind"] == "thanks"


def test_a_session_that_was_still_connecting_is_over_and_its_pages_are_told() -> None:
    one, effects = restarted("connecting")
    assert StartTimer("export:old", 5_000) in effects
    assert any(isinstance(effect, SaveSession) for effect in effects)
    _, said = one.hello("b", "page-b")
    ((_, end),) = emitted(said, "session_end")
    assert (end["reason"], end["outcome"], end["next"]) == ("server_restart", "partial", "advance")


def test_whoever_does_not_come_back_after_a_restart_has_not_left() -> None:
    one, _ = restarted("running")
    one.hello("a", "page-a")
    ends = emitted(one.timer("gone:b"), "session_end")
    assert [(name, end["reason"]) for name, end in ends] == [("a", "server_restart"), ("b", "server_restart")]


def test_whoever_came_back_after_a_restart_and_goes_has_left() -> None:
    one, _ = restarted("running")
    one.hello("b", "page-b")
    one.disconnected("b", "page-b")
    assert [end["reason"] for _, end in emitted(one.timer("gone:b"), "session_end")] == ["partner_left"] * 2


def test_a_page_that_was_loaded_anew_meanwhile_ends_the_game() -> None:
    one, _ = restarted("running")
    ends = emitted(one.hello("a", "another")[1], "session_end")
    assert [end["reason"] for _, end in ends] == ["partner_left", "partner_left"]


@pytest.mark.parametrize("state", ["completed", "cut"])
def test_what_an_end_left_undone_is_done(state: str) -> None:
    """The server died after the session was stored as over, and before its members had moved on."""
    one, effects = restarted(state, unwritten=True)
    assert StartTimer("export:old", 5_000) in effects
    assert {effect.participant.scene for effect in effects if isinstance(effect, SaveParticipant)} == {2}
    _, said = one.hello("a", "page-a")
    assert len(emitted(said, "session_end")) == 1
    assert emitted(said, "scene_activate")[0][1]["kind"] == "thanks"


@pytest.mark.parametrize("state", ["completed", "cut"])
def test_an_end_that_was_complete_is_left_alone(state: str) -> None:
    _, effects = restarted(state, scene=2)
    assert effects == []


def test_a_session_that_its_members_have_long_left_does_not_take_them_back() -> None:
    one, effects = restarted("running", scene=2)
    assert emitted(effects, "session_end") == []
    assert one.snapshot()["sessions"]["old"]["reason"] == "server_restart"
    assert emitted(one.hello("a", "page-a")[1], "scene_activate")[0][1]["kind"] == "thanks"


def test_an_end_that_was_lost_with_the_connection_is_told_again() -> None:
    one = coordinator()
    playing(one)
    one.disconnected("a", "page-a")
    one.leave("b", "session1", "closed")
    said = one.hello("a", "page-a")[1]
    assert [end["reason"] for _, end in emitted(said, "session_end")] == ["partner_left"]
    assert emitted(one.hello("a", "newer")[1], "session_end") == []


def timers(effects: Effects) -> list[StartTimer]:
    return [effect for effect in effects if isinstance(effect, StartTimer)]
