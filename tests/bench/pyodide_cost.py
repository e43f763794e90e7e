"""What a snapshot, a hash and a rollback cost; runs inside Pyodide (and anywhere else)."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Callable
from statistics import median

from igym_env.encoding import state_hash
from igym_env.host import Host, request_text
from igym_env.loader import load
from igym_env.snapshots import LEARN_AFTER, Snapshots

CALLS = 50
"""Of one act before the next one's turn: a few ms, in which the machine is the same for all of them."""
TURNS = 8
FRAMES = 8
WARM = 5
"""Rollbacks, until the shape of the states is learnt, as it is within the first second of play."""


def measure(entry: str, rounds: int) -> str:
    """JSON of medians over `rounds` times TURNS turns of CALLS calls: times in µs, sizes in bytes."""
    environment = load(entry, {"max_steps": 10**6})
    host = Host(environment)
    host.start(json.dumps({"seed": 1, "episode": 0}))
    inputs = [[1, 1], [3, 1]]
    actions = {seat: pair[0] for seat, pair in enumerate(inputs)}

    def rollback(kind: str, frame: int) -> str:
        return f"{request_text('load', frame)}\n{request_text(kind, frame, *[inputs] * FRAMES)}"

    for _ in range(WARM):
        host.run(rollback("play", 0))
    again, saved = rollback("advance", 1), rollback("play", 1)
    host.run(request_text("load", 1))
    state = environment.get_state()
    snapshots = Snapshots()
    for _ in range(LEARN_AFTER):
        snapshots.save(0, state)

    def state_and_steps() -> None:
        """The very frames that a rollback simulates: later on, cooks who stand at a wall cost less."""
        environment.set_state(state)
        for _ in range(FRAMES):
            environment.step(actions)

    found = medians(
        {
            "step_us": lambda: environment.step(actions),
            "get_state_us": environment.get_state,
            "snapshot_us": lambda: snapshots.save(1, environment.get_state()),
            "hash_us": lambda: state_hash(state),
            "set_state_us": lambda: environment.set_state(state),
            "set_state_and_steps_8_us": state_and_steps,
            "restore_8_us": lambda: host.run(again),
            "restore_8_with_snapshots_us": lambda: host.run(saved),
        },
        rounds * TURNS,
    )
    found["snapshot_bytes"] = float(len(pickle.dumps(state, protocol=5)))
    return json.dumps(found)


def medians(acts: dict[str, Callable[[], object]], turns: int) -> dict[str, float]:
    """µs per call, median of the turns; each overhead is the median of the differences within a turn.

    Overhead is what the engine adds to the environment's own steps, and for snapshots to its get_state() at each of them;
    the set_state() of the restore counts as the engine's.
    """
    times: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(turns):
        for name, act in acts.items():
            begun = time.perf_counter()
            for _ in range(CALLS):
                act()
            times[name].append((time.perf_counter() - begun) / CALLS * 1e6)

    def difference(of: str, *, less: str, count: int = 1) -> list[float]:
        return [one - count * other for one, other in zip(times[of], times[less], strict=True)]

    times["steps_8_us"] = difference("set_state_and_steps_8_us", less="set_state_us")
    times["overhead_restore_8_us"] = difference("restore_8_us", less="steps_8_us")
    times["saving_us"] = difference("restore_8_with_snapshots_us", less="get_state_us", count=FRAMES)
    times["overhead_restore_8_with_snapshots_us"] = difference("saving_us", less="steps_8_us")
    return {
        name: median(values) for name, values in times.items() if name not in ("set_state_and_steps_8_us", "saving_us")
    }
