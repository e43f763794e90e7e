"""One batch, one call: rows, hashes and the display list come back, snapshots bring the same future again."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from igym_env.decoding import differences
from igym_env.encoding import short_hash, state_hash
from igym_env.host import Host, HostError
from igym_env.loader import load
from igym_env.seeds import episode_seed

KITCHEN = "platform/examples/environments/kitchen.py:Kitchen"
IDLE = "0,1,0,1"


def host(max_steps: int | None = None) -> Host:
    made = Host(load(KITCHEN))
    made.start(json.dumps({"seed": 5, "episode": 0, "max_steps": max_steps}))
    return made


def run(one: Host, *requests: str, display: bool = False) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(one.run("\n".join(requests), display))
    return answer


def played(one: Host, *steps: tuple[int, str], load: int | None = None) -> list[dict[str, Any]]:
    """The rows of these frames, each simulated, saved and final."""
    requests = [] if load is None else [f"load {load}"]
    for frame, inputs in steps:
        requests += [f"play {frame} {inputs}", f"final {frame}"]
    rows: list[dict[str, Any]] = run(one, *requests)["rows"]
    return rows


def test_a_row_holds_inputs_flags_hashes_and_the_episode_ends_at_max_steps() -> None:
    one = host(max_steps=3)
    rows = played(one, *((frame, "1,1,2,2") for frame in range(3)))
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
    first = played(one, (0, "1,1,5,1"), (1, "3,1,4,1"))
    again = played(one, (1, "3,1,4,1"), load=1)
    assert again[0]["row"] == first[1]["row"]
    other = played(one, (1, "4,1,4,1"), load=1)
    assert other[0]["row"] != first[1]["row"]


def test_a_snapshot_is_a_copy() -> None:
    one = host()
    before = state_hash(load(KITCHEN).get_state())
    run(one, "save 0", "advance 0 " + ";".join(["1,1,3,1"] * 5), "load 0")
    assert played(one, (0, IDLE))[0]["hash"] != before


def test_a_frame_is_final_once_and_only_after_it_was_simulated_and_saved() -> None:
    one = host()
    answer = run(one, f"advance 0 {IDLE}", "save 1", f"advance 1 {IDLE}", "save 2")
    assert (answer["ended"], answer["rows"]) == ([False, False], [])
    assert [row["frame"] for row in run(one, "final 0", "final 1")["rows"]] == [0, 1]
    with pytest.raises(HostError, match="final row of frame 0, which was not simulated"):
        run(one, "final 0")


def test_the_bytes_that_were_hashed_are_kept_for_the_newest_frames() -> None:
    one = host()
    row = played(one, (0, IDLE))[0]
    assert short_hash(base64.b64decode(one.dump(0))) == row["hash"]
    played(one, *((frame, IDLE) for frame in range(1, 301)))
    assert (one.dump(0), bool(one.dump(1))) == ("", True)


def test_a_flipped_bit_changes_one_field_of_the_frame_and_survives_a_rollback() -> None:
    sound, wrong = host(), host()
    wrong.flip(1)
    steps = [(frame, IDLE) for frame in range(3)]
    first, other = played(sound, *steps), played(wrong, *steps)
    assert [a["hash"] == b["hash"] for a, b in zip(first, other, strict=True)] == [True, False, False]
    a, b = (base64.b64decode(one.dump(1)) for one in (sound, wrong))
    assert differences(a, b) == [{"path": "value['frame']", "a": "i2;", "b": "i3;"}]
    assert played(wrong, steps[1], load=1)[0]["hash"] == other[1]["hash"]


def test_the_display_list_comes_when_it_is_wanted() -> None:
    one = host()
    assert run(one, f"advance 0 {IDLE}")["display"] is None
    assert all(isinstance(shape[0], str) for shape in run(one, f"advance 1 {IDLE}", display=True)["display"])


class Greedy:
    """Takes its actions out of the dict that it is given, and will not play a 3."""

    seats = 2
    actions: tuple[str, ...] = ("a", "b", "c", "d")
    noop, fps, max_steps = 0, 30, 100
    view = (1, 1)

    def __init__(self) -> None:
        self.reset(0)

    def reset(self, seed: int) -> tuple[dict[int, Any], dict[int, dict[str, Any]]]:
        self._sums = [seed, 0]
        return dict(enumerate(self._sums)), {0: {}, 1: {}}

    def step(self, actions: dict[int, int]) -> Any:
        if 3 in actions.values():
            raise ValueError("no 3")
        for seat in (0, 1):
            self._sums[seat] += actions.pop(seat)
        no = {0: False, 1: False}
        return dict(enumerate(self._sums)), {0: 0.0, 1: 0.0}, no, dict(no), {0: {}, 1: {}}

    def get_state(self) -> dict[str, Any]:
        return {"sums": list(self._sums)}

    def set_state(self, state: dict[str, Any]) -> None:
        self._sums = list(state["sums"])

    def render(self) -> list[list[Any]]:
        return []


def test_what_a_world_does_to_its_actions_reaches_no_other_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    one = Host(Greedy())
    one.start(json.dumps({"seed": 0, "episode": 0, "observe": True}))
    monkeypatch.setattr("igym_env.host.INPUTS_KEPT", 2)
    rows = run(one, "play 0 1,1,2,1;1,1,2,1;0,1,1,2;2,1,2,1;1,1,2,1", *(f"final {frame}" for frame in range(5)))
    assert [json.loads(row["observations"]) for row in rows["rows"]] == [[1, 2], [2, 4], [2, 5], [4, 7], [5, 9]]
    assert json.loads(rows["rows"][2]["row"])["auto"] == [False, True]


def test_after_a_world_that_fails_the_frames_before_are_there() -> None:
    one = Host(Greedy())
    one.start(json.dumps({"seed": 0, "episode": 0}))
    with pytest.raises(ValueError, match="no 3"):
        run(one, "play 0 1,1,1,1;1,1,1,1;3,1,0,1")
    with pytest.raises(HostError, match="advance of frame 0 while the world is at 2"):
        run(one, "play 0 1,1,1,1")
    assert [row["frame"] for row in played(one, (2, "1,1,1,1"))] == [2]


@pytest.mark.parametrize(
    ("requests", "said"),
    [
        ([f"advance 1 {IDLE}"], "advance of frame 1 while the world is at 0"),
        (["save 4"], "save of frame 4 while the world is at 0"),
        (["load 9"], "not saved"),
        (["advance 0 0,1"], "1 inputs for 2 seats"),
        (["fly 0"], "unknown request 'fly'"),
        ([f"advance 0 {IDLE}", "save 1", "release 1", "load 0"], "saved: [1]"),
    ],
)
def test_our_own_nonsense_is_named(requests: list[str], said: str) -> None:
    with pytest.raises(HostError) as caught:
        run(host(), *requests)
    assert said in str(caught.value)


def test_episodes_of_a_session_start_differently() -> None:
    """NETC-06; client/src/game/host.js derives the same."""
    seeds = {episode_seed(1, "kitchen", episode) for episode in range(50)}
    assert len(seeds) == 50
    assert episode_seed(12345, "kitchen", 2) == 0xEE6E6AC5
