"""Rolls an environment back at every frame, simulates it again, and names the first frame that comes out differently (TOOL-01).

    python -m igym_env.sync_test environments/kitchen.py:Kitchen --frames 2000 --seed 1

Four questions: does a rollback change anything, do state and observations stay what they were when they were handed out, does another
process with another hash seed compute the same states and rows (the order of a set, `hash` and `id` differ there), and does a wrong
prediction that was rolled back leave anything behind (a third process predicts every frame wrongly first)?
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from typing import Any

from igym_env.encoding import short_hash, state_hash
from igym_env.host import Host, request_text
from igym_env.loader import load
from igym_env.rng import Generator
from igym_env.seeds import episode_seed

CHECK_DISTANCE = 7
CHANGES_PER_S = 5
ALIASING_FRAMES = 120
HASH_SEEDS = ("1", "2")
GUESSES = "--guesses"
RESULT = "sync-test-result "
"""In front of a child's answer: the environment may print lines of its own."""


def run(entry: str, frames: int, seed: int, kwargs_json: str = "{}") -> str:
    """JSON: {"ok", "frames", "episodes", "chain", "first": null or {"episode", "frame", "what"}}; active inputs at every seat."""
    result = _rolled_back(entry, frames, seed, kwargs_json)
    del result["hashes"], result["rows"]
    return json.dumps(result)


def compare(entry: str, frames: int, seed: int, kwargs_json: str = "{}") -> str | None:
    """What is wrong with an environment, in one line; None if nothing was found. Starts three Python processes."""
    results = [_in_child(hash_seed, [], entry, frames, seed, kwargs_json) for hash_seed in HASH_SEEDS]
    guessed = _in_child(HASH_SEEDS[0], [GUESSES], entry, frames, seed, kwargs_json)
    for result in (*results, guessed):
        if not result["ok"]:
            first = result["first"]
            return f"episode {first['episode']}, frame {first['frame']}: {first['what']}"
    one, other = results
    for what, kind in (("state", "hashes"), ("reward, info, observation or end", "rows")):
        problem = _difference(
            one[kind], other[kind], f"another process computes another {what} (set order, hash, id, a clock?)"
        ) or _difference(
            one[kind],
            guessed[kind],
            f"another {what} after a wrong prediction that was rolled back: it leaves something behind (outside of get_state()?)",
        )
        if problem is not None:
            return problem
    return None


def _difference(one: list[list[str]], other: list[list[str]], what: str) -> str | None:
    """The first frame of two processes that differs."""
    for episode, (left, right) in enumerate(zip(one, other, strict=True)):
        for frame, (a, b) in enumerate(zip(left, right, strict=False)):
            if a != b:
                return f"episode {episode}, frame {frame}: {what}"
        if len(left) != len(right):
            return f"episode {episode} has {len(left)} frames in one process and {len(right)} in another: {what}"
    return None


def _in_child(hash_seed: str, options: list[str], *arguments: Any) -> dict[str, Any]:
    entry, frames, seed, kwargs_json = arguments
    command = [sys.executable, "-m", "igym_env.sync_test", entry, "--frames", str(frames), "--seed", str(seed)]
    environ = {
        **os.environ,
        "PYTHONHASHSEED": hash_seed,
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }
    done = subprocess.run(  # noqa: S603 - our own command line
        [*command, "--kwargs", kwargs_json, "--once", *options],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    answer = next((line for line in done.stdout.splitlines() if line.startswith(RESULT)), None)
    if answer is None:
        raise RuntimeError(f"{entry} could not be run: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
    result: dict[str, Any] = json.loads(answer.removeprefix(RESULT))
    return result


def _rolled_back(entry: str, frames: int, seed: int, kwargs_json: str, *, guesses: bool = False) -> dict[str, Any]:
    environment = load(entry, json.loads(kwargs_json))
    if (
        not guesses and (changed := _changed_later(environment, seed)) is not None
    ):  # nothing was played before the first guess
        nothing: dict[str, Any] = {"frames": 0, "episodes": 0, "chain": "", "hashes": [], "rows": []}
        return {"ok": False, **nothing, "first": {"episode": 0, **changed}}
    host = Host(environment)
    chain = host.digest("")
    first: dict[str, Any] | None = None
    hashes: list[list[str]] = []
    rows: list[list[str]] = []
    done = 0
    while done < frames:
        episode = len(hashes)
        host.start(json.dumps({"seed": episode_seed(seed, "sync-test", episode), "episode": episode}))
        inputs = Generator(episode_seed(seed, "inputs", episode))
        result = _episode(host, environment, inputs, limit=frames - done, guesses=guesses)
        hashes.append(result["hashes"])
        rows.append([short_hash(row.encode()) for row in result["rows"]])
        done += len(result["hashes"])
        chain = host.digest(chain + "".join(result["hashes"]))
        if result["first"] is not None:
            first = {"episode": episode, **result["first"]}
            break
    counts = {"frames": done, "episodes": len(hashes), "chain": chain}
    return {"ok": first is None, **counts, "hashes": hashes, "rows": rows, "first": first}


def _changed_later(environment: Any, seed: int) -> dict[str, Any] | None:
    """The first frame at which a step changes a state or an outcome that was handed out before."""
    generator = Generator(episode_seed(seed, "aliasing", 0))
    outcome: Any = environment.reset(episode_seed(seed, "sync-test", 0))
    for frame in range(min(ALIASING_FRAMES, environment.max_steps)):
        state = environment.get_state()
        before = state_hash(state), state_hash(outcome)
        actions = {seat: generator.randrange(len(environment.actions)) for seat in range(environment.seats)}
        newer = environment.step(actions)
        after = state_hash(state), state_hash(outcome)
        for what, old, new in zip(("get_state()", "an observation or info"), before, after, strict=True):
            if old != new:
                return {"frame": frame, "what": f"step() changes what {what} handed out before; hand out copies"}
        outcome = newer
    return None


def _episode(host: Host, environment: Any, generator: Generator, *, limit: int, guesses: bool) -> dict[str, Any]:
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
        if guesses:
            _guess_wrongly(host, inputs[start:], start=start, actions=len(environment.actions))
        requests = [request_text("load", start)] if frame or guesses else []
        for again in range(start, frame + 1):
            requests += [request_text("play", again, inputs[again]), request_text("final", again)]
        requests.append(request_text("release", max(0, frame - CHECK_DISTANCE + 1)))
        out = json.loads(host.run("\n".join(requests)))["rows"]
        for row in out[:-1]:
            if row["row"] != rows[row["frame"]]:
                what = "the state" if row["hash"] != hashes[row["frame"]] else "the row"
                first = {"frame": row["frame"], "what": f"{what} differs after a rollback"}
                return {"hashes": hashes, "rows": rows, "first": first}
        rows.append(out[-1]["row"])
        hashes.append(out[-1]["hash"])
        if out[-1]["ended"]:
            break
    return {"hashes": hashes, "rows": rows, "first": None}


def _guess_wrongly(host: Host, inputs: list[list[list[int]]], *, start: int, actions: int) -> None:
    """Simulates the frames with every seat's action wrong, up to an end that then may come: what a peer with bad luck predicts."""
    host.run(request_text("load", start))
    for frame, given in enumerate(inputs, start):
        wrong = [[(action + 1) % actions, flags] for action, flags in given]
        if json.loads(host.run(request_text("advance", frame, wrong)))["ended"][0]:
            return


def main(arguments: list[str] | None = None) -> int:
    """Exit code 0 equal, 1 different."""
    parser = argparse.ArgumentParser(
        prog="python -m igym_env.sync_test", description="Roll back every frame and compare."
    )
    parser.add_argument("entry", help='the environment: "path/to/file.py:Class" or "module:Class"')
    parser.add_argument("--frames", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kwargs", default="{}", help="keyword arguments of the environment, a JSON object")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(GUESSES, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.once:
        result = _rolled_back(options.entry, options.frames, options.seed, options.kwargs, guesses=options.guesses)
        sys.stdout.write(f"\n{RESULT}{json.dumps(result)}\n")
        return 0
    problem = compare(options.entry, options.frames, options.seed, options.kwargs)
    if problem is None:
        sys.stdout.write(
            f"{options.entry}: {options.frames} frames, every one rolled back, guessed wrongly first in one process, and equal in three\n"
        )
        return 0
    sys.stdout.write(f"{options.entry}: {problem}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
