"""How fast a page's threads work: one and the same loop in the display thread and in the game worker, over and over."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from igym_chaos.errors import InjectorError
from igym_chaos.samples import SpeedSample
from igym_chaos.subjects import PageControl
from igym_harness.clock import monotonic_ms

EVERY_S = 0.4
LIMIT_S = 5.0
"""A thread that is silent for longer gives no sample."""
LOOP = """(() => {
  const began = performance.now();
  let x = 1;
  for (let i = 0; i < 6e6; i += 1) x = (Math.imul(x, 1664525) + 1013904223) | 0;
  return { ms: performance.now() - began, x };
})()"""
"""Some ten ms of arithmetic; the result is asked for, so that no compiler leaves it out."""


async def keep_timing(
    pages: Mapping[str, PageControl], record: Callable[[str, SpeedSample], None], *, during: Callable[[], bool]
) -> None:
    """Until cancelled, as long as `during()` says that there is a game worker."""
    await asyncio.gather(*(_keep_timing(name, page, record, during) for name, page in pages.items()))


async def _keep_timing(
    name: str, page: PageControl, record: Callable[[str, SpeedSample], None], during: Callable[[], bool]
) -> None:
    while True:
        if during() and (sample := await time_threads(page)) is not None:
            record(name, sample)
        await asyncio.sleep(EVERY_S)


async def time_threads(page: PageControl) -> SpeedSample | None:
    """One sample; None where a thread did not answer in time, or is no more."""
    try:
        async with asyncio.timeout(LIMIT_S):
            main, worker = _ms(await page.run(LOOP)), _ms(await page.run_in_worker(LOOP))
    except (TimeoutError, InjectorError):
        return None
    return SpeedSample(monotonic_ms(), main, worker)


def _ms(answer: Any) -> float:
    return float(answer["ms"])
