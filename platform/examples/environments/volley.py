"""Beach volleyball for two: run, jump, keep the ball off your own sand. Float state; first to eleven, or whoever leads at the end.

Only + - * / and square roots are used, which every machine rounds alike (IEEE 754).
"""

from __future__ import annotations

import math
from typing import Any

from igym_env import Generator

WIDTH, HEIGHT, GROUND = 600.0, 400.0, 340.0
NET_X, NET_TOP, NET_HALF = 300.0, 236.0, 5.0
PLAYER_R, BALL_R = 30.0, 17.0
RUN, JUMP, PLAYER_GRAVITY = 6.0, -13.5, 0.85
BALL_GRAVITY, BOUNCE, TOP_SPEED = 0.36, 0.98, 15.0
TO_WIN = 11
PAUSE_FRAMES = 24

LEFT, RIGHT, UP = "left", "right", "jump"


class Volley:
    """Seat 0 plays on the left, seat 1 on the right."""

    seats = 2
    actions = ("noop", "left", "right", "jump", "jump-left", "jump-right")
    noop = 0
    seat_names = ("the red player on the left", "the blue player on the right")
    fps = 30
    view = (600, 400)
    keys = {  # noqa: RUF012
        "ArrowLeft": "left",
        "ArrowRight": "right",
        "ArrowUp": "jump",
        "ArrowUp+ArrowLeft": "jump-left",
        "ArrowUp+ArrowRight": "jump-right",
    }

    def __init__(self, max_steps: int = 450) -> None:
        self.max_steps = max_steps
        self.reset(0)

    def reset(self, seed: int) -> tuple[dict[int, Any], dict[int, dict[str, Any]]]:
        self._rng = Generator(seed)
        self._frame = 0
        self._score = [0, 0]
        self._touches = [0, 0]
        self._players = [[150.0, GROUND - PLAYER_R, 0.0, 0.0], [450.0, GROUND - PLAYER_R, 0.0, 0.0]]
        self._serve(self._rng.randrange(2))
        return self._observations(), {0: {}, 1: {}}

    def step(
        self, actions: dict[int, int]
    ) -> tuple[dict[int, Any], dict[int, float], dict[int, bool], dict[int, bool], dict[int, dict[str, Any]]]:
        self._frame += 1
        for seat in (0, 1):
            self._run(self._players[seat], self.actions[actions[seat]], seat)
        winner = None
        if self._pause > 0:
            self._pause -= 1
        else:
            winner = self._fly()
        rewards = {0: 0.0, 1: 0.0}
        if winner is not None:
            self._score[winner] += 1
            rewards = {winner: 1.0, 1 - winner: -1.0}
            self._serve(winner)
        won = max(self._score) >= TO_WIN
        late = self._frame >= self.max_steps and not won
        infos = {
            seat: {"score": self._score[seat], "touches": self._touches[seat], "ball_speed": self._speed()}
            for seat in (0, 1)
        }
        return self._observations(), rewards, {0: won, 1: won}, {0: late, 1: late}, infos

    def get_state(self) -> dict[str, Any]:
        return {
            "frame": self._frame,
            "score": list(self._score),
            "touches": list(self._touches),
            "players": [list(player) for player in self._players],
            "ball": list(self._ball),
            "pause": self._pause,
            "rng": self._rng.state,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        self._frame = state["frame"]
        self._score = list(state["score"])
        self._touches = list(state["touches"])
        self._players = [list(player) for player in state["players"]]
        self._ball = list(state["ball"])
        self._pause = state["pause"]
        self._rng.state = state["rng"]

    def render(self) -> list[list[Any]]:
        return draw(self.get_state(), seconds_left=(self.max_steps - self._frame + self.fps - 1) // self.fps)

    # --- Rules ------------------------------------------------------------------------------------------------------

    def _serve(self, seat: int) -> None:
        x = 150.0 if seat == 0 else 450.0
        self._ball = [x + self._rng.uniform(-24.0, 24.0), 120.0, self._rng.uniform(-0.6, 0.6), 0.0]
        self._pause = PAUSE_FRAMES

    def _run(self, player: list[float], action: str, seat: int) -> None:
        x, y, _, vy = player
        vx = -RUN if action.endswith(LEFT) else RUN if action.endswith(RIGHT) else 0.0
        standing = y >= GROUND - PLAYER_R
        if action.startswith(UP) and standing:
            vy = JUMP
        elif standing:
            vy = 0.0
        else:
            vy += PLAYER_GRAVITY
        low = PLAYER_R if seat == 0 else NET_X + NET_HALF + PLAYER_R
        high = NET_X - NET_HALF - PLAYER_R if seat == 0 else WIDTH - PLAYER_R
        player[:] = [min(max(x + vx, low), high), min(y + vy, GROUND - PLAYER_R), vx, vy]

    def _fly(self) -> int | None:
        """One step of the ball; the seat that won the rally, if it touched the sand."""
        x, y, vx, vy = self._ball
        vy += BALL_GRAVITY
        x, y = x + vx, y + vy
        if x < BALL_R or x > WIDTH - BALL_R:
            vx = -vx * BOUNCE
            x = min(max(x, BALL_R), WIDTH - BALL_R)
        if y < BALL_R:
            y, vy = BALL_R, -vy * BOUNCE
        self._ball = [x, y, vx, vy]
        self._hit_net()
        for seat in (0, 1):
            self._hit_player(seat)
        if self._ball[1] >= GROUND - BALL_R:
            return 1 if self._ball[0] < NET_X else 0
        return None

    def _hit_net(self) -> None:
        x, y, vx, vy = self._ball
        nearest_x = min(max(x, NET_X - NET_HALF), NET_X + NET_HALF)
        nearest_y = max(y, NET_TOP)
        dx, dy = x - nearest_x, y - nearest_y
        squared = dx * dx + dy * dy
        if squared >= BALL_R * BALL_R:
            return
        if squared == 0.0:
            dx, dy, squared = (-1.0 if vx > 0 else 1.0), 0.0, 1.0
        distance = math.sqrt(squared)
        nx, ny = dx / distance, dy / distance
        along = vx * nx + vy * ny
        if along < 0:
            vx, vy = (vx - 2 * along * nx) * 0.9, (vy - 2 * along * ny) * 0.9
        self._ball = [nearest_x + nx * BALL_R, nearest_y + ny * BALL_R, vx, vy]

    def _hit_player(self, seat: int) -> None:
        px, py, pvx, pvy = self._players[seat]
        x, y, vx, vy = self._ball
        dx, dy = x - px, y - py
        reach = PLAYER_R + BALL_R
        squared = dx * dx + dy * dy
        if squared >= reach * reach:
            return
        distance = math.sqrt(squared) if squared > 0 else 1.0
        nx, ny = (dx / distance, dy / distance) if squared > 0 else (0.0, -1.0)
        along = (vx - pvx) * nx + (vy - pvy) * ny
        if along < 0:
            vx, vy = vx - 2 * along * nx, vy - 2 * along * ny
            self._touches[seat] += 1
        vy = min(vy, -6.0)
        speed = math.sqrt(vx * vx + vy * vy)
        if speed > TOP_SPEED:
            vx, vy = vx / speed * TOP_SPEED, vy / speed * TOP_SPEED
        self._ball = [px + nx * reach, py + ny * reach, vx, vy]

    def _speed(self) -> float:
        return math.sqrt(self._ball[2] * self._ball[2] + self._ball[3] * self._ball[3])

    def _observations(self) -> dict[int, Any]:
        return {seat: [*self._ball, *self._players[seat], *self._players[1 - seat]] for seat in (0, 1)}


# --- The picture ------------------------------------------------------------------------------------------------------

SHIRTS = (("#e63946", "#b5172a"), ("#1d7fbf", "#0d5a8c"))


def draw(state: dict[str, Any], *, seconds_left: int) -> list[list[Any]]:
    """The display list of a state."""
    bx, by, _, _ = state["ball"]
    items = _beach()
    items += [["ellipse", bx, GROUND + 12, max(6.0, 20 - (GROUND - by) / 22), 4, "#00000033"]]
    for seat, player in enumerate(state["players"]):
        items += _player(player, seat, bx, by)
    items += _net() + _ball(bx, by, state["frame"])
    items += [
        ["rrect", 216, 12, 168, 46, 12, "#1d3557cc"],
        ["text", 258, 45, str(state["score"][0]), 30, "#ff8fa3", "center"],
        ["text", 300, 43, ":", 26, "#f1faee", "center"],
        ["text", 342, 45, str(state["score"][1]), 30, "#8ecae6", "center"],
        ["text", 584, 36, f"{seconds_left} s", 20, "#1d3557", "right"],
    ]
    return items


def _beach() -> list[list[Any]]:
    items: list[list[Any]] = [
        ["rect", 0, 0, 600, 120, "#8fd3f4"],
        ["rect", 0, 120, 600, 100, "#b8e4f7"],
        ["circle", 84, 76, 34, "#ffe08a"],
        ["circle", 84, 76, 28, "#ffd166"],
    ]
    for x, y, size in ((190, 84, 1.0), (430, 110, 1.25), (540, 62, 0.8)):
        for dx, dy, r in ((-26, 4, 14), (-8, -4, 19), (14, 0, 17), (30, 6, 11)):
            items += [["circle", x + dx * size, y + dy * size, r * size, "#ffffffd0"]]
    items += [["rect", 0, 214, 600, 56, "#3fa7d6"], ["rect", 0, 214, 600, 5, "#6cc3e6"]]
    for wave in range(9):
        items += [["ellipse", 34 + wave * 67, 238 + (wave % 3) * 9, 22, 2, "#8fd3f4"]]
    items += [
        ["ellipse", 300, 276, 420, 20, "#f4e1b0"],
        ["rect", 0, 274, 600, 126, "#efd28d"],
        ["rect", 0, GROUND + 6, 600, 60, "#e5c172"],
    ]
    for grain in range(26):
        items += [["circle", (grain * 83) % 600, 290 + (grain * 37) % 104, 2, "#d9b25f"]]
    return [*items, ["line", 20, GROUND + 30, 580, GROUND + 30, 3, "#fff7e0"]]


def _net() -> list[list[Any]]:
    items: list[list[Any]] = [["rect", NET_X - 4, NET_TOP, 8, GROUND + 14 - NET_TOP, "#7f5539"]]
    items += [["rrect", NET_X - 8, NET_TOP - 6, 16, 12, 5, "#fefae0"]]
    for y in range(int(NET_TOP) + 14, int(GROUND) + 8, 16):
        items += [["line", NET_X - 4, y, NET_X + 4, y + 6, 2, "#fefae0"]]
    return items


def _player(player: list[float], seat: int, bx: float, by: float) -> list[list[Any]]:
    x, y, _, _ = player
    light, dark = SHIRTS[seat]
    inward = 1 if seat == 0 else -1
    dx, dy = bx - (x + inward * 8), by - (y - 8)
    length = math.sqrt(dx * dx + dy * dy) or 1.0
    return [
        ["ellipse", x, GROUND + 12, max(12.0, 28 - (GROUND - PLAYER_R - y) / 8), 6, "#00000033"],
        ["rrect", x - 17, y + 14, 12, 22, 5, dark],
        ["rrect", x + 5, y + 14, 12, 22, 5, dark],
        ["circle", x, y, PLAYER_R, dark],
        ["circle", x, y - 2, PLAYER_R - 3, light],
        ["ellipse", x - 8, y - 15, 9, 5, "#ffffff55"],
        ["rrect", x - 26, y - 21, 52, 8, 4, "#ffffff"],
        ["circle", x + inward * 9, y - 5, 9, "#ffffff"],
        ["circle", x + inward * 9 + dx / length * 4, y - 5 + dy / length * 4, 4.5, "#22223b"],
        ["arc", x + inward * 10, y + 9, 7, 0.4, 2.4, 3, dark],
    ]


def _ball(x: float, y: float, frame: int) -> list[list[Any]]:
    turn = (frame % 60) / 60 * 6.2832
    return [
        ["circle", x, y, BALL_R, "#c9a227"],
        ["circle", x, y, BALL_R - 2, "#fffdf5"],
        ["arc", x, y, BALL_R - 6, turn, turn + 2.0, 4, "#f4a261"],
        ["arc", x, y, BALL_R - 6, turn + 3.14, turn + 5.14, 4, "#2a9d8f"],
        ["circle", x - 5, y - 6, 3, "#ffffff"],
    ]
