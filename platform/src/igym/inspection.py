"""Loads the environment once in a child process, so that a mistake in it is told before the first participant arrives."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from igym.errors import ConfigError
from igym.experiment import Game, nearest

log = logging.getLogger("igym")
INSPECT_S = 60


def inspect(game: Game, *, entry: str, paths: Sequence[Path]) -> dict[str, Any] | None:
    """What the environment declares; None if it cannot run outside the browser (it needs a package with machine code).

    `paths`: its folder and its wheels. Raises ConfigError for an environment that is none, or does not fit the scene.
    """
    command = [
        sys.executable,
        "-m",
        "igym_env.describe",
        entry,
        json.dumps(dict(game.environment_kwargs)),
        *map(str, paths),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSPECT_S, check=False)  # noqa: S603 - our own command line
    except subprocess.TimeoutExpired:
        raise ConfigError(
            f"Game {game.id!r}: the environment {game.environment} did not start within {INSPECT_S} s; look for a loop in __init__ or reset"
        ) from None
    try:
        answer: Mapping[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError):
        raise ConfigError(
            f"Game {game.id!r}: the environment {game.environment} cannot be loaded: {_last(done.stderr)}"
        ) from None
    if "unavailable" in answer:
        log.warning("%s is checked in the browser only: no module %s here", game.environment, answer["unavailable"])
        return None
    if "problem" in answer:
        raise ConfigError(f"Game {game.id!r}: {answer['problem']}")
    spec: dict[str, Any] = answer["spec"]
    _check_fit(game, spec)
    return spec


def _check_fit(game: Game, spec: Mapping[str, Any]) -> None:
    if spec["seats"] != game.seats:
        raise ConfigError(
            f"Game {game.id!r}: seats is {game.seats}, but {game.environment} has {spec['seats']}; make both the same (environment_kwargs?)"
        )
    for code, name in game.keys.items():
        if name not in spec["actions"]:
            raise ConfigError(
                f"Game {game.id!r}: keys maps {code} to {name!r}, which is no action; {nearest(name, spec['actions'])}"
            )


def _last(text: str) -> str:
    return (text.strip().splitlines() or ["no message"])[-1]
