"""Frames of the Socket.IO path: which have a name, what a seed decides for them, and that every other one is left alone."""

from __future__ import annotations

import pytest

from igym.events import EVENTS as REGISTERED
from igym_chaos.socket_frames import EVENTS, NAMES, FramePolicy, Named, named, plan

SIGNAL = '["link_signal",{"session_id":"s","seat":1,"generation":0,"kind":"%s","payload":{"sdp":"v=0\\r\\n"}}]'


@pytest.mark.parametrize(
    ("frame", "what"),
    [
        ("42" + SIGNAL % "answer", Named("link_signal", "answer")),
        ("4217" + SIGNAL % "candidate", Named("link_signal", "candidate")),
        ("42/study,3" + SIGNAL % "offer", Named("link_signal", "offer")),
        ("42" + SIGNAL % "gossip", Named("link_signal")),
        ('42["link_signal"]', Named("link_signal")),
        ('42["link_signal",{"kind":["offer"]}]', Named("link_signal")),
        ('4212["data_chunk",{"rows":["[\\"offer\\"]"]}]', Named("data_chunk")),
        ('42["session_end",{"outcome":"completed"}]', Named("session_end")),
    ],
)
def test_an_event_is_known_by_its_name_and_a_signal_by_its_kind(frame: str, what: Named) -> None:
    assert named(frame) == what


@pytest.mark.parametrize(
    "frame",
    [
        "2",
        "3",
        "2probe",
        "3probe",
        '0{"sid":"x","pingInterval":25000}',
        "40",
        '40{"sid":"x"}',
        "41",
        '4317[{"ok":true}]',
        '451-["data_chunk",{"_placeholder":true,"num":0}]',
        '42["data_chunk',
        "42",
        "",
        '4{"answer"}',
        b'42["data_chunk",{}]',
    ],
)
def test_whatever_is_no_event_has_no_name(frame: str | bytes) -> None:
    assert named(frame) is None


def test_the_path_s_own_heartbeat_is_no_name_and_every_name_is_an_event_of_the_product() -> None:
    assert "page_ping" not in NAMES
    assert set(EVENTS) <= set(REGISTERED)


def test_one_seed_decides_alike_and_each_way_and_page_for_itself() -> None:
    policy = FramePolicy("candidate", "drop", ("up", "down"), share=0.5)
    first = plan(policy, 200, seed=7, participant="a", way="up")
    assert first == plan(policy, 200, seed=7, participant="a", way="up")
    for other in (
        plan(policy, 200, seed=8, participant="a", way="up"),
        plan(policy, 200, seed=7, participant="b", way="up"),
        plan(policy, 200, seed=7, participant="a", way="down"),
    ):
        assert [fate.action for fate in other] != [fate.action for fate in first]
    assert 70 < sum(fate.action == "drop" for fate in first) < 130


def test_only_the_first_are_decided_on() -> None:
    fates = plan(FramePolicy("answer", "drop", ("up",), first=2), 5, seed=1, participant="a", way="up")
    assert [fate.action for fate in fates] == ["drop", "drop", None, None, None]


def test_pairs_change_places() -> None:
    """A frame that another one waits for is not held itself, or nothing would ever leave."""
    fates = plan(FramePolicy("candidate", "reorder", ("up",)), 5, seed=1, participant="a", way="up")
    assert [fate.action for fate in fates] == ["reorder", None, "reorder", None, "reorder"]
