"""Runs a PettingZoo parallel environment (pettingzoo.farama.org/api/parallel) that can give and take its state.

A whole example: `Pursuit` is a PettingZoo environment with `get_state` and `set_state` added; the adapter names its seats and actions
and draws it.

    from igym_env.pettingzoo import Parallel
    from pursuit import Pursuit

    def game() -> Parallel:
        return Parallel(
            Pursuit(),
            agents=["hunter", "runner"],                 # seat 0, seat 1
            actions={"stay": 0, "left": 1, "right": 2},  # name -> action of the environment
            noop="stay", fps=10, max_steps=300, view=(200, 40),
            keys={"ArrowLeft": "left", "ArrowRight": "right"},
            draw=lambda env: [["circle", 10 * x + 5, 20, 5, "#e4572e"] for x in env.places],
        )

The experiment names it as `environment="environments/pursuit_game.py:game"`. `get_state` must return fresh plain data with everything
that the next step depends on, `env.np_random` included; `python -m igym_env.sync_test` shows whether it does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class Parallel:
    """The adapter. `env` is any object of PettingZoo's parallel shape with get_state() and set_state(state)."""

    def __init__(
        self,
        env: Any,
        *,
        agents: Sequence[str],
        actions: Mapping[str, Any],
        noop: str,
        fps: int,
        max_steps: int,
        view: tuple[int, int],
        draw: Callable[[Any], list[list[Any]]],
        keys: Mapping[str, str] | None = None,
    ) -> None:
        self._env = env
        self._agents = tuple(agents)
        self._choices = tuple(actions.values())
        self._draw = draw
        self._over = [False] * len(agents)
        self._last: dict[int, Any] = {}
        self.seats = len(agents)
        self.actions = tuple(actions)
        self.noop = self.actions.index(noop)
        self.fps = fps
        self.max_steps = max_steps
        self.view = view
        self.keys = dict(keys or {})

    def reset(self, seed: int) -> tuple[dict[int, Any], dict[int, dict[str, Any]]]:
        observations, infos = self._env.reset(seed=seed)
        self._over = [False] * self.seats
        self._last = self._by_seat(observations, None)
        return dict(self._last), self._by_seat(infos, {})

    def step(
        self, actions: dict[int, int]
    ) -> tuple[dict[int, Any], dict[int, Any], dict[int, bool], dict[int, bool], dict[int, dict[str, Any]]]:
        """Agents that are out are left out, as PettingZoo wants it; their last observation stays."""
        playing = [seat for seat in range(self.seats) if not self._over[seat]]
        if not playing:
            nothing = dict.fromkeys(range(self.seats), True)
            return (
                dict(self._last),
                dict.fromkeys(nothing, 0.0),
                nothing,
                dict.fromkeys(nothing, False),
                self._by_seat({}, {}),
            )
        chosen = {self._agents[seat]: self._choices[actions[seat]] for seat in playing}
        observations, rewards, terminations, truncations, infos = self._env.step(chosen)
        self._last |= {seat: observations[self._agents[seat]] for seat in playing if self._agents[seat] in observations}
        terminated = {seat: bool(terminations.get(agent, self._over[seat])) for seat, agent in enumerate(self._agents)}
        truncated = {seat: bool(truncations.get(agent, False)) for seat, agent in enumerate(self._agents)}
        self._over = [self._over[seat] or terminated[seat] or truncated[seat] for seat in range(self.seats)]
        return dict(self._last), self._by_seat(rewards, 0.0), terminated, truncated, self._by_seat(infos, {})

    def get_state(self) -> dict[str, Any]:
        return {"env": self._env.get_state(), "over": list(self._over), "last": dict(self._last)}

    def set_state(self, state: dict[str, Any]) -> None:
        self._env.set_state(state["env"])
        self._env.agents = [agent for agent, over in zip(self._agents, state["over"], strict=True) if not over]
        self._over = list(state["over"])
        self._last = dict(state["last"])

    def render(self) -> list[list[Any]]:
        return self._draw(self._env)

    def _by_seat(self, values: Mapping[str, T], missing: T) -> dict[int, T]:
        return {seat: values.get(agent, missing) for seat, agent in enumerate(self._agents)}
