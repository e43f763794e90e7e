"""The fixed loop in both threads: what is asked, and what a silent thread gives."""

from __future__ import annotations

import asyncio
from typing import Any

from igym_chaos.errors import InjectorError
from igym_chaos.samples import SpeedSample
from igym_harness import speed_probe


class Page:
    """Answers like a page; `worker` None: there is no game worker."""

    def __init__(self, main: float, worker: float | None) -> None:
        self.main, self.worker = main, worker

    async def run(self, expression: str) -> Any:
        return {"ms": self.main, "x": 1}

    async def run_in_worker(self, expression: str) -> Any:
        if self.worker is None:
            raise InjectorError("no game worker")
        return {"ms": self.worker, "x": 1}


async def test_both_threads_do_the_same_work() -> None:
    page: Any = Page(12.0, 9.0)
    sample = await speed_probe.time_threads(page)
    assert sample is not None
    assert (sample.main_ms, sample.worker_ms) == (12.0, 9.0)


async def test_a_page_without_its_worker_gives_no_sample() -> None:
    page: Any = Page(12.0, None)
    assert await speed_probe.time_threads(page) is None


async def test_nothing_is_asked_before_the_game_runs() -> None:
    page: Any = Page(12.0, 9.0)
    asked: list[bool] = []
    taken = asyncio.Event()

    def playing() -> bool:
        asked.append(True)
        return len(asked) > 1

    def record(_name: str, _sample: SpeedSample) -> None:
        assert len(asked) > 1
        taken.set()

    probing = asyncio.create_task(speed_probe.keep_timing({"a": page}, record, during=playing))
    try:
        await asyncio.wait_for(taken.wait(), 5.0)
    finally:
        probing.cancel()
        await asyncio.gather(probing, return_exceptions=True)
