"""A planted error: a copy of a plain state with one bit flipped. Proves that the desync detector names frame and field."""

from __future__ import annotations

from typing import Any


def flipped(state: Any) -> Any:
    """A copy with the lowest bit of the first integer flipped, depth first. ValueError if there is none."""
    copy, found = _flip(state)
    if not found:
        raise ValueError("the state holds no integer whose bit could be flipped")
    return copy


def _flip(value: Any) -> tuple[Any, bool]:
    if type(value) is int:
        return value ^ 1, True
    if isinstance(value, dict):
        items, found = _flip_first(list(value.values()))
        return dict(zip(value, items, strict=True)), found
    if isinstance(value, (list, tuple)):
        items, found = _flip_first(list(value))
        return type(value)(items), found
    return value, False


def _flip_first(values: list[Any]) -> tuple[list[Any], bool]:
    for index, value in enumerate(values):
        changed, found = _flip(value)
        if found:
            return [*values[:index], changed, *values[index + 1 :]], True
    return values, False
