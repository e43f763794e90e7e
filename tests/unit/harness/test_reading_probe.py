"""Questions of planned faults reach the place that they are for; who does not answer gives no reading."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from igym_chaos.errors import InjectorError
from igym_chaos.readings import Question, Reading
from igym_harness import reading_probe


class Page:
    """Answers with what it was asked, by place."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers

    async def run(self, expression: str) -> Any:
        return self._answer("page", expression)

    async def run_in_worker(self, expression: str) -> Any:
        return self._answer("worker", expression)

    async def run_in_another(self, expression: str) -> Any:
        return self._answer("another", expression)

    async def tabs(self) -> Any:
        return self._answer("tabs", "")

    async def network_service(self) -> Any:
        return self._answer("network-service", "")

    def _answer(self, where: str, expression: str) -> Any:
        if where not in self.answers:
            raise InjectorError(f"no {where}")
        return self.answers[where]


@pytest.mark.parametrize("where", ["page", "worker", "another", "tabs", "network-service"])
async def test_a_question_is_asked_where_it_is_for(where: Any) -> None:
    page: Any = Page({where: 7})
    reading = await reading_probe.ask(page, Question(where, "x"))
    assert reading is not None
    assert reading.value == 7.0
    assert await reading_probe.ask(page, Question("worker" if where == "page" else "page", "x")) is None


@pytest.mark.parametrize("answer", [None, "text", True, {"a": 1}])
async def test_what_is_no_number_is_no_reading(answer: Any) -> None:
    page: Any = Page({"page": answer})
    assert await reading_probe.ask(page, Question("page", "x")) is None


async def test_who_does_not_answer_in_time_gives_no_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    class Busy(Page):
        async def run(self, expression: str) -> Any:
            await asyncio.Event().wait()

    monkeypatch.setattr(reading_probe, "LIMIT_S", 0.01)
    busy: Any = Busy({})
    assert await reading_probe.ask(busy, Question("page", "x")) is None


async def test_everybody_is_asked_everything_until_the_run_is_over() -> None:
    taken: list[tuple[str, str, float]] = []
    enough = asyncio.Event()
    pages: Any = {"a": Page({"page": 1, "worker": 2}), "b": Page({"page": 3})}
    questions = {"p": Question("page", "x"), "w": Question("worker", "y")}

    def record(name: str, what: str, reading: Reading) -> None:
        taken.append((name, what, reading.value))
        if len(taken) >= 3:
            enough.set()

    asking = asyncio.create_task(reading_probe.keep_asking(pages, questions, record))
    async with asyncio.timeout(5):
        await enough.wait()
    asking.cancel()
    assert set(taken) == {("a", "p", 1.0), ("a", "w", 2.0), ("b", "p", 3.0)}
    await reading_probe.keep_asking(pages, {}, record)


async def test_a_cancellation_that_an_answer_swallows_ends_the_asking_all_the_same() -> None:
    asked = asyncio.Event()

    class Swallowing(Page):
        async def run(self, expression: str) -> Any:
            asked.set()
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                return 1

    pages: Any = {"a": Swallowing({})}
    asking = asyncio.create_task(reading_probe.keep_asking(pages, {"p": Question("page", "x")}, lambda *_: None))
    await asked.wait()
    asking.cancel()
    async with asyncio.timeout(2):
        await asyncio.gather(asking, return_exceptions=True)
    assert asking.done()
