"""What an environment must be: PettingZoo's parallel shape with seats as integers, state in and out, and a display list.

    class Kitchen:
        seats: int                   # 1..8; seats are the integers 0..seats-1
        actions: tuple[str, ...]     # names; an action is its index
        noop: int                    # the idle action, legal at all times
        fps: int                     # 1..60 steps per second
        max_steps: int               # the episode ends here at the latest; a scene may set another number before reset
        view: tuple[int, int]        # width and height of the display list, in view units
        keys: dict[str, str]         # optional: KeyboardEvent.code -> name of an action; "ArrowUp+ArrowLeft": held together
        one_shot: tuple[str, ...]    # optional: actions that are over after one frame; the netcode does not predict that they repeat
        seat_names: tuple[str, ...]  # optional: who a participant is, by seat: "the red cook"
        def reset(self, seed): ...   # -> observations, infos: dicts by seat
        def step(self, actions): ... # {seat: action} -> observations, rewards, terminations, truncations, infos
        def get_state(self): ...     # plain fresh data with everything the next step depends on, random state included
        def set_state(self, state): ...
        def render(self): ...        # -> display list (see display below)

Display list: JSON lists drawn in order, `["rect",x,y,w,h,fill]`, `["rrect",x,y,w,h,r,fill]`, `["circle",x,y,r,fill]`, `["ellipse",x,y,rx,ry,fill]`,
`["line",x1,y1,x2,y2,width,stroke]`, `["poly",[x,y,...],fill]`, `["arc",x,y,r,start_rad,end_rad,width,stroke]`, `["text",x,y,string,size,fill,align]`.
"""

from __future__ import annotations

from typing import Any, Protocol

MAX_SEATS = 8
MAX_FPS = 60
MAX_STEPS = 2**22 - 1
MAX_ACTIONS = 256


class ContractError(Exception):
    """An environment that is not one; the message names every missing or wrong member, and the fix."""


class Environment(Protocol):
    """An environment that passed `check`."""

    seats: int
    actions: tuple[str, ...]
    noop: int
    fps: int
    max_steps: int
    view: tuple[int, int]

    def reset(self, seed: int) -> tuple[dict[int, Any], dict[int, dict[str, Any]]]: ...
    def step(
        self, actions: dict[int, int]
    ) -> tuple[dict[int, Any], dict[int, Any], dict[int, bool], dict[int, bool], dict[int, dict[str, Any]]]: ...
    def get_state(self) -> Any: ...
    def set_state(self, state: Any) -> None: ...
    def render(self) -> list[list[Any]]: ...


METHODS = {
    "reset": "def reset(self, seed) -> (observations, infos)",
    "step": "def step(self, actions) -> (observations, rewards, terminations, truncations, infos)",
    "get_state": "def get_state(self) -> plain data with everything the next step depends on, random state included",
    "set_state": "def set_state(self, state), the inverse of get_state",
    "render": "def render(self) -> display list",
}
DECLARATIONS = {
    "seats": f"an integer from 1 to {MAX_SEATS}",
    "actions": "a tuple of action names; an action is its index",
    "noop": "the index of the action that does nothing",
    "fps": f"steps per second, an integer from 1 to {MAX_FPS}",
    "max_steps": "the last frame + 1 of an episode, an integer",
    "view": "(width, height) of the display list in view units",
}


def check(environment: Any) -> None:
    """Raises ContractError naming every missing or wrong member of an environment instance, and what to add."""
    name = type(environment).__name__
    problems = [
        f"{member} is missing: add `{fix}`"
        for member, fix in METHODS.items()
        if not callable(getattr(environment, member, None))
    ]
    missing = [member for member in DECLARATIONS if not hasattr(environment, member)]
    problems += [f"{member} is missing: declare {DECLARATIONS[member]}" for member in missing]
    if not missing:
        problems += _wrong(environment)
    if problems:
        raise ContractError(f"environment {name}: " + "; ".join(problems))


def _wrong(environment: Any) -> list[str]:
    problems = []
    ranges = {"seats": MAX_SEATS, "fps": MAX_FPS, "max_steps": MAX_STEPS}
    for member, highest in ranges.items():
        value = getattr(environment, member)
        if type(value) is not int or not 1 <= value <= highest:
            problems.append(f"{member} is {value!r}: declare an integer from 1 to {highest}")
    actions = environment.actions
    if (
        not isinstance(actions, (tuple, list))
        or not 1 <= len(actions) <= MAX_ACTIONS
        or not all(isinstance(a, str) for a in actions)
    ):
        problems.append(f"actions is {actions!r}: declare 1 to {MAX_ACTIONS} names")
    elif type(environment.noop) is not int or not 0 <= environment.noop < len(actions):
        problems.append(f"noop is {environment.noop!r}: declare an index of actions (0 to {len(actions) - 1})")
    view = environment.view
    if (
        not isinstance(view, (tuple, list))
        or len(view) != 2
        or not all(type(side) is int and side > 0 for side in view)
    ):
        problems.append(f"view is {view!r}: declare (width, height), two positive integers")
    once = (
        sorted(set(getattr(environment, "one_shot", ())) - set(actions)) if isinstance(actions, (tuple, list)) else []
    )
    if once:
        problems.append(f"one_shot names the actions {once}, which are not in actions {tuple(actions)!r}")
    names = getattr(environment, "seat_names", ())
    if names and (len(names) != environment.seats or not all(isinstance(name, str) for name in names)):
        problems.append(f"seat_names is {names!r}: declare one text for each of the {environment.seats} seats")
    unknown = (
        sorted(set(getattr(environment, "keys", {}).values()) - set(actions))
        if isinstance(actions, (tuple, list))
        else []
    )
    if unknown:
        problems.append(f"keys name the actions {unknown}, which are not in actions {tuple(actions)!r}")
    return problems
