"""A short trial of an environment before anybody plays it: is its state all of its state (NETC-07)?

    reset ─▶ get_state ─▶ 10 steps ─▶ set_state ─▶ get_state equal? ─▶ the same 10 steps ─▶ the same states and outcomes?

It runs where the environment will run: in every participant's browser, and at the start of the server. `sync_test` is the long one.
"""

from __future__ import annotations

import pickle

from igym_env.contract import ContractError, Environment
from igym_env.encoding import state_hash
from igym_env.rng import Generator

FRAMES = 10
SEED = 0
RESULTS = ("observations", "rewards", "terminations", "truncations")


def check(environment: Environment) -> None:
    """Raises ContractError that says what differs. The environment must be reset afterwards."""
    name = type(environment).__name__
    environment.reset(SEED)
    saved = pickle.dumps(environment.get_state(), protocol=5)
    start = state_hash(environment.get_state())
    first = _play(environment)
    environment.set_state(pickle.loads(saved))  # noqa: S301 - our own bytes
    if state_hash(environment.get_state()) != start:
        raise ContractError(
            f"environment {name}: env_contract_failed: get_state() after set_state(state) is not that state; set_state must restore all of it"
        )
    for frame, (one, other) in enumerate(zip(first, _play(environment), strict=True)):
        if one != other:
            raise ContractError(
                f"environment {name}: env_contract_failed: frame {frame}, simulated twice from one snapshot, gives two results;"
                " put all that a step depends on into get_state (random state, counters), and take no clock and no global generator"
            )


def _play(environment: Environment) -> list[str]:
    """A hash of each step's state and outcome; ends early where the environment does."""
    inputs = Generator(SEED)
    hashes: list[str] = []
    earlier: list[tuple[str, object, str]] = []
    for _ in range(min(FRAMES, environment.max_steps)):
        actions = {seat: inputs.randrange(len(environment.actions)) for seat in range(environment.seats)}
        outcome = environment.step(actions)
        _check_shape(environment, outcome)
        _check_copies(environment, earlier)
        earlier = [(what, given, state_hash(given)) for what, given in zip((*RESULTS, "infos"), outcome, strict=True)]
        hashes.append(state_hash([environment.get_state(), list(outcome)]))
        if all(outcome[2][seat] or outcome[3][seat] for seat in range(environment.seats)):
            break
    return hashes


def _check_copies(environment: Environment, earlier: list[tuple[str, object, str]]) -> None:
    """A row is made when its frame is final, of what its step gave: later steps must leave that alone."""
    for what, given, before in earlier:
        if state_hash(given) != before:
            raise ContractError(
                f"environment {type(environment).__name__}: env_contract_failed: step() changes the {what} that the step before handed out;"
                " return new dicts and copies each time"
            )


def _check_shape(environment: Environment, outcome: object) -> None:
    name = type(environment).__name__
    if not isinstance(outcome, tuple) or len(outcome) != len(RESULTS) + 1:
        raise ContractError(
            f"environment {name}: step() must return a tuple of five dicts by seat: {', '.join(RESULTS)}, infos"
        )
    for what, by_seat in zip(RESULTS, outcome, strict=False):
        if missing := [seat for seat in range(environment.seats) if seat not in by_seat]:
            raise ContractError(
                f"environment {name}: step() returned no {what} for seats {missing}; every seat has one in every step"
            )
