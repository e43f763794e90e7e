"""Anchors against a recorded state."""

from __future__ import annotations

import pytest

from igym_chaos.anchors import parse
from igym_harness.timeline import Timeline


def playing(timeline: Timeline, name: str, t_ms: float, frame: int, episode: int = 0) -> None:
    timeline.observe(name, t_ms, "playing", {"state": "playing", "episode": episode, "frame": frame})


@pytest.fixture
def timeline() -> Timeline:
    return Timeline(("a", "b"), frames=450, fps=30)


def test_play_begins_when_everyone_plays(timeline: Timeline) -> None:
    playing(timeline, "a", 1_000.0, 0)
    assert timeline.due_ms(parse("play")) is None
    playing(timeline, "b", 1_200.0, 3)
    playing(timeline, "a", 1_250.0, 7)
    assert timeline.due_ms(parse("play+2s")) == 3_200.0


def test_a_frame_is_reached_when_the_last_one_is_there(timeline: Timeline) -> None:
    playing(timeline, "a", 1_000.0, 310)
    playing(timeline, "b", 1_000.0, 290)
    assert timeline.due_ms(parse("frame>=300")) is None
    playing(timeline, "b", 1_500.0, 305)
    assert timeline.due_ms(parse("frame>=300+1s")) == 2_500.0
    assert timeline.slowest_frame(0) == 305


def test_frames_of_another_episode_do_not_count(timeline: Timeline) -> None:
    for name in ("a", "b"):
        playing(timeline, name, 1_000.0, 400)
    assert timeline.due_ms(parse("episode1.frame>=10")) is None
    for name in ("a", "b"):
        playing(timeline, name, 2_000.0, 12, episode=1)
    assert timeline.due_ms(parse("episode1.frame>=10")) == 2_000.0


def test_the_time_before_an_end_is_foretold_from_the_frame(timeline: Timeline) -> None:
    for name in ("a", "b"):
        playing(timeline, name, 900.0, 418)
    assert timeline.due_ms(parse("episode0.end-1s")) is None
    for name in ("a", "b"):
        playing(timeline, name, 1_000.0, 421)
    assert timeline.due_ms(parse("episode0.end-1s")) == 1_000.0


def test_the_time_after_an_end_is_what_was_seen(timeline: Timeline) -> None:
    timeline.observe_event("a", 5_000.0, {"kind": "episode-end", "episode": 0})
    assert timeline.due_ms(parse("episode0.end+1s")) is None
    timeline.observe_event("b", 5_100.0, {"kind": "episode-end", "episode": 0})
    assert timeline.due_ms(parse("episode0.end+1s")) == 6_100.0


def test_a_fault_can_wait_for_another(timeline: Timeline) -> None:
    assert timeline.due_ms(parse("f1.end+1s")) is None
    timeline.mark("f1.end", 3_000.0)
    timeline.mark("f1.end", 9_000.0)
    assert timeline.due_ms(parse("f1.end+1s")) == 4_000.0


def test_match_and_countdown_are_read_from_the_pages(timeline: Timeline) -> None:
    timeline.observe("a", 1.0, "connecting", {})
    timeline.observe("b", 2.0, "waiting", {})
    assert "match" not in timeline.marks
    timeline.observe("b", 3.0, "countdown", {})
    assert timeline.marks["match"] == 3.0
    assert "countdown" not in timeline.marks
    timeline.observe("a", 4.0, "playing", {})
    assert timeline.marks["countdown"] == 4.0


def test_who_is_gone_is_not_waited_for(timeline: Timeline) -> None:
    playing(timeline, "a", 1_000.0, 200)
    playing(timeline, "b", 1_000.0, 200)
    timeline.leaves("a")
    playing(timeline, "b", 1_500.0, 305)
    assert timeline.due_ms(parse("frame>=300")) == 1_500.0
    assert timeline.slowest_frame(0) == 305
