"""A row that is none is refused at the door, with its frame and what is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from igym import rows

ROW: dict[str, Any] = {
    "frame": 5,
    "actions": [0, 1],
    "rewards": [0.0, -1],
    "terminateds": [False, True],
    "truncateds": [False, False],
    "infos": [{}, {"held": 1}],
    "focused": [True, False],
    "auto": [False, True],
    "obs_hashes": ["0" * 16, "a" * 16],
    "state_hash": "f" * 16,
}


def chunk(**changed: Any) -> dict[str, Any]:
    return {"episode": 0, "kind": "rows", "seq": 0, "first_frame": 5, "rows": [json.dumps(ROW)], **changed}


def problem(one: dict[str, Any]) -> str | None:
    return rows.problem(one, seats=2, episodes=1)


def test_a_row_of_the_host_passes() -> None:
    assert problem(chunk()) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"frame": 6}, "row of frame 5: says frame 6"),
        ({"frame": True}, "says frame True"),
        ({"actions": [0]}, "actions does not hold one right value for each of 2 seats"),
        ({"actions": [0, -1]}, "actions"),
        ({"actions": [0, 1.0]}, "actions"),
        ({"rewards": [0.0, "1"]}, "rewards"),
        ({"rewards": [0.0, None]}, "rewards"),
        ({"terminateds": [0, 1]}, "terminateds"),
        ({"infos": [None, {}]}, "infos"),
        ({"auto": "ft"}, "auto"),
        ({"obs_hashes": ["0" * 16, "A" * 16]}, "obs_hashes"),
        ({"state_hash": "f" * 15}, "state_hash is not 16 hex characters"),
        ({"more": 1}, "must be an object with"),
    ],
)
def test_a_wrong_row_is_told_by_frame_and_field(changed: dict[str, Any], said: str) -> None:
    found = problem(chunk(rows=[json.dumps({**ROW, **changed})]))
    assert found is not None
    assert said in found


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"episode": 1}, "episode is 1; the session has 1"),
        ({"episode": -1}, "episode is -1"),
        ({"seq": -1}, "must not be negative"),
        ({"first_frame": -5}, "must not be negative"),
        ({"rows": ["{"]}, "is not JSON"),
        ({"rows": ["[" * 100_000]}, "is not JSON"),
        ({"rows": ["[]"]}, "must be an object"),
    ],
)
def test_a_wrong_chunk_is_told(changed: dict[str, Any], said: str) -> None:
    found = problem(chunk(**changed))
    assert found is not None
    assert said in found


LOCAL: dict[str, Any] = {
    "frame": 5,
    "was_speculative": [False, True],
    "corrected": [False, False],
    "n_resim": 2,
    "input_delay_frames": 2,
    "confirm_lag_frames": 3,
    "confirm_lag_ms": 100.5,
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, None),
        ({"frame": 6}, "row 5 of kind local: is not the next one"),
        ({"was_speculative": [True]}, "one flag for each of 2 seats"),
        ({"corrected": [0, 1]}, "corrected is [0, 1]"),
        ({"n_resim": -1}, "n_resim is -1"),
        ({"confirm_lag_ms": None}, "confirm_lag_ms is None"),
        ({"more": 1}, "must be an object with"),
    ],
)
def test_how_a_frame_became_final_is_checked_too(changed: dict[str, Any], said: str | None) -> None:
    found = problem(chunk(kind="local", rows=[json.dumps({**LOCAL, **changed})]))
    assert found is None if said is None else found is not None and said in found


def test_an_unknown_kind_of_row_is_named() -> None:
    assert problem(chunk(kind="latency")) == "kind is 'latency'; known: rows, local, rollbacks"
