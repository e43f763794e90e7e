"""Reads a table of a scenario file: every key known, every value of its type, and an error that names file, table, key and fix."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from igym_chaos.anchors import AnchorError, duration_ms
from igym_chaos.errors import ChaosError


class ScenarioError(ChaosError):
    """A scenario file that cannot be run; the message names file, table, key and the fix."""


def nearest(word: str, known: Iterable[str]) -> str:
    """'; did you mean "x"?' with the nearest known word, else the list of all."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1)
    return f'; did you mean "{close[0]}"?' if close else f"; known: {', '.join(known)}"


class Table:
    """One table of one file. `where` is what a message begins with, as "p2p-loss-15.toml [budget]"."""

    def __init__(self, values: Any, where: str, known: Sequence[str]) -> None:
        if not isinstance(values, Mapping):
            raise ScenarioError(f"{where}: is {values!r}; write a table")
        for key in values:
            if key not in known:
                raise ScenarioError(f'{where}: unknown key "{key}"{nearest(key, known)}')
        self.where = where
        self._values = values

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def raw(self, key: str, default: Any = None) -> Any:
        return self._values.get(key, default)

    def text(self, key: str, default: str | None = None, *, one_of: Iterable[str] | None = None) -> str:
        value = self._values.get(key, default)
        if not isinstance(value, str) or not value:
            raise ScenarioError(f"{self.where}: {key} is {value!r}; write a text")
        if one_of is not None and value not in set(one_of):
            raise ScenarioError(f'{self.where}: {key} is "{value}"{nearest(value, one_of)}')
        return value

    def whole(self, key: str, default: int | None, *, low: int, high: int) -> int:
        value = self._values.get(key, default)
        if type(value) is not int or not low <= value <= high:
            raise ScenarioError(f"{self.where}: {key} is {value!r}; write a whole number from {low} to {high}")
        return value

    def flag(self, key: str, *, default: bool) -> bool:
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise ScenarioError(f"{self.where}: {key} is {value!r}; write true or false")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key, [])
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise ScenarioError(f"{self.where}: {key} is {value!r}; write a list of texts")
        return tuple(value)

    def seconds(self, key: str, default: str | None = None) -> float:
        """A duration, s."""
        text = self.text(key, default)
        try:
            return duration_ms(text) / 1000
        except AnchorError as error:
            raise ScenarioError(f"{self.where}: {key}: {error}") from error
