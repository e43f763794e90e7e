"""The world of one participant: carries out a batch of load / advance / save / release requests in one call.

Text in, text out (JSON), so that the same four functions serve the browser, Node and CPython. A row is a JSON text of its own:
JavaScript never parses it, so 1 and 1.0 stay distinct and floats keep every bit.

    snapshot f = S(f), the state before frame f      hash of frame f = hash of S(f+1)
"""

from __future__ import annotations

import hashlib
import json
import pickle
from typing import Any

from igym_env.contract import Environment
from igym_env.encoding import state_hash
from igym_env.loader import load

FOCUSED = 1
AUTO = 2


class HostError(RuntimeError):
    """A request that does not fit the state of the host: our own nonsense, with the values in it."""


def create(entry: str, kwargs_json: str = "{}") -> Host:
    """A host of the environment "module:Class", made with keyword arguments given as a JSON object."""
    return Host(load(entry, json.loads(kwargs_json)))


class Host:
    """Owner of one environment and its snapshots."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._frame = 0
        self._max_steps = environment.max_steps
        self._snapshots: dict[int, bytes] = {}

    def describe(self) -> str:
        """The declarations as JSON: seats, actions, noop, fps, max_steps, view, keys, one_shot, seat_names."""
        env = self._environment
        return json.dumps(
            {
                "seats": env.seats,
                "actions": list(env.actions),
                "noop": env.noop,
                "fps": env.fps,
                "max_steps": env.max_steps,
                "view": list(env.view),
                "keys": dict(getattr(env, "keys", {})),
                "one_shot": [list(env.actions).index(name) for name in getattr(env, "one_shot", ())],
                "seat_names": list(getattr(env, "seat_names", ())),
            }
        )

    def start(self, options_json: str) -> str:
        """Resets to {"seed", "episode", "max_steps"?}; saves snapshot 0; -> {"hash": of S(0), "display"}."""
        options = json.loads(options_json)
        if options.get("max_steps"):
            self._environment.max_steps = options["max_steps"]
        self._max_steps = self._environment.max_steps
        self._environment.reset(options["seed"])
        self._frame = 0
        self._snapshots.clear()
        self._save(0)
        return json.dumps({"hash": state_hash(self._environment.get_state()), "display": self._environment.render()})

    def run(self, batch_json: str) -> str:
        """{"requests": [[kind, frame, ...], ...], "display": bool} -> {"rows": [...], "display": list or null}."""
        batch = json.loads(batch_json)
        rows = []
        for kind, frame, *rest in batch["requests"]:
            if kind == "advance":
                rows.append(self._advance(frame, rest[0]))
            elif kind == "save":
                self._save(frame)
            elif kind == "load":
                self._load(frame)
            elif kind == "release":
                self._release(frame)
            else:
                raise HostError(f"unknown request {kind!r}; known: load, advance, save, release")
        display = self._environment.render() if batch.get("display") else None
        return json.dumps({"rows": rows, "display": display})

    def digest(self, text: str) -> str:
        """SHA-256 of the UTF-8 text, 64 hex characters."""
        return hashlib.sha256(text.encode()).hexdigest()

    def _save(self, frame: int) -> None:
        if frame != self._frame:
            raise HostError(f"save of frame {frame} while the world is at {self._frame}")
        self._snapshots[frame] = pickle.dumps(self._environment.get_state(), protocol=5)

    def _load(self, frame: int) -> None:
        snapshot = self._snapshots.get(frame)
        if snapshot is None:
            raise HostError(f"load of frame {frame}, which is not saved; saved: {sorted(self._snapshots)}")
        # Our own bytes, made by _save in this process: nothing from outside is ever unpickled.
        self._environment.set_state(pickle.loads(snapshot))  # noqa: S301
        self._frame = frame

    def _release(self, frame: int) -> None:
        for old in [saved for saved in self._snapshots if saved < frame]:
            del self._snapshots[old]

    def _advance(self, frame: int, inputs: list[list[int]]) -> dict[str, Any]:
        if frame != self._frame:
            raise HostError(f"advance of frame {frame} while the world is at {self._frame}")
        env = self._environment
        seats = range(env.seats)
        if len(inputs) != env.seats:
            raise HostError(f"{len(inputs)} inputs for {env.seats} seats at frame {frame}")
        observations, rewards, terminations, truncations, infos = env.step({seat: inputs[seat][0] for seat in seats})
        self._frame = frame + 1
        terminated = [bool(terminations[seat]) for seat in seats]
        truncated = [bool(truncations[seat]) for seat in seats]
        if self._frame >= self._max_steps:
            truncated = [truncated[seat] or not terminated[seat] for seat in seats]
        hashes = [state_hash(observations[seat]) for seat in seats]
        state = state_hash(env.get_state())
        row = {
            "frame": frame,
            "actions": [action for action, _ in inputs],
            "rewards": [rewards[seat] for seat in seats],
            "terminateds": terminated,
            "truncateds": truncated,
            "infos": [infos.get(seat, {}) for seat in seats],
            "focused": [bool(flags & FOCUSED) for _, flags in inputs],
            "auto": [bool(flags & AUTO) for _, flags in inputs],
            "obs_hashes": hashes,
            "state_hash": state,
        }
        ended = all(end or cut for end, cut in zip(terminated, truncated, strict=True))
        text = json.dumps(row, sort_keys=True, separators=(",", ":"), default=_plain)
        return {"frame": frame, "row": text, "hash": state, "obs": hashes, "ended": ended}


def _plain(value: Any) -> Any:
    """NumPy's scalars and arrays as plain values, for the row."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a row cannot hold {type(value).__name__}; rewards and infos take plain values")
