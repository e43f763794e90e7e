"""The states of the frames that may be needed again, each a copy that nothing else holds.

```
    save(frame, state) ─▶ taken apart by a form ─▶ values ─▶ put together by the same form ─▶ load(frame)
              no form yet, or not this shape ─▶ pickle
```

A form is learnt from the states that came before, as in `forms`: nested dicts and lists of plain values. It copies in a quarter of
pickle's time, and exactly what it has checked: kinds, keys and their order, and that no list or dict stands in two places.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

from igym_env.forms import Place, merged, seen, tupled

PLAIN = frozenset({type(None), bool, int, float, str, bytes})
"""Kinds that nothing can change."""
LEARN_AFTER = 8
"""States that no form fits; the next time comes twice as late."""

Values = tuple[Any, ...]
Form = tuple[Callable[[Any], Values | None], Callable[[Values], Any]]


class Snapshots:
    """States by frame."""

    def __init__(self) -> None:
        self._kept: dict[int, tuple[Callable[[Any], Any], Any]] = {}
        """What puts the state together, and from what."""
        self._form: Form | None = None
        self._tree: Place | None = None
        self._unfit = 0
        self._patience = LEARN_AFTER

    def __contains__(self, frame: int) -> bool:
        return frame in self._kept

    @property
    def frames(self) -> list[int]:
        return sorted(self._kept)

    def save(self, frame: int, state: Any) -> None:
        """Keeps a copy."""
        form = self._form
        if form is not None and (values := form[0](state)) is not None:
            self._kept[frame] = form[1], values
        else:
            # Our own bytes, read in this process only: nothing from outside is ever unpickled.
            self._kept[frame] = pickle.loads, pickle.dumps(state, 5)
            self._learn(state)

    def load(self, frame: int) -> Any:
        """A new copy; KeyError of a frame that is not kept."""
        put_together, values = self._kept[frame]
        return put_together(values)

    def release(self, frame: int) -> None:
        """Forgets every frame below this one."""
        for old in [saved for saved in self._kept if saved < frame]:
            del self._kept[old]

    def clear(self) -> None:
        self._kept.clear()

    def _learn(self, state: Any) -> None:
        self._unfit += 1
        if self._unfit < self._patience:
            return
        self._unfit, self._patience = 0, 2 * self._patience
        before, tree = self._tree, seen(state)
        self._tree = tree if before is None else merged(before, tree)
        # The same tree again: what does not fit is nothing that a tree holds.
        self._form = None if self._tree == before else copier(self._tree)


def copier(tree: Place) -> Form | None:
    """(take apart, put together) for values like the tree; None if something in the tree is no plain value and no container of them.

    Taking apart gives None when anything is not as in the tree.
    """
    source = _Source()
    try:
        built = source.place(tree, "v")
    except _NoCopyError:
        return None
    source.names["kinds"] = tuple(kind for _, kind in source.kinds)
    source.names["plain"] = PLAIN.issuperset
    tests = [f"if tuple(map(type, {tupled(name for name, _ in source.kinds)})) != kinds: return None"]
    if source.loose:
        tests.append(f"if not plain(map(type, {tupled(source.loose)})): return None")
    if len(source.containers) > 1:
        ids = ", ".join(f"id({name})" for name in source.containers)
        tests.append(f"if len({{{ids}}}) != {len(source.containers)}: return None")
    lines = [
        "def take(v):",
        " try:",
        *(f"  {line}" for line in source.lines),
        "  pass",
        " except ValueError:",
        "  return None",
        *(f" {test}" for test in tests),
        f" return {tupled(taken for _, taken in source.values)}",
        "def give(values):",
        f" {tupled(name for name, _ in source.values)} = values",
        f" return {built}",
    ]
    exec("\n".join(lines), source.names)  # noqa: S102
    return source.names["take"], source.names["give"]


class _NoCopyError(TypeError):
    """A kind that a form cannot copy."""


class _Source:
    """The parts of both functions, gathered place by place; they hold names of places only, nothing of a value."""

    def __init__(self) -> None:
        self.names: dict[str, Any] = {}
        self.lines: list[str] = []
        self.kinds: list[tuple[str, type]] = []
        self.loose: list[str] = []
        """What must be plain, whatever it is; keys, too."""
        self.containers: list[str] = []
        self.values: list[tuple[str, str]] = []
        """Name of a place, and what of it is kept."""
        self._count = 0

    def place(self, place: Place, name: str) -> str:
        """The expression that puts this place together again."""
        if place.within is None:
            return self._leaf(place.kind, name)
        if place.kind is dict:
            return self._dict(place.keys, place.within, name)
        kind = "list" if place.kind is list else "tuple"
        self.lines.append(f"if type({name}) is not {kind}: return None")
        if place.kind is list:
            self.containers.append(name)
        built = self._unpacked(place.within, name)
        return f"[{', '.join(built)}]" if place.kind is list else tupled(built)

    def _leaf(self, kind: type | None, name: str) -> str:
        if kind is None:
            self.loose.append(name)
        elif kind in (list, dict, tuple):
            # Its own kind comes first: stars would run the code of another.
            self.lines.append(f"if type({name}) is not {kind.__name__}: return None")
            self.loose += [f"*{name}", f"*{name}.values()"] if kind is dict else [f"*{name}"]
            if kind is not tuple:
                self.containers.append(name)
                self.values.append((name, f"{name}.copy()"))
                return f"{name}.copy()"
        elif kind in PLAIN:
            self.kinds.append((name, kind))
        else:
            raise _NoCopyError
        self.values.append((name, name))
        return name

    def _dict(self, keys: tuple[str, ...], within: tuple[Place, ...], name: str) -> str:
        known = self._name()
        self.names[known] = keys
        self.lines.append(f"if type({name}) is not dict or tuple({name}) != {known}: return None")
        self.loose.append(f"*{name}")  # a key may be equal to a text and another kind of it
        self.containers.append(name)
        built = self._unpacked(within, f"{name}.values()")
        parts = []
        for key, one in zip(keys, built, strict=True):
            parts.append(f"{(called := self._name())}: {one}")
            self.names[called] = key
        return f"{{{', '.join(parts)}}}"

    def _unpacked(self, within: tuple[Place, ...], whole: str) -> list[str]:
        inner = [self._name() for _ in within]
        self.lines.append(f"{tupled(inner)} = {whole}")
        return [self.place(one, name) for one, name in zip(within, inner, strict=True)]

    def _name(self) -> str:
        self._count += 1
        return f"n{self._count}"
