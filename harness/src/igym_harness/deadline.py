"""Waiting: polls a published state until it holds or its deadline passes, with the reason in the error."""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Callable
from typing import Any

from igym_harness.errors import DeadlineError


async def until(
    check: Callable[[], Any],
    *,
    timeout_s: float,
    reason: str | Callable[[], str],
    every_s: float = 0.05,
    monotonic_s: Callable[[], float] = time.monotonic,
) -> Any:
    """The first truthy answer of `check`, a plain function or a coroutine function.

    Raises DeadlineError "waited T s for REASON"; `reason` may be a function, to tell what was seen last.
    """
    end_s = monotonic_s() + timeout_s
    while True:
        answer = check()
        if inspect.isawaitable(answer):
            answer = await answer
        if answer:
            return answer
        if monotonic_s() >= end_s:
            text = reason if isinstance(reason, str) else reason()
            raise DeadlineError(f"waited {timeout_s:g} s for {text}")
        await asyncio.sleep(every_s)
