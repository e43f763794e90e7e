"""The world of one participant: carries out a batch of load / advance / save / play / final / release requests in one call.

A frame that may be simulated again costs its step and a snapshot; its row and its hashes are made once, when it is `final`.

Text in, text out, so that the same functions serve the browser, Node and CPython; JSON but for the requests, whose lines are read in
half the time. A row is a JSON text of its own: JavaScript never parses it, so 1 and 1.0 stay distinct and floats keep every bit.

    snapshot f = S(f), the state before frame f      hash of frame f = hash of S(f+1)
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from igym_env.contract import Environment
from igym_env.encoding import encode, short_hash, state_hash
from igym_env.flip import flipped
from igym_env.loader import load
from igym_env.probe import check
from igym_env.snapshots import Snapshots

FOCUSED = 1
AUTO = 2
INPUTS_KEPT = 4096
DUMPS_KEPT = 300
DUMP_BYTES_KEPT = 32 * 2**20

Inputs = tuple[tuple[tuple[int, int], ...], dict[int, int]]
"""Of one frame: (action, flags) by seat, and the actions as step() takes them."""


def request_text(kind: str, frame: int, *inputs: Iterable[Iterable[int]]) -> str:
    """A request as run() takes it, client/src/game/host.js writes the same; inputs of each frame: (action, flags) by seat.

    play 7 1,1,3,1;1,1,0,3
    """
    rows = ";".join(",".join(str(number) for pair in pairs for number in pair) for pairs in inputs)
    return f"{kind} {frame} {rows}" if inputs else f"{kind} {frame}"


class HostError(RuntimeError):
    """A request that does not fit the state of the host: our own nonsense, with the values in it."""


def create(entry: str, kwargs_json: str = "{}") -> Host:
    """A host of the environment "module:Class", made with keyword arguments given as a JSON object; ContractError if it fails the trial."""
    environment = load(entry, json.loads(kwargs_json))
    check(environment)
    return Host(environment)


class Host:
    """Owner of one environment and its snapshots."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._seats = tuple(range(environment.seats))
        self._step, self._get_state = environment.step, environment.get_state
        self._frame = 0
        self._max_steps = environment.max_steps
        self._snapshots = Snapshots()
        self._inputs: dict[str, Inputs] = {}
        self._outcomes: dict[int, tuple[tuple[tuple[int, int], ...], Any]] = {}
        """Inputs and what step() returned, of frames that are not final. The environment hands out copies (sync_test checks it)."""
        self._dumps: dict[int, bytes] = {}
        """The bytes that were hashed, of the newest final frames, in order."""
        self._dump_bytes = 0
        self._flip_frame: int | None = None
        self._observing = False

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
        """Resets to {"seed", "episode", "max_steps"?, "observe"?}; saves snapshot 0; -> {"hash": of S(0), "display"}.

        observe: final rows come with the observations.
        """
        options = json.loads(options_json)
        if options.get("max_steps"):
            self._environment.max_steps = options["max_steps"]
        self._max_steps = self._environment.max_steps
        self._environment.reset(options["seed"])
        self._frame = 0
        self._snapshots.clear()
        self._observing = bool(options.get("observe"))
        self._outcomes.clear()
        self._dumps.clear()
        self._dump_bytes = 0
        self._save(0)
        return json.dumps({"hash": state_hash(self._environment.get_state()), "display": self._environment.render()})

    def run(self, requests: str, display: bool = False) -> str:
        """Requests as request_text() writes them, one in a line, carried out in order -> {"ended", "rows", "display"}.

        advance simulates from this frame on, one frame for each of its inputs; play saves the state after each of them, too.
        ended: one bool for each frame simulated. rows: {"frame", "row", "hash", "ended"} for each `final`. display: a list, or null.
        """
        ended: list[bool] = []
        rows: list[dict[str, Any]] = []
        for line in requests.split("\n"):
            kind, number, *inputs = line.split(" ")
            frame = int(number)
            if kind == "play":
                self._simulate(frame, inputs[0], ended, saving=True)
            elif kind == "final":
                rows.append(self._final(frame))
            elif kind == "load":
                self._load(frame)
            elif kind == "release":
                self._snapshots.release(frame)
            elif kind == "advance":
                self._simulate(frame, inputs[0], ended, saving=False)
            elif kind == "save":
                self._save(frame)
            else:
                raise HostError(f"unknown request {kind!r}; known: load, advance, save, play, final, release")
        drawn = json.dumps(self._environment.render()) if display else "null"
        # Put together by hand: one more encoder at each tick costs as much as a light step.
        made = ",".join(map(json.dumps, rows)) if rows else ""
        return f'{{"ended":{_flags(tuple(ended))},"rows":[{made}],"display":{drawn}}}'

    def digest(self, text: str) -> str:
        """SHA-256 of the UTF-8 text, 64 hex characters."""
        return hashlib.sha256(text.encode()).hexdigest()

    def dump(self, frame: int) -> str:
        """The bytes whose hash is that of a final frame, as base64; empty when they are no longer kept (300 frames, 32 MiB)."""
        return base64.b64encode(self._dumps.get(frame, b"")).decode()

    def flip(self, frame: int) -> None:
        """A planted error: one bit of the state is wrong after this frame, however often it is simulated."""
        self._flip_frame = frame

    def _save(self, frame: int) -> None:
        if frame != self._frame:
            raise HostError(f"save of frame {frame} while the world is at {self._frame}")
        self._snapshots.save(frame, self._environment.get_state())

    def _load(self, frame: int) -> None:
        try:
            state = self._snapshots.load(frame)
        except KeyError:
            raise HostError(f"load of frame {frame}, which is not saved; saved: {self._snapshots.frames}") from None
        self._environment.set_state(state)
        self._frame = frame

    def _simulate(self, frame: int, text: str, ended: list[bool], *, saving: bool) -> None:
        """From this frame on, one for each of the inputs; adds to ended whether the episode ends with it.

        All in one loop: what a call costs in WebAssembly is a tenth of a light step.
        """
        if frame != self._frame:
            raise HostError(f"advance of frame {frame} while the world is at {self._frame}")
        known, outcomes, seats, max_steps = self._inputs, self._outcomes, self._seats, self._max_steps
        step, get_state, save, flip = self._step, self._get_state, self._snapshots.save, self._flip_frame
        try:
            for row in text.split(";"):
                inputs, actions = known.get(row) or self._read(row, frame)
                outcomes[frame] = inputs, (outcome := step(actions.copy()))
                if frame == flip:
                    self._environment.set_state(flipped(get_state()))
                frame += 1
                if saving:
                    save(frame, get_state())
                _, _, terminations, truncations, _ = outcome
                over = True
                if frame < max_steps:
                    for seat in seats:
                        if not (terminations[seat] or truncations[seat]):
                            over = False
                            break
                ended.append(over)
        finally:
            self._frame = frame

    def _read(self, row: str, frame: int) -> Inputs:
        """The inputs of a frame; the same ones come again and again, so they are kept."""
        numbers = [int(number) for number in row.split(",")]
        inputs = tuple(zip(numbers[::2], numbers[1::2], strict=True))
        if len(inputs) != len(self._seats):
            raise HostError(f"{len(inputs)} inputs for {len(self._seats)} seats at frame {frame}")
        if len(self._inputs) >= INPUTS_KEPT:
            self._inputs.clear()
        self._inputs[row] = read = inputs, {seat: inputs[seat][0] for seat in self._seats}
        return read

    def _final(self, frame: int) -> dict[str, Any]:
        """The row of a frame that nothing will simulate again, from what its last simulation gave and left behind."""
        if frame not in self._outcomes or frame + 1 not in self._snapshots:
            raise HostError(f"final row of frame {frame}, which was not simulated and saved")
        inputs, (observations, rewards, terminations, truncations, infos) = self._outcomes.pop(frame)
        seats = self._seats
        terminated = [bool(terminations[seat]) for seat in seats]
        truncated = [bool(truncations[seat]) for seat in seats]
        if frame + 1 >= self._max_steps:
            truncated = [truncated[seat] or not terminated[seat] for seat in seats]
        hashed = encode(self._snapshots.load(frame + 1))
        self._keep_dump(frame, hashed)
        state = short_hash(hashed)
        row = {
            "frame": frame,
            "actions": [action for action, _ in inputs],
            "rewards": [rewards[seat] for seat in seats],
            "terminateds": terminated,
            "truncateds": truncated,
            "infos": [infos.get(seat, {}) for seat in seats],
            "focused": [bool(flags & FOCUSED) for _, flags in inputs],
            "auto": [bool(flags & AUTO) for _, flags in inputs],
            "obs_hashes": [state_hash(observations[seat]) for seat in seats],
            "state_hash": state,
        }
        ended = all(end or cut for end, cut in zip(terminated, truncated, strict=True))
        text = json.dumps(row, sort_keys=True, separators=(",", ":"), default=_plain)
        answer = {"frame": frame, "row": text, "hash": state, "ended": ended}
        if self._observing:
            answer["observations"] = json.dumps([observations[seat] for seat in seats], default=_plain)
        return answer

    def _keep_dump(self, frame: int, data: bytes) -> None:
        self._dumps[frame] = data
        self._dump_bytes += len(data)
        while len(self._dumps) > DUMPS_KEPT or self._dump_bytes > DUMP_BYTES_KEPT:
            self._dump_bytes -= len(self._dumps.pop(next(iter(self._dumps))))


@lru_cache(maxsize=256)
def _flags(ended: tuple[bool, ...]) -> str:
    """As JSON; the same few, again and again."""
    return json.dumps(ended)


def _plain(value: Any) -> Any:
    """NumPy's scalars and arrays as plain values, for the row."""
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(f"a row cannot hold {type(value).__name__}; rewards and infos take plain values")
