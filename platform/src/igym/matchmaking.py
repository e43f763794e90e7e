"""Who plays with whom: first in, first out. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def group(waiting: Sequence[str], size: int) -> tuple[str, ...] | None:
    """The `size` participants that have waited longest, in order of arrival; None if there are too few."""
    return tuple(waiting[:size]) if len(waiting) >= size else None
