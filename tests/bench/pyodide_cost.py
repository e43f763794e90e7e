"""What a snapshot, a hash and a rollback cost; runs inside Pyodide (and anywhere else)."""

from __future__ import annotations

import json
import pickle
import time
from collections.abc import Callable
from statistics import median

from igym_env.encoding import state_hash
from igym_env.host import Host
from igym_env.loader import load

CALLS = 400
FRAMES = 8


def measure(entry: str, rounds: int) -> str:
    """JSON of medians over `rounds` rounds of CALLS calls: times in µs, sizes in bytes."""
    environment = load(entry, {"max_steps": 10**6})
    host = Host(environment)
    host.start(json.dumps({"seed": 1, "episode": 0}))
    inputs = [[1, 1], [3, 1]]
    actions = {seat: pair[0] for seat, pair in enumerate(inputs)}
    again = json.dumps(
        {"requests": [["load", 0], *(["advance", frame, inputs] for frame in range(FRAMES))], "display": False}
    )
    saved = json.dumps(
        {
            "requests": [
                ["load", 0],
                *(one for f in range(FRAMES) for one in (["advance", f, inputs], ["save", f + 1])),
            ],
            "display": False,
        }
    )
    state = environment.get_state()

    def steps() -> None:
        for _ in range(FRAMES):
            environment.step(actions)

    found = {
        "step_us": per_call(lambda: environment.step(actions), rounds),
        "snapshot_us": per_call(lambda: pickle.dumps(environment.get_state(), protocol=5), rounds),
        "snapshot_bytes": float(len(pickle.dumps(state, protocol=5))),
        "hash_us": per_call(lambda: state_hash(state), rounds),
        "steps_8_us": per_call(steps, rounds),
        "restore_8_us": per_call(lambda: host.run(again), rounds),
        "restore_8_with_snapshots_us": per_call(lambda: host.run(saved), rounds),
    }
    found["overhead_restore_8_us"] = found["restore_8_us"] - found["steps_8_us"]
    return json.dumps(found)


def per_call(act: Callable[[], object], rounds: int) -> float:
    """µs, median of the rounds' means."""
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        for _ in range(CALLS):
            act()
        times.append((time.perf_counter() - begun) / CALLS * 1e6)
    return median(times)
