"""A PettingZoo parallel environment with a state runs after a short adapter."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pettingzoo import ParallelEnv

from igym_env import Generator, sync_test
from igym_env.contract import check
from igym_env.pettingzoo import Parallel

WIDTH = 20


class Pursuit(ParallelEnv):  # type: ignore[misc]  # pettingzoo has no types
    """A hunter and a runner on a line; who is caught is out, as PettingZoo does it: taken from `agents`."""

    metadata = {"name": "pursuit"}  # noqa: RUF012
    possible_agents = ["hunter", "runner"]  # noqa: RUF012

    def reset(self, seed: int | None = None, options: Any = None) -> Any:
        self.agents = list(self.possible_agents)
        self.chance = Generator(seed or 0)
        self.places = [0, WIDTH // 2]
        return {name: tuple(self.places) for name in self.agents}, {name: {} for name in self.agents}

    def step(self, actions: dict[str, int]) -> Any:
        assert set(actions) == set(self.agents), "PettingZoo wants exactly the living agents"
        playing = list(self.agents)
        for name, action in actions.items():
            index = self.possible_agents.index(name)
            slip = self.chance.randrange(3) - 1
            self.places[index] = (self.places[index] + (0, -1, 1)[action] + slip) % WIDTH
        caught = self.places[0] == self.places[1] and "runner" in playing
        over = {name: caught and name == "runner" for name in playing}
        self.agents = [name for name in playing if not over[name]]
        rewards = {name: float(caught) if name == "hunter" else -float(caught) for name in playing}
        observations = {name: tuple(self.places) for name in playing}
        return (
            observations,
            rewards,
            over,
            dict.fromkeys(playing, False),
            {name: {"caught": caught} for name in playing},
        )

    def get_state(self) -> dict[str, Any]:
        return {"places": list(self.places), "chance": self.chance.state}

    def set_state(self, state: dict[str, Any]) -> None:
        self.places = list(state["places"])
        self.chance.state = state["chance"]


def game() -> Parallel:
    return Parallel(
        Pursuit(),
        agents=["hunter", "runner"],
        actions={"stay": 0, "left": 1, "right": 2},
        noop="stay",
        fps=10,
        max_steps=300,
        view=(200, 40),
        draw=lambda env: [["circle", 10 * x + 5, 20, 5, "#e4572e"] for x in env.places],
    )


def test_it_is_an_environment() -> None:
    check(game())


def test_it_survives_a_rollback_at_every_frame(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sync_test, "load", lambda entry, kwargs: game())
    result = json.loads(sync_test.run("pursuit:game", 600, 3))
    assert result["ok"], result
    assert result["frames"] == 600


def test_an_agent_that_is_out_keeps_its_seat_and_its_last_observation() -> None:
    world = game()
    world.reset(4)
    while True:
        observations, rewards, terminated, truncated, infos = world.step({0: 2, 1: 1})
        if terminated[1]:
            break
    after = world.step({0: 0, 1: 0})
    assert after[2] == {0: False, 1: True}
    assert after[0][1] == observations[1]
    assert (after[1][1], after[4][1]) == (0.0, {})
    assert set(rewards) == set(truncated) == set(infos) == {0, 1}
