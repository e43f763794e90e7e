"""Rolls an environment back at every frame, simulates it again, and names the first frame that comes out differently (TOOL-01).

python -m igym_env.sync_test environments/kitchen.py:Kitchen --frames 2000 --seed 1
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from igym_env.host import Host
from igym_env.loader import load
from igym_env.rng import Generator
from igym_env.seeds import episode_seed

CHECK_DISTANCE = 7
CHANGES_PER_S = 5


def run(entry: str, frames: int, seed: int, kwargs_json: str = "{}") -> str:
    """JSON: {"ok", "frames", "episodes", "chain", "first": null or {"episode", "frame", "what"}}; active seeded inputs at every seat."""
    environment = load(entry, json.loads(kwargs_json))
    host = Host(environment)
    chain = host.digest("")
    done = episode = 0
    while done < frames:
        host.start(json.dumps({"seed": episode_seed(seed, "sync-test", episode), "episode": episode}))
        result = _episode(host, environment, Generator(episode_seed(seed, "inputs", episode)), limit=frames - done)
        done += len(result["hashes"])
        chain = host.digest(chain + "".join(result["hashes"]))
        if result["first"] is not None:
            first = {"episode": episode, **result["first"]}
            return json.dumps({"ok": False, "frames": done, "episodes": episode + 1, "chain": chain, "first": first})
        episode += 1
    return json.dumps({"ok": True, "frames": done, "episodes": episode, "chain": chain, "first": None})


def _episode(host: Host, environment: Any, generator: Generator, *, limit: int) -> dict[str, Any]:
    rows: list[str] = []
    hashes: list[str] = []
    inputs: list[list[list[int]]] = []
    actions = [environment.noop] * environment.seats
    for frame in range(limit):
        for seat in range(environment.seats):
            if generator.random() < CHANGES_PER_S / environment.fps:
                actions[seat] = generator.randrange(len(environment.actions))
        inputs.append([[action, 1] for action in actions])
        start = max(0, frame - CHECK_DISTANCE)
        requests: list[list[Any]] = [["load", start]] if frame else []
        for again in range(start, frame + 1):
            requests += [["advance", again, inputs[again]], ["save", again + 1]]
        requests.append(["release", max(0, frame - CHECK_DISTANCE + 1)])
        out = json.loads(host.run(json.dumps({"requests": requests, "display": False})))["rows"]
        for row in out[:-1]:
            if row["row"] != rows[row["frame"]]:
                what = "state" if row["hash"] != hashes[row["frame"]] else "row"
                return {"hashes": hashes, "first": {"frame": row["frame"], "what": what}}
        rows.append(out[-1]["row"])
        hashes.append(out[-1]["hash"])
        if out[-1]["ended"]:
            break
    return {"hashes": hashes, "first": None}


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 equal, 1 different."""
    parser = argparse.ArgumentParser(
        prog="python -m igym_env.sync_test", description="Roll back every frame and compare."
    )
    parser.add_argument("entry", help='the environment: "path/to/file.py:Class" or "module:Class"')
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kwargs", default="{}", help="keyword arguments of the environment, a JSON object")
    options = parser.parse_args(arguments)
    result = json.loads(run(options.entry, options.frames, options.seed, options.kwargs))
    if result["ok"]:
        sys.stdout.write(
            f"{options.entry}: {result['frames']} frames, every one rolled back and equal; chain {result['chain'][:16]}\n"
        )
        return 0
    first = result["first"]
    sys.stdout.write(
        f"{options.entry}: episode {first['episode']}, frame {first['frame']}: the {first['what']} differs after a rollback\n"
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
