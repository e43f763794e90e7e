"""Two dumps of one frame name the field in which two seats differ; a report that cannot be true is refused."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from igym import desync
from igym_env.encoding import encode, state_hash

STATES = [{"cook": {"x": 4}, "score": 0}, {"cook": {"x": 5}, "score": 0}]


def report(seat: int, **changed: Any) -> dict[str, Any]:
    own, peer = STATES[seat], STATES[1 - seat]
    whole: dict[str, Any] = {
        "session_id": "s",
        "episode": 0,
        "seat": seat,
        "frame": 123,
        "own_hash": state_hash(own),
        "peer_seat": 1 - seat,
    }
    more = {
        "peer_hash": state_hash(peer),
        "verified_frame": 122,
        "t_ms": 5.0,
        "dump": base64.b64encode(encode(own)).decode(),
    }
    return {**whole, **more, **changed}


def test_the_field_is_named_when_both_dumps_are_here() -> None:
    assert desync.first_diff([report(0)]) is None
    assert desync.first_diff([report(1), report(0)]) == {
        "frame": 123,
        "seats": [0, 1],
        "fields": [{"path": "value['cook']['x']", "a": "i4;", "b": "i5;"}],
    }
    assert desync.first_diff([report(0), report(1, dump="")]) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, None),
        ({"dump": ""}, None),
        ({"episode": 1}, "episode is 1"),
        ({"peer_seat": 0}, "must differ"),
        ({"seat": 2}, "seat is 2"),
        ({"own_hash": "x"}, "16 hex characters"),
        ({"dump": "?"}, "not base64"),
        ({"dump": base64.b64encode(encode(1)).decode()}, "another hash than own_hash"),
    ],
)
def test_a_report_that_cannot_be_true_is_refused(changed: dict[str, Any], said: str | None) -> None:
    found = desync.problem({**report(0), **changed}, seats=2, episodes=1)
    assert found is None if said is None else found is not None and said in found
