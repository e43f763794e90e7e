"""Two to four cooks share a cramped kitchen: three vegetables into a pot, wait, fetch a dish, fill it, deliver what was ordered.

Integer state throughout. A delivery that fits the order is worth 20 to every cook, another soup 5.
"""

from __future__ import annotations

from typing import Any

from igym_env import Generator

ROOM = (
    "#O#P#T#",
    "#1   3#",
    "#  #  #",
    "#4   2#",
    "#D#P#S#",
)
WIDTH, HEIGHT = len(ROOM[0]), len(ROOM)
MOVES = {1: (0, -1), 2: (0, 1), 3: (-1, 0), 4: (1, 0)}
INTERACT = 5
NOTHING, ONION, TOMATO, DISH, ONION_SOUP, TOMATO_SOUP, MIXED_SOUP = range(7)
SOUPS = (ONION_SOUP, TOMATO_SOUP, MIXED_SOUP)
WALK_FRAMES = 5
COOK_FRAMES = 120
POT_SIZE = 3
RIGHT_SOUP, WRONG_SOUP = 20, 5

STATIONS = {(x, y): ROOM[y][x] for y in range(HEIGHT) for x in range(WIDTH) if ROOM[y][x] in "#OTPDS"}
STARTS = [next((x, y) for y in range(HEIGHT) for x in range(WIDTH) if ROOM[y][x] == str(seat + 1)) for seat in range(4)]
POTS = [place for place, kind in STATIONS.items() if kind == "P"]


class Kitchen:
    """The game; every number in its state is an integer."""

    actions = ("noop", "up", "down", "left", "right", "interact")
    noop = 0
    one_shot = ("interact",)
    fps = 30
    view = (600, 420)
    keys = {"ArrowUp": "up", "ArrowDown": "down", "ArrowLeft": "left", "ArrowRight": "right", "Space": "interact"}  # noqa: RUF012

    def __init__(self, cooks: int = 2, max_steps: int = 450) -> None:
        if not 2 <= cooks <= 4:
            raise TypeError(f"cooks is {cooks}: two to four fit into this kitchen")
        self.seats = cooks
        self.max_steps = max_steps
        self.seat_names = COOKS[:cooks]
        self.reset(0)

    def reset(self, seed: int) -> tuple[dict[int, Any], dict[int, dict[str, Any]]]:
        self._rng = Generator(seed)
        places = self._rng.sample(STARTS, self.seats)
        self._frame = 0
        self._score = 0
        self._deliveries = 0
        self._cooks: list[dict[str, Any]] = [
            {"x": x, "y": y, "from": [x, y], "face": 2, "held": NOTHING, "wait": 0, "pressed": 0} for x, y in places
        ]
        self._pots: list[dict[str, Any]] = [{"in": [], "left": 0} for _ in POTS]
        self._counters: dict[str, int] = {}
        self._order = self._next_order()
        return self._observations(), {seat: {} for seat in range(self.seats)}

    def step(
        self, actions: dict[int, int]
    ) -> tuple[dict[int, Any], dict[int, float], dict[int, bool], dict[int, bool], dict[int, dict[str, Any]]]:
        before = self._score
        for pot in self._pots:
            if pot["left"] > 0:
                pot["left"] -= 1
        for seat in range(self.seats):
            self._act(self._cooks[seat], actions[seat])
        self._frame += 1
        reward = float(self._score - before)
        over = self._frame >= self.max_steps
        seats = range(self.seats)
        infos = {
            seat: {
                "deliveries": self._deliveries,
                "held": self._cooks[seat]["held"],
                "order": self._order,
                "score": self._score,
            }
            for seat in seats
        }
        return (
            self._observations(),
            dict.fromkeys(seats, reward),
            dict.fromkeys(seats, False),
            dict.fromkeys(seats, over),
            infos,
        )

    def get_state(self) -> dict[str, Any]:
        return {
            "frame": self._frame,
            "score": self._score,
            "deliveries": self._deliveries,
            "cooks": [{**cook, "from": list(cook["from"])} for cook in self._cooks],
            "pots": [{"in": list(pot["in"]), "left": pot["left"]} for pot in self._pots],
            "counters": dict(self._counters),
            "order": self._order,
            "rng": self._rng.state,
        }

    def set_state(self, state: dict[str, Any]) -> None:
        self._frame = state["frame"]
        self._score = state["score"]
        self._deliveries = state["deliveries"]
        self._cooks = [{**cook, "from": list(cook["from"])} for cook in state["cooks"]]
        self._pots = [{"in": list(pot["in"]), "left": pot["left"]} for pot in state["pots"]]
        self._counters = dict(state["counters"])
        self._order = state["order"]
        self._rng.state = state["rng"]

    def render(self) -> list[list[Any]]:
        return draw(self.get_state(), seconds_left=(self.max_steps - self._frame + self.fps - 1) // self.fps)

    # --- Rules ------------------------------------------------------------------------------------------------------

    def _next_order(self) -> int:
        return self._rng.choice((ONION_SOUP, TOMATO_SOUP))

    def _act(self, cook: dict[str, Any], action: int) -> None:
        if cook["wait"] > 0:
            cook["wait"] -= 1
        if action == INTERACT:
            if not cook["pressed"]:
                self._interact(cook)
            cook["pressed"] = 1
            return
        cook["pressed"] = 0
        if action in MOVES and cook["wait"] == 0:
            self._walk(cook, action)

    def _walk(self, cook: dict[str, Any], action: int) -> None:
        cook["face"] = action
        x, y = cook["x"] + MOVES[action][0], cook["y"] + MOVES[action][1]
        taken = any((other["x"], other["y"]) == (x, y) for other in self._cooks)
        if (x, y) not in STATIONS and not taken:
            cook["from"] = [cook["x"], cook["y"]]
            cook["x"], cook["y"] = x, y
            cook["wait"] = WALK_FRAMES

    def _interact(self, cook: dict[str, Any]) -> None:
        dx, dy = MOVES[cook["face"]]
        place = (cook["x"] + dx, cook["y"] + dy)
        kind = STATIONS.get(place)
        if kind == "P":
            self._use_pot(cook, self._pots[POTS.index(place)])
        elif kind == "#":
            self._use_counter(cook, f"{place[0]},{place[1]}")
        elif kind == "S" and cook["held"] in SOUPS:
            self._deliver(cook)
        elif kind in ("O", "T", "D") and cook["held"] == NOTHING:
            cook["held"] = {"O": ONION, "T": TOMATO, "D": DISH}[kind]

    def _use_pot(self, cook: dict[str, Any], pot: dict[str, Any]) -> None:
        full = len(pot["in"]) == POT_SIZE
        if cook["held"] in (ONION, TOMATO) and not full:
            pot["in"].append(cook["held"])
            cook["held"] = NOTHING
            if len(pot["in"]) == POT_SIZE:
                pot["left"] = COOK_FRAMES
        elif cook["held"] == DISH and full and pot["left"] == 0:
            kinds = set(pot["in"])
            cook["held"] = MIXED_SOUP if len(kinds) > 1 else ONION_SOUP if ONION in kinds else TOMATO_SOUP
            pot["in"] = []

    def _use_counter(self, cook: dict[str, Any], place: str) -> None:
        lying = self._counters.get(place, NOTHING)
        if lying == NOTHING and cook["held"] != NOTHING:
            self._counters[place] = cook["held"]
            cook["held"] = NOTHING
        elif lying != NOTHING and cook["held"] == NOTHING:
            cook["held"] = self._counters.pop(place)

    def _deliver(self, cook: dict[str, Any]) -> None:
        self._score += RIGHT_SOUP if cook["held"] == self._order else WRONG_SOUP
        self._deliveries += 1
        cook["held"] = NOTHING
        self._order = self._next_order()

    def _observations(self) -> dict[int, Any]:
        shared = [self._frame, self._order, *[value for pot in self._pots for value in (len(pot["in"]), pot["left"])]]
        cooks = [[cook["x"], cook["y"], cook["face"], cook["held"]] for cook in self._cooks]
        return {
            seat: [seat, *shared, *cooks[seat], *[v for other, c in enumerate(cooks) if other != seat for v in c]]
            for seat in range(self.seats)
        }


# --- The picture ------------------------------------------------------------------------------------------------------

TILE = 68
LEFT, TOP = (600 - WIDTH * TILE) // 2, 68
APRONS = ("#e4572e", "#2e86ab", "#f2b134", "#6a994e")
COOKS = ("the red cook", "the blue cook", "the yellow cook", "the green cook")
FOOD = {ONION: "#e9d8a6", TOMATO: "#d62828"}
SOUP = {ONION_SOUP: "#e0b84c", TOMATO_SOUP: "#d1495b", MIXED_SOUP: "#b5762f"}


def draw(state: dict[str, Any], *, seconds_left: int) -> list[list[Any]]:
    """The display list of a state."""
    items: list[list[Any]] = [["rect", 0, 0, 600, 420, "#2b2d42"]]
    items += _header(state, seconds_left)
    items += _floor()
    for place, kind in STATIONS.items():
        items += _station(kind, *place)
    for place, item in sorted(state["counters"].items()):
        x, y = (int(number) for number in place.split(","))
        items += _item(item, *_centre(x, y), scale=1.0)
    for place, pot in zip(POTS, state["pots"], strict=True):
        items += _pot(pot, *_centre(*place), frame=state["frame"])
    for seat, cook in sorted(enumerate(state["cooks"]), key=lambda pair: (pair[1]["y"], pair[0])):
        items += _cook(cook, seat)
    return items


def _centre(x: int, y: int) -> tuple[int, int]:
    return LEFT + x * TILE + TILE // 2, TOP + y * TILE + TILE // 2


def _header(state: dict[str, Any], seconds_left: int) -> list[list[Any]]:
    items: list[list[Any]] = [
        ["text", 24, 42, f"Score {state['score']}", 24, "#edf2f4", "left"],
        ["text", 576, 42, f"{seconds_left} s", 24, "#edf2f4" if seconds_left > 5 else "#ef8354", "right"],
        ["rrect", 210, 12, 180, 44, 10, "#fdf6e3"],
        ["text", 226, 41, "Order", 20, "#5c4033", "left"],
    ]
    return [*items, *_item(state["order"], 352, 36, scale=1.1)]


def _floor() -> list[list[Any]]:
    tiles = []
    for y in range(HEIGHT):
        for x in range(WIDTH):
            shade = "#efe3cf" if (x + y) % 2 else "#e6d6bb"
            tiles.append(["rect", LEFT + x * TILE, TOP + y * TILE, TILE, TILE, shade])
    return tiles


def _station(kind: str, x: int, y: int) -> list[list[Any]]:
    left, top = LEFT + x * TILE, TOP + y * TILE
    cx, cy = _centre(x, y)
    items: list[list[Any]] = [
        ["rect", left, top, TILE, TILE, "#8d5b3c"],
        ["rrect", left + 2, top + 2, TILE - 4, TILE - 12, 6, "#c08552"],
        ["rrect", left + 5, top + 5, TILE - 10, TILE - 20, 5, "#d9a066"],
    ]
    if kind in "OT":
        items += [["rrect", left + 9, top + 8, TILE - 18, TILE - 26, 6, "#7f5539"]]
        for dx, dy in ((-12, -8), (8, -10), (-2, 4), (14, 5), (-15, 7)):
            items += _item(ONION if kind == "O" else TOMATO, cx + dx, cy + dy - 2, scale=0.7)
    elif kind == "D":
        for lift in (6, 2, -2, -6):
            items += [["ellipse", cx, cy + lift, 22, 11, "#adb5bd"], ["ellipse", cx, cy + lift - 2, 20, 9, "#f8f9fa"]]
    elif kind == "S":
        items += [["rect", left + 4, top + 4, TILE - 8, TILE - 14, "#588157"]]
        for step in range(3):
            items += [
                [
                    "poly",
                    [left + 12 + step * 16, cy + 12, left + 22 + step * 16, cy - 4, left + 32 + step * 16, cy + 12],
                    "#a3b18a",
                ]
            ]
        items += [["text", cx, cy - 8, "SERVE", 13, "#fefae0", "center"]]
    elif kind == "P":
        items += [
            ["rrect", left + 6, top + 6, TILE - 12, TILE - 18, 6, "#495057"],
            ["circle", cx, cy - 4, 25, "#343a40"],
        ]
    return items


def _pot(pot: dict[str, Any], cx: int, cy: int, *, frame: int) -> list[list[Any]]:
    cy -= 4
    items: list[list[Any]] = [
        ["line", cx - 27, cy, cx + 27, cy, 6, "#212529"],
        ["circle", cx, cy, 21, "#6c757d"],
        ["circle", cx, cy, 17, "#2f3e46"],
    ]
    full = len(pot["in"]) == POT_SIZE
    if full:
        kinds = set(pot["in"])
        colour = SOUP[MIXED_SOUP if len(kinds) > 1 else ONION_SOUP if ONION in kinds else TOMATO_SOUP]
        items += [["circle", cx, cy, 16, colour]]
        done = 1 - pot["left"] / COOK_FRAMES
        ring = "#90be6d" if pot["left"] == 0 else "#f9c74f"
        items += [["arc", cx, cy, 24, -1.5708, -1.5708 + 6.2832 * done, 5, ring]]
        for puff in range(3):
            rise = (frame * 2 + puff * 17) % 40
            items += [
                ["circle", cx - 9 + puff * 9, cy - 14 - rise, 4 + rise // 8, f"#ffffff{max(0, 110 - rise * 3):02x}"]
            ]
    else:
        for index, food in enumerate(pot["in"]):
            items += _item(food, cx - 8 + index * 15, cy, scale=0.7)
    return items


def _item(item: int, cx: float, cy: float, *, scale: float) -> list[list[Any]]:
    r = 11 * scale
    if item in FOOD:
        shade = "#c9a227" if item == ONION else "#9d0208"
        leaf = "#6a994e"
        return [
            ["circle", cx, cy, r + 1, shade],
            ["circle", cx, cy, r - 1, FOOD[item]],
            ["circle", cx - r * 0.3, cy - r * 0.3, r * 0.28, "#ffffffaa"],
            ["poly", [cx - r * 0.4, cy - r * 0.9, cx, cy - r * 1.7, cx + r * 0.4, cy - r * 0.9], leaf],
        ]
    if item == DISH or item in SOUPS:
        plate: list[list[Any]] = [
            ["ellipse", cx, cy + 2, r * 1.7, r, "#adb5bd"],
            ["ellipse", cx, cy, r * 1.7, r, "#f8f9fa"],
        ]
        if item in SOUPS:
            plate += [
                ["ellipse", cx, cy, r * 1.25, r * 0.68, SOUP[item]],
                ["circle", cx - r * 0.4, cy - r * 0.1, r * 0.18, "#ffffffaa"],
            ]
        return plate
    return []


def _cook(cook: dict[str, Any], seat: int) -> list[list[Any]]:
    share = cook["wait"] / WALK_FRAMES
    cx, cy = _centre(cook["x"], cook["y"])
    if share > 0:
        fx, fy = _centre(*cook["from"])
        cx, cy = round(cx + (fx - cx) * share), round(cy + (fy - cy) * share)
    dx, dy = MOVES[cook["face"]]
    bob = 2 if cook["wait"] in (2, 3) else 0
    body = APRONS[seat]
    items: list[list[Any]] = [
        ["ellipse", cx, cy + 22, 20, 7, "#00000033"],
        ["rrect", cx - 16, cy - 4 - bob, 32, 26, 11, body],
        ["rrect", cx - 9, cy + 2 - bob, 18, 18, 6, "#ffffff"],
        ["circle", cx, cy - 14 - bob, 15, "#ffd7ba"],
        ["ellipse", cx, cy - 29 - bob, 15, 9, "#ffffff"],
        ["circle", cx - 9, cy - 33 - bob, 7, "#ffffff"],
        ["circle", cx + 9, cy - 33 - bob, 7, "#ffffff"],
        ["circle", cx, cy - 36 - bob, 8, "#ffffff"],
        ["rrect", cx - 13, cy - 28 - bob, 26, 6, 2, body],
    ]
    if dy >= 0:
        for side in (-5, 5):
            items += [["circle", cx + side + dx * 5, cy - 13 - bob, 2.4, "#22223b"]]
        items += [["arc", cx + dx * 5, cy - 9 - bob, 4, 0.3, 2.84, 1.5, "#9d6b53"]]
    reach_x, reach_y = cx + dx * 17, cy + 6 + dy * 12 - bob
    for side in (-1, 1):
        items += [["circle", reach_x + (side * 9 if dx == 0 else 0), reach_y + (side * 5 if dx else 0), 5, "#ffd7ba"]]
    held = _item(cook["held"], reach_x, reach_y - 4, scale=0.95)
    return held + items if dy < 0 else items + held
