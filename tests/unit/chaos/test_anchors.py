"""When something is due, as scenario files say it."""

from __future__ import annotations

import pytest

from igym_chaos.anchors import Anchor, AnchorError, duration_ms, parse


@pytest.mark.parametrize(
    ("text", "anchor"),
    [
        ("play", Anchor("play", 0)),
        ("play+2s", Anchor("play", 2000)),
        ("play - 500ms", Anchor("play", -500)),
        ("server.up+1.5s", Anchor("server.up", 1500)),
        ("frame>=300", Anchor("frame", 0, episode=0, frame=300)),
        ("episode2.frame>=10+1s", Anchor("frame", 1000, episode=2, frame=10)),
        ("episode1.end-1s", Anchor("episode-end", -1000, episode=1)),
        ("f1.end+250ms", Anchor("f1.end", 250)),
        ("slow-a.start", Anchor("slow-a.start", 0)),
    ],
)
def test_anchors(text: str, anchor: Anchor) -> None:
    assert parse(text) == anchor


@pytest.mark.parametrize(
    "text", ["", "now", "play+2", "play+2m", "frame>300", "frame>=", "f1", "play+-2s", "play+2s+1s"]
)
def test_what_is_no_anchor_is_named(text: str) -> None:
    with pytest.raises(AnchorError, match="is no anchor; examples: play"):
        parse(text)


def test_what_an_anchor_hangs_on() -> None:
    assert parse("f1.end").fault == "f1"
    assert parse("play").fault is None
    assert parse("server.up").fault is None
    assert [parse(text).needs_gate for text in ("match", "play", "frame>=1")] == [False, True, True]


@pytest.mark.parametrize(("text", "ms"), [("10s", 10_000), ("1.5s", 1500), ("500ms", 500)])
def test_durations(text: str, ms: float) -> None:
    assert duration_ms(text) == ms


@pytest.mark.parametrize("text", ["10", "s", "1h", "-1s", "1,5s"])
def test_what_is_no_duration_is_named(text: str) -> None:
    with pytest.raises(AnchorError, match="is no duration"):
        duration_ms(text)
