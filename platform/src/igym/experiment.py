"""The experiment as a researcher writes it. Everything is checked when it is made; an error names the option and the fix."""

from __future__ import annotations

import difflib
import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, TypeVar, cast

from igym.errors import ConfigError

T = TypeVar("T")
ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


def options(cls: type[T]) -> type[T]:
    """Gives a dataclass errors that name the nearest option instead of Python's TypeError."""
    make: Callable[..., None] = cls.__init__
    known = [one.name for one in fields(cast(Any, cls))]
    required = [
        name for name, p in inspect.signature(make).parameters.items() if p.default is p.empty and name != "self"
    ]

    def checked(self: T, *positional: Any, **given: Any) -> None:
        if positional:
            raise ConfigError(f"{cls.__name__}: give its options by name: {', '.join(known)}")
        for name in given:
            if name not in known:
                raise ConfigError(f"{cls.__name__}: unknown option {name!r}; {nearest(name, known)}")
        if missing := [name for name in required if name not in given]:
            raise ConfigError(f"{cls.__name__}: the option {missing[0]!r} is missing")
        make(self, **given)

    setattr(cls, "__init__", checked)  # noqa: B010 - mypy forbids the assignment to a method
    return cls


def nearest(name: str, known: Sequence[str]) -> str:
    """A hint for a name that does not exist."""
    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(known)}"


@options
@dataclass(frozen=True)
class Page:
    """A page to read, with a button to go on."""

    kind: ClassVar[str] = "page"
    id: str
    title: str
    paragraphs: Sequence[str] = ()
    button: str = "Continue"

    def __post_init__(self) -> None:
        check_id(self, self.id)
        check_list(self, "paragraphs", self.paragraphs)
        check_texts(self, self.title, *self.paragraphs, self.button)


@options
@dataclass(frozen=True)
class Game:
    """A game for `seats` participants: `episodes` episodes of one environment, one after another."""

    kind: ClassVar[str] = "game"
    id: str
    environment: str
    """"path/to/file.py:Class", relative to the experiment's file, or "module:Class" of one of the `packages`."""
    environment_kwargs: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    seats: int = 2
    episodes: int = 1
    max_steps: int | None = None
    """Frames of an episode at most; None: the environment's own number."""
    input_delay_frames: int = 2
    """Frames between a key press and its use; more of them need fewer corrections."""
    input_delay_changes: Sequence[tuple[int, int]] = ()
    """(frame, input delay from then on), ascending frames: the delay changes in play, at every seat."""
    prediction_limit_frames: int | None = None
    """Frames that may be predicted before play waits; None: as many as re-simulate within half a frame's time, 12 to 120."""
    upload_interval_ms: int = 150
    """Between two chunks of rows; with a tick and the way to the server, what a page that dies takes with it stays below 250 ms of play."""
    countdown_ms: int = 3000
    reconnection_timeout_ms: int = 15000
    """A participant whose connection is gone for so long has left."""
    keys: Mapping[str, str] = field(default_factory=dict)
    """KeyboardEvent.code -> name of an action; empty: the environment's own."""

    RANGES: ClassVar[Mapping[str, tuple[int, int]]] = {
        "seats": (1, 8),
        "episodes": (1, 100),
        "max_steps": (1, 2**22 - 1),
        "input_delay_frames": (0, 60),
        "prediction_limit_frames": (1, 600),
        "upload_interval_ms": (50, 10_000),
        "countdown_ms": (0, 60_000),
        "reconnection_timeout_ms": (1000, 600_000),
    }

    def __post_init__(self) -> None:
        check_id(self, self.id)
        check_texts(self, self.title)
        if not isinstance(self.environment, str) or ":" not in self.environment:
            raise ConfigError(
                f'{place(self)}: environment is {self.environment!r}; write "path/to/file.py:Class" or "module:Class"'
            )
        for name, (low, high) in self.RANGES.items():
            value = getattr(self, name)
            if name in ("max_steps", "prediction_limit_frames") and value is None:
                continue
            if type(value) is not int or not low <= value <= high:
                raise ConfigError(f"{place(self)}: {name} is {value!r}; give an integer from {low} to {high}")
        for name in ("environment_kwargs", "keys"):
            check_json_object(self, name, getattr(self, name))
        check_delay_changes(self)


@options
@dataclass(frozen=True)
class ThankYou:
    """The last page, with the completion code."""

    kind: ClassVar[str] = "thanks"
    id: str = "thanks"
    title: str = "Thank you"
    paragraphs: Sequence[str] = ()
    completion_code: bool = True
    """Whether the server gives the participant a code."""

    def __post_init__(self) -> None:
        check_id(self, self.id)
        check_list(self, "paragraphs", self.paragraphs)
        check_texts(self, self.title, *self.paragraphs)
        if not isinstance(self.completion_code, bool):
            raise ConfigError(f"{place(self)}: completion_code is {self.completion_code!r}; give True or False")


Scene = Page | Game | ThankYou


@options
@dataclass(frozen=True)
class Experiment:
    """Scenes in the order in which each participant sees them; exactly one game, and the thanks last if there are any."""

    id: str
    scenes: Sequence[Scene]
    title: str = ""
    packages: Sequence[str] = ()
    """Packages that the environment imports: requirements as pip knows them, for example "sortedcontainers>=2.4"."""

    def __post_init__(self) -> None:
        check_id(self, self.id)
        for scene in self.scenes:
            if not isinstance(scene, Scene):
                raise ConfigError(f"Experiment {self.id!r}: scenes holds {scene!r}; put Page, Game and ThankYou there")
        ids = [scene.id for scene in self.scenes]
        if doubled := sorted({one for one in ids if ids.count(one) > 1}):
            raise ConfigError(f"Experiment {self.id!r}: two scenes have the id {doubled[0]!r}; give each its own")
        if sum(isinstance(scene, Game) for scene in self.scenes) != 1:
            raise ConfigError(f"Experiment {self.id!r}: scenes must hold exactly one Game")
        if any(isinstance(scene, ThankYou) for scene in self.scenes[:-1]):
            raise ConfigError(f"Experiment {self.id!r}: ThankYou must be the last scene")
        check_list(self, "packages", self.packages)
        check_texts(self, self.title, *self.packages)

    @property
    def game(self) -> Game:
        return next(scene for scene in self.scenes if isinstance(scene, Game))

    def index(self, scene_id: str) -> int:
        """Position of a scene; ConfigError for a stranger."""
        ids = [scene.id for scene in self.scenes]
        if scene_id not in ids:
            raise ConfigError(f"Experiment {self.id!r}: no scene {scene_id!r}; {nearest(scene_id, ids)}")
        return ids.index(scene_id)

    def with_option(self, setting: str) -> Experiment:
        """This experiment with one option of a scene changed: "SCENE.OPTION=VALUE" as the command line has it."""
        name, equals, text = setting.partition("=")
        scene_id, dot, option = name.partition(".")
        if not equals or not dot:
            raise ConfigError(f"--set {setting!r}: write SCENE.OPTION=VALUE, for example kitchen.max_steps=600")
        position = self.index(scene_id)
        scene = self.scenes[position]
        option, inner, key = option.partition(".")
        known = [one.name for one in fields(scene) if one.name != "id"]
        if option not in known:
            raise ConfigError(
                f"--set {setting!r}: {type(scene).__name__} has no option {option!r}; {nearest(option, known)}"
            )
        value = value_of(text)
        if inner:
            whole = getattr(scene, option)
            if not isinstance(whole, Mapping) or not key:
                raise ConfigError(f"--set {setting!r}: {option} has no parts; write {scene_id}.{option}=VALUE")
            value = {**whole, key: value}
        changed = replace(scene, **{option: value})
        return replace(self, scenes=[*self.scenes[:position], changed, *self.scenes[position + 1 :]])


def value_of(text: str) -> Any:
    """A value as the command line has it: an integer, true or false, else a text."""
    if re.fullmatch(r"-?[0-9]{1,18}", text):
        return int(text)
    return {"true": True, "false": False}.get(text.lower(), text)


def place(scene: Any) -> str:
    return f"{type(scene).__name__} {scene.id!r}"


def check_id(scene: Any, value: object) -> None:
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise ConfigError(
            f"{type(scene).__name__}: id is {value!r}; use lower-case letters, digits, - and _, at most 64 of them"
        )


def check_list(scene: Any, name: str, value: object) -> None:
    """A text is a sequence of texts too, and never what was meant."""
    if isinstance(value, str):
        raise ConfigError(f"{place(scene)}: {name} is a text; give a list: {name}=[{value!r}]")


def check_json_object(scene: Any, name: str, value: object) -> None:
    """It travels to the browsers as JSON."""
    if not isinstance(value, Mapping):
        raise ConfigError(f"{place(scene)}: {name} is {value!r}; give a dict")
    try:
        json.dumps(dict(value), allow_nan=False)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{place(scene)}: {name} cannot be sent to a browser: {error}; give plain values") from error


def check_delay_changes(game: Game) -> None:
    """Pairs of frame and delay, ascending."""
    before = 0
    for change in game.input_delay_changes:
        fits = isinstance(change, (tuple, list)) and len(change) == 2 and all(type(number) is int for number in change)
        if not fits or change[0] <= before or not 0 <= change[1] <= 60:
            raise ConfigError(
                f"{place(game)}: input_delay_changes holds {change!r}; give (frame, delay) pairs, frames ascending from 1, delays 0 to 60"
            )
        before = change[0]


def check_texts(scene: Any, *texts: object) -> None:
    if strange := [text for text in texts if not isinstance(text, str)]:
        raise ConfigError(f"{place(scene)}: {strange[0]!r} is not a text")
