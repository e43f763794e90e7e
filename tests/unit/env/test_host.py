"""One batch, one call: rows, hashes and the display list come back, snapshots bring the same future again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from igym_env.encoding import state_hash
from igym_env.host import Host, HostError
from igym_env.loader import load
from igym_env.seeds import episode_seed

KITCHEN = "platform/examples/environments/kitchen.py:Kitchen"
IDLE = [[0, 1], [0, 1]]


def host(max_steps: int | None = None) -> Host:
    made = Host(load(KITCHEN))
    made.start(json.dumps({"seed": 5, "episode": 0, "max_steps": max_steps}))
    return made


def run(one: Host, *requests: list[Any], display: bool = False) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(one.run(json.dumps({"requests": requests, "display": display})))
    return answer


def test_a_row_holds_inputs_flags_hashes_and_the_episode_ends_at_max_steps() -> None:
    one = host(max_steps=3)
    rows = run(one, *(["advance", frame, [[1, 1], [2, 2]]] for frame in range(3)))["rows"]
    first = json.loads(rows[0]["row"])
    assert (first["frame"], first["actions"], first["focused"], first["auto"]) == (
        0,
        [1, 2],
        [True, False],
        [False, True],
    )
    assert [row["ended"] for row in rows] == [False, False, True]
    assert json.loads(rows[2]["row"])["truncateds"] == [True, True]
    assert all(row["hash"] == json.loads(row["row"])["state_hash"] for row in rows)


def test_loading_a_snapshot_brings_the_same_rows_again() -> None:
    one = host()
    first = run(one, ["advance", 0, [[1, 1], [5, 1]]], ["save", 1], ["advance", 1, [[3, 1], [4, 1]]])["rows"]
    again = run(one, ["load", 1], ["advance", 1, [[3, 1], [4, 1]]])["rows"]
    assert again[0]["row"] == first[1]["row"]
    other = run(one, ["load", 1], ["advance", 1, [[4, 1], [4, 1]]])["rows"]
    assert other[0]["row"] != first[1]["row"]


def test_a_snapshot_is_a_copy() -> None:
    one = host()
    before = state_hash(load(KITCHEN).get_state())
    run(one, ["save", 0], *(["advance", frame, [[1, 1], [3, 1]]] for frame in range(5)), ["load", 0])
    assert run(one, ["advance", 0, IDLE])["rows"][0]["hash"] != before


def test_the_display_list_comes_when_it_is_wanted() -> None:
    one = host()
    assert run(one, ["advance", 0, IDLE])["display"] is None
    assert all(isinstance(shape[0], str) for shape in run(one, ["advance", 1, IDLE], display=True)["display"])


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        ([["advance", 1, IDLE]], "advance of frame 1 while the world is at 0"),
        ([["save", 4]], "save of frame 4 while the world is at 0"),
        ([["load", 9]], "not saved"),
        ([["advance", 0, [[0, 1]]]], "1 inputs for 2 seats"),
        ([["fly", 0]], "unknown request 'fly'"),
        ([["advance", 0, IDLE], ["save", 1], ["release", 1], ["load", 0]], "saved: [1]"),
    ],
)
def test_our_own_nonsense_is_named(requests: list[list[Any]], said: str) -> None:
    with pytest.raises(HostError) as caught:
        run(host(), *requests)
    assert said in str(caught.value)


def test_episodes_of_a_session_start_differently() -> None:
    """NETC-06; client/src/game/host.js derives the same."""
    seeds = {episode_seed(1, "kitchen", episode) for episode in range(50)}
    assert len(seeds) == 50
    assert episode_seed(12345, "kitchen", 2) == 0xEE6E6AC5
