"""Broken environments fail the short trial, which runs before anybody plays; sound ones pass (NETC-07)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from igym_env import host
from igym_env.contract import ContractError

WORLD = """
import random
import time

from igym_env import Generator

STEPS = []


class World:
    seats = 2
    actions = ("stay", "go")
    noop = 0
    fps = 30
    max_steps = 90
    view = (10, 10)

    def reset(self, seed):
        self.rng = Generator(seed)
        self.frame = 0
        self.trail = []
        return {0: 0, 1: 0}, {}

    def step(self, actions):
        self.frame += 1
        self.trail = [*self.trail, self.rng.random()]
        # PLANT
        seen = {0: self.frame, 1: self.frame}
        return seen, {0: 0.0, 1: 0.0}, {0: False, 1: False}, {0: False, 1: False}, {}

    def get_state(self):
        return {"frame": self.frame, "rng": self.rng.state, "trail": self.trail}

    def set_state(self, state):
        self.frame = state["frame"]
        self.rng.state = state["rng"]
        self.trail = list(state["trail"])

    def render(self):
        return []
"""
AGAIN = "simulated twice from one snapshot"
NOT_THAT = "is not that state"
BROKEN = {
    "a frame that is not restored": ('        self.frame = state["frame"]\n', "", NOT_THAT),
    "a trail that is not restored": ('        self.trail = list(state["trail"])\n', "", NOT_THAT),
    "a random state that is not saved": ('"rng": self.rng.state', '"rng": Generator(1).state', AGAIN),
    "the wall clock": ("        # PLANT\n", "        self.frame += time.perf_counter_ns()\n", AGAIN),
    "the global random generator": ("        # PLANT\n", "        self.trail.append(random.random())\n", AGAIN),
    "a counter outside the state": (
        "        # PLANT\n",
        "        STEPS.append(1)\n        self.frame += len(STEPS)\n",
        AGAIN,
    ),
    "observations that are written over": (
        "        seen = {0: self.frame, 1: self.frame}\n",
        '        seen = self.__dict__.setdefault("seen", {})\n        seen.update({0: self.frame, 1: self.frame})\n',
        "changes the observations that the step before handed out",
    ),
    "rewards that are written over": (
        ", {0: 0.0, 1: 0.0},",
        ', self.__dict__.setdefault("paid", {0: 0.0}).update({1: float(self.frame)}) or self.paid,',
        "changes the rewards that the step before handed out",
    ),
    "infos that are written over": (
        "1: False}, {}\n",
        '1: False}, self.__dict__.setdefault("told", {}).update({0: {"frame": self.frame}}) or self.told\n',
        "changes the infos that the step before handed out",
    ),
}


def made(folder: Path, text: str) -> host.Host:
    file = folder / "probed_world.py"
    file.write_text(text, encoding="utf-8")
    return host.create(f"{file}:World")


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_environment_is_refused_before_anybody_plays(name: str, tmp_path: Path) -> None:
    old, new, said = BROKEN[name]
    assert WORLD.count(old) == 1
    with pytest.raises(ContractError, match=f"env_contract_failed.*{said}"):
        made(tmp_path, WORLD.replace(old, new))


def test_a_sound_one_passes_and_starts_from_its_own_seed(tmp_path: Path) -> None:
    world = made(tmp_path, WORLD)
    first, second = (json.loads(world.start(json.dumps({"seed": seed, "episode": 0})))["hash"] for seed in (1, 1))
    assert first == second
