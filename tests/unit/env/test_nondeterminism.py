"""Planted nondeterminisms, one at a time, in a sound environment: the sync test finds each and says where."""

from __future__ import annotations

from pathlib import Path

import pytest

from igym_env import sync_test

FRAMES = 200
SOUND = """
import itertools
import os
import random
import time

from igym_env import Generator

NAMES = ("anna", "bert", "carl", "dora", "emil", "fritz", "gina")
COUNTER = itertools.count()
SEEN = []
MEMO = {}
BEGAN = time.time_ns()


class World:
    seats = 2
    actions = ("stay", "left", "right")
    noop = 0
    fps = 30
    max_steps = 90
    view = (10, 10)

    def reset(self, seed):
        self.rng = Generator(seed)
        self.frame = 0
        self.places = [3, 7]
        self.scores = {name: 0.1 * (index + 1) for index, name in enumerate(NAMES)}
        self.total = 0.0
        self.trail = []
        return self.observe(), {0: {}, 1: {}}

    def step(self, actions):
        for seat in range(2):
            self.places[seat] = (self.places[seat] + (0, -1, 1)[actions[seat]] + self.rng.randrange(2)) % 10
        self.trail.append(sum(self.places))
        self.total += 1.0
        self.frame += 1
        # PLANT
        over = {0: False, 1: False}
        return self.observe(), {0: 0.0, 1: 0.0}, over, dict(over), {0: {}, 1: {}}

    def observe(self):
        return {seat: list(self.places) for seat in range(2)}

    def get_state(self):
        return {
            "frame": self.frame,
            "places": list(self.places),
            "rng": self.rng.state,
            "scores": dict(self.scores),
            "total": self.total,
            "trail": list(self.trail),
        }

    def set_state(self, state):
        self.frame = state["frame"]
        self.places = list(state["places"])
        self.rng.state = state["rng"]
        self.scores = dict(state["scores"])
        self.total = state["total"]
        self.trail = list(state["trail"])

    def render(self):
        return []
"""
PLANT = "        # PLANT\n"
INFOS = "{0: {}, 1: {}}\n\n    def observe"
REWARDS = "{0: 0.0, 1: 0.0}"

PLANTS = {
    "the order of a set": (PLANT, "        self.places[0] = NAMES.index(next(iter(set(NAMES))))\n"),
    "the wall clock": (PLANT, "        self.places[0] = time.time_ns() % 10\n"),
    "the global random generator": (PLANT, "        self.places[0] = random.randrange(10)\n"),
    "the id of an object": (PLANT, "        self.places[0] = id(object()) // 16 % 1_000_003\n"),
    "the hash of a text": (PLANT, "        self.places[0] = hash('anna') % 10\n"),
    "state that is handed out, not copied": ('"places": list(self.places)', '"places": self.places'),
    "a counter of the module": (PLANT, "        self.places[0] = next(COUNTER) % 10\n"),
    "a list of the module that grows": (PLANT, "        SEEN.append(1)\n        self.places[0] = len(SEEN) % 10\n"),
    "a memo of the module by frame, which a wrong prediction fills": (
        PLANT,
        "        self.places[0] = MEMO.setdefault((self.frame, self.total), self.places[0])\n",
    ),
    "observations that change afterwards": ("{seat: list(self.places) for seat", "{seat: self.places for seat"),
    "a sum of floats in the order of a set": (
        PLANT,
        "        self.total = sum(self.scores[name] * 10**k for k, name in enumerate(set(NAMES)))\n",
    ),
    "a dictionary that keeps what was undone": (
        '        self.scores = dict(state["scores"])\n',
        '        self.scores.update(state["scores"])\n',
    ),
    "a generator that is not saved": (
        '            "rng": self.rng.state,\n',
        '            "rng": Generator(1).state,\n',
    ),
    "a step counter that is not restored": ('        self.frame = state["frame"]\n', ""),
    # The state is sound; only what a step hands out is not.
    "the order of a set in an info": (INFOS, "{0: {'first': next(iter(set(NAMES)))}, 1: {}}\n\n    def observe"),
    "the id of the world in an info": (INFOS, "{0: {'me': id(self)}, 1: {}}\n\n    def observe"),
    "the time of the import in an info": (INFOS, "{0: {'began': BEGAN}, 1: {}}\n\n    def observe"),
    "the order of a set in a reward": (REWARDS, "{0: float(NAMES.index(next(iter(set(NAMES))))), 1: 0.0}"),
    "the hash of a text in a reward": (REWARDS, "{0: float(hash('anna') % 1000), 1: 0.0}"),
    "the process in an observation": (
        "{seat: list(self.places) for seat",
        "{seat: [os.getpid(), *self.places] for seat",
    ),
    "the order of a set in an observation": (
        "{seat: list(self.places) for seat",
        "{seat: [*self.places, *map(NAMES.index, set(NAMES))] for seat",
    ),
    "a trail that is not restored": ('        self.trail = list(state["trail"])\n', ""),
}


def world(folder: Path, edit: tuple[str, str] | None) -> str:
    text = SOUND
    if edit is not None:
        assert SOUND.count(edit[0]) == 1
        text = SOUND.replace(*edit)
    if edit is not None and "update" in edit[1]:
        text = text.replace(PLANT, "        self.scores[f'frame {self.frame % 50} {self.places}'] = 1.0\n")
    file = folder / "planted_world.py"
    file.write_text(text, encoding="utf-8")
    return f"{file}:World"


@pytest.mark.parametrize("name", PLANTS)
def test_it_is_found(name: str, tmp_path: Path) -> None:
    problem = sync_test.compare(world(tmp_path, PLANTS[name]), FRAMES, 1)
    assert problem is not None, f"{name}: nothing was found"
    assert "episode" in problem


def test_without_a_plant_nothing_is_found(tmp_path: Path) -> None:
    assert sync_test.compare(world(tmp_path, None), FRAMES, 1) is None
