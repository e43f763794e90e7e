"""First in, first out."""

from __future__ import annotations

import pytest

from igym.matchmaking import group


@pytest.mark.parametrize(
    ("waiting", "size", "members"),
    [
        ([], 1, None),
        (["a"], 1, ("a",)),
        (["a"], 2, None),
        (["b", "a"], 2, ("b", "a")),
        (["c", "a", "b"], 2, ("c", "a")),
    ],
)
def test_who_waited_longest_plays(waiting: list[str], size: int, members: tuple[str, ...] | None) -> None:
    before = list(waiting)
    assert group(waiting, size) == members
    assert waiting == before
