"""Three foragers on a meadow: ripe berries are worth more the longer you leave them, but they rot. Uses `sortedcontainers`.

The berries lie in a sorted list by (ripening frame, place), a package of the index that the platform serves to the browser.
"""

from __future__ import annotations

from typing import Any

from sortedcontainers import SortedKeyList

from igym_env import Generator

COLUMNS, ROWS, TILE = 12, 8, 50
MOVES = {1: (0, -1), 2: (0, 1), 3: (-1, 0), 4: (1, 0)}
BERRIES, ROT_FRAMES, STEP_FRAMES = 10, 240, 4
COLOURS = ("#e4572e", "#2e86ab", "#8ac926")
NAMES = ("the red forager", "the blue forager", "the green forager")


class Forage:
    """Two or three seats; everything is an integer."""

    actions = ("noop", "up", "down", "left", "right")
    noop = 0
    fps = 30
    view = (600, 440)
    keys = {"ArrowUp": "up", "ArrowDown": "down", "ArrowLeft": "left", "ArrowRight": "right"}  # noqa: RUF012

    def __init__(self, foragers: int = 2, max_steps: int = 450) -> None:
        self.seats = foragers
        self.max_steps = max_steps
        self.seat_names = NAMES[:foragers]
        self.reset(0)

    def reset(self, seed: int) -> tuple[dict[int, Any], dict[int, dict[str, Any]]]:
        self._rng = Generator(seed)
        self._frame = 0
        self._scores = [0] * self.seats
        self._foragers = [[self._rng.randrange(COLUMNS), self._rng.randrange(ROWS), 0] for _ in range(self.seats)]
        self._berries = SortedKeyList(key=tuple)
        for _ in range(BERRIES):
            self._plant()
        return self._observations(), {seat: {} for seat in range(self.seats)}

    def step(
        self, actions: dict[int, int]
    ) -> tuple[dict[int, Any], dict[int, int], dict[int, bool], dict[int, bool], dict[int, dict[str, Any]]]:
        self._frame += 1
        before = list(self._scores)
        for seat in range(self.seats):
            self._walk(seat, actions[seat])
        while self._berries and self._berries[0][0] + ROT_FRAMES <= self._frame:
            self._berries.pop(0)
            self._plant()
        over = self._frame >= self.max_steps
        seats = range(self.seats)
        rewards = {seat: self._scores[seat] - before[seat] for seat in seats}
        infos = {seat: {"score": self._scores[seat], "oldest": self._frame - self._berries[0][0]} for seat in seats}
        return self._observations(), rewards, dict.fromkeys(seats, False), dict.fromkeys(seats, over), infos

    def get_state(self) -> dict[str, Any]:
        return {
            "frame": self._frame,
            "scores": list(self._scores),
            "foragers": [list(forager) for forager in self._foragers],
            "berries": [list(berry) for berry in self._berries],
            "rng": self._rng.state,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        self._frame = state["frame"]
        self._scores = list(state["scores"])
        self._foragers = [list(forager) for forager in state["foragers"]]
        self._berries = SortedKeyList((list(berry) for berry in state["berries"]), key=tuple)
        self._rng.state = state["rng"]

    def render(self) -> list[list[Any]]:
        items: list[list[Any]] = [["rect", 0, 0, 600, 440, "#344e41"]]
        for y in range(ROWS):
            for x in range(COLUMNS):
                items += [["rect", x * TILE, 40 + y * TILE, TILE, TILE, "#8fb96a" if (x + y) % 2 else "#86b05f"]]
        for born, x, y in self._berries:
            age = min(ROT_FRAMES, max(0, self._frame - born))
            cx, cy = x * TILE + 25, 65 + y * TILE
            items += [
                ["circle", cx, cy, 5 + age // 24, f"#{90 + age // 2:02x}2b{110 - age // 3:02x}"],
                ["circle", cx - 3, cy - 3, 2, "#ffffff"],
            ]
        for seat, (x, y, _) in enumerate(self._foragers):
            cx, cy = x * TILE + 25, 65 + y * TILE
            items += [["ellipse", cx, cy + 18, 15, 5, "#00000044"], ["circle", cx, cy, 18, COLOURS[seat]]]
            items += [["circle", cx - 6, cy - 4, 3, "#ffffff"], ["circle", cx + 6, cy - 4, 3, "#ffffff"]]
            items += [
                ["text", 20 + seat * 150, 28, f"Forager {seat + 1}: {self._scores[seat]}", 20, COLOURS[seat], "left"]
            ]
        seconds = (self.max_steps - self._frame + self.fps - 1) // self.fps
        return [*items, ["text", 580, 28, f"{seconds} s", 20, "#fefae0", "right"]]

    def _plant(self) -> None:
        self._berries.add([self._frame, self._rng.randrange(COLUMNS), self._rng.randrange(ROWS)])

    def _walk(self, seat: int, action: int) -> None:
        forager = self._foragers[seat]
        if forager[2] > 0:
            forager[2] -= 1
        elif action in MOVES:
            forager[0] = min(max(forager[0] + MOVES[action][0], 0), COLUMNS - 1)
            forager[1] = min(max(forager[1] + MOVES[action][1], 0), ROWS - 1)
            forager[2] = STEP_FRAMES
        for berry in [berry for berry in self._berries if berry[1:] == forager[:2]]:
            self._scores[seat] += 1 + (self._frame - berry[0]) // 30
            self._berries.remove(berry)
            self._plant()

    def _observations(self) -> dict[int, Any]:
        berries = [list(berry) for berry in self._berries]
        return {
            seat: {"self": list(self._foragers[seat]), "all": [list(f) for f in self._foragers], "berries": berries}
            for seat in range(self.seats)
        }
