"""A value whose shape comes at every frame is written in one go: what stands where is learnt, then checked all at once.

```
    seen(value) ─▶ Place (a tree) ─▶ compiled ─▶ write(value) -> bytes, or None: another shape
         another shape ─▶ merged(both trees): where they differ, the value's own writer does it
```

The bytes are those of `encoding`, whose writers it is given. A container's kind is checked before anything is taken out of it, so
that no code but Python's own dict, list and tuple runs on the way; the kinds of all that is in them are checked at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

Writer = Callable[[Any], bytes]

ITEMS = 16
"""Of a list within the tree; a longer one is left to its own writer."""
KEYS = 32
PLACES = 200
DEPTH = 6


@dataclass(frozen=True, slots=True)
class Place:
    """What stands here: a value of this kind (None: of any), and the places within it; without those, its writer's business."""

    kind: type | None
    keys: tuple[str, ...] = ()
    within: tuple[Place, ...] | None = None

    def __len__(self) -> int:
        return 1 + sum(map(len, self.within or ()))


def seen(value: Any) -> Place:
    """The tree of a value, as deep as PLACES allow."""
    return next(tree for depth in range(DEPTH, 0, -1) if len(tree := _seen(value, depth)) <= PLACES or depth == 1)


def _seen(value: Any, depth: int) -> Place:
    kind = type(value)
    if depth > 0 and kind is dict and len(value) <= KEYS and all(type(key) is str for key in value):
        return Place(kind, tuple(value), tuple(_seen(item, depth - 1) for item in value.values()))
    if depth > 0 and kind in (list, tuple) and len(value) <= ITEMS:
        return Place(kind, (), tuple(_seen(item, depth - 1) for item in value))
    return Place(kind)


def merged(one: Place, other: Place) -> Place:
    """The tree that fits both; a key that is elsewhere in the order is the same key."""
    if one.kind is not other.kind:
        return Place(None)
    if one.within is None or other.within is None or len(one.within) != len(other.within):
        return Place(one.kind)
    if one.kind is not dict:
        return Place(one.kind, (), tuple(map(merged, one.within, other.within)))
    places = dict(zip(other.keys, other.within, strict=True))
    if places.keys() != set(one.keys):
        return Place(dict)
    return Place(
        dict, one.keys, tuple(merged(place, places[key]) for key, place in zip(one.keys, one.within, strict=True))
    )


def compiled(
    tree: Place, writer: Callable[[type | None], Writer], text: Callable[[str], bytes]
) -> Callable[[Any], bytes | None]:
    """A function of a dict like the tree -> its canonical bytes, or None when anything in it is not as in the tree.

    writer gives the function that writes a kind, text the bytes of a key. A form's source holds names of places only, nothing of a value.
    """
    source = _Source(writer, text)
    source.names["form"] = source.place(tree, "v")
    source.names["kinds"] = tuple(kind for _, kind in source.kinds)
    lines = [
        "def write(v):",
        " try:",
        *(f"  {line}" for line in source.lines),
        " except (KeyError, ValueError):",
        "  return None",
        f" if tuple(map(type, {tupled(name for name, _ in source.kinds)})) != kinds: return None",
        f" return form % {tupled(source.values)}",
    ]
    exec("\n".join(lines), source.names)  # noqa: S102
    write: Callable[[Any], bytes | None] = source.names["write"]
    return write


class _Source:
    """The parts of one function, gathered place by place."""

    def __init__(self, writer: Callable[[type | None], Writer], text: Callable[[str], bytes]) -> None:
        self.names: dict[str, Any] = {}
        self.lines: list[str] = []
        self.kinds: list[tuple[str, type]] = []
        self.values: list[str] = []
        self._writer = writer
        self._text = text
        self._count = 0

    def place(self, place: Place, name: str) -> bytes:
        """The part of the form for what is called `name`, values left out."""
        if place.within is None:
            return self._leaf(place.kind, name)
        if place.kind is dict:
            return self._dict(place, name)
        inner = [self._name() for _ in place.within]
        self.lines.append(f"if type({name}) is not {'list' if place.kind is list else 'tuple'}: return None")
        self.lines.append(f"{tupled(inner)} = {name}")
        tag = b"l" if place.kind is list else b"t"
        return b"%b%d:" % (tag, len(inner)) + b"".join(map(self.place, place.within, inner))

    def _leaf(self, kind: type | None, name: str) -> bytes:
        if kind is not None:
            self.kinds.append((name, kind))
        if kind is int:
            self.values.append(name)
            return b"i%d;"
        write = self._name()
        self.names[write] = self._writer(kind)
        self.values.append(f"{write}({name})")
        return b"%b"

    def _dict(self, place: Place, name: str) -> bytes:
        parts = sorted(zip(map(self._text, place.keys), place.keys, place.within or (), strict=True), key=itemgetter(0))
        self.lines.append(f"if type({name}) is not dict or len({name}) != {len(parts)}: return None")
        inner = [self._name() for _ in parts]
        if len(parts) == 1:
            key = self._name()
            self.names[key] = parts[0][1]
            self.lines.append(f"{inner[0]} = {name}[{key}]")
        elif parts:
            get = self._name()
            self.names[get] = itemgetter(*[key for _, key, _ in parts])
            self.lines.append(f"{tupled(inner)} = {get}({name})")
        written = (
            key.replace(b"%", b"%%") + self.place(within, one)
            for (key, _, within), one in zip(parts, inner, strict=True)
        )
        return b"d%d:" % len(parts) + b"".join(written)

    def _name(self) -> str:
        self._count += 1
        return f"n{self._count}"


def tupled(names: Iterable[str]) -> str:
    """The source of a tuple of what these names stand for."""
    return f"({''.join(f'{name},' for name in names)})"
