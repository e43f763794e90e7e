"""Waiting for a published state."""

from __future__ import annotations

import pytest

from igym_harness.deadline import until
from igym_harness.errors import DeadlineError


async def test_the_first_true_answer_ends_the_wait() -> None:
    answers = iter([None, 0, "", "there"])
    assert await until(lambda: next(answers), timeout_s=1.0, reason="it", every_s=0.0) == "there"


async def test_a_coroutine_function_is_awaited() -> None:
    async def check() -> int:
        return 7

    assert await until(check, timeout_s=1.0, reason="it") == 7


async def test_a_missed_deadline_says_what_was_waited_for_and_seen_last() -> None:
    seen: list[int] = []

    def check() -> bool:
        seen.append(len(seen))
        return False

    now_s = iter([0.0, 0.4, 0.8, 1.2])
    with pytest.raises(DeadlineError, match="waited 1 s for the page; saw 3"):
        await until(
            check,
            timeout_s=1.0,
            reason=lambda: f"the page; saw {len(seen)}",
            every_s=0.0,
            monotonic_s=lambda: next(now_s),
        )
