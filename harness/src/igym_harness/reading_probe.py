"""Asks pages the questions of planned faults, over and over; who does not answer in time gives no reading."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from igym_chaos.errors import InjectorError
from igym_chaos.readings import Question, Reading
from igym_chaos.subjects import PageControl
from igym_harness.clock import monotonic_ms

EVERY_S = 0.5
LIMIT_S = 3.0
Record = Callable[[str, str, Reading], None]
"""(participant, what was asked, the answer)"""


async def keep_asking(pages: Mapping[str, PageControl], questions: Mapping[str, Question], record: Record) -> None:
    """Until cancelled; returns at once if there is nothing to ask."""
    if questions:
        await asyncio.gather(*(_keep_asking(name, page, questions, record) for name, page in pages.items()))


async def _keep_asking(name: str, page: PageControl, questions: Mapping[str, Question], record: Record) -> None:
    while not _cancelled():
        for what, question in questions.items():
            if (reading := await ask(page, question)) is not None:
                record(name, what, reading)
        await asyncio.sleep(EVERY_S)


def _cancelled() -> bool:
    """Also when what was waited for swallowed it: this would then ask for ever, and the run never end."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def ask(page: PageControl, question: Question) -> Reading | None:
    """None: nobody answered in time, there is no such page or worker now, or the answer is no number."""
    sent_ms = monotonic_ms()
    try:
        async with asyncio.timeout(LIMIT_S):
            answer = await _answer(page, question)
    except (TimeoutError, InjectorError):
        return None
    late_ms = (monotonic_ms() - sent_ms) / 2.0
    number = isinstance(answer, (int, float)) and not isinstance(answer, bool)
    return Reading(sent_ms + late_ms, float(answer), late_ms) if number else None


async def _answer(page: PageControl, question: Question) -> Any:
    match question.where:
        case "page":
            return await page.run(question.expression)
        case "worker":
            return await page.run_in_worker(question.expression)
        case "another":
            return await page.run_in_another(question.expression)
        case "tabs":
            return await page.tabs()
        case "network-service":
            return await page.network_service()
