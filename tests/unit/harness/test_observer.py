"""The lag of the harness's loop is that of the window which timings are judged in; a page may be several documents in turn."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from igym_chaos.samples import Window
from igym_harness.clock import Clocks, Offset, monotonic_ms
from igym_harness.history import History
from igym_harness.observer import LoopLag, Observer
from igym_harness.participant import NoAnswerError
from igym_harness.probe import Answer
from igym_harness.run_folder import RunFolder
from igym_harness.telemetry import Recorder
from igym_harness.timeline import Timeline


def test_lag_outside_the_window_does_not_count() -> None:
    lag = LoopLag([(float(t_ms), 400.0 if t_ms < 1_000 else 3.0) for t_ms in range(0, 5_000, 20)])
    assert lag.p99_ms(Window(1_000, 5_000)) == 3.0
    assert lag.p99_ms(Window(-math.inf, math.inf)) == 400.0


def test_two_late_wakes_of_a_hundred_are_the_p99() -> None:
    lag = LoopLag([(float(t_ms), 80.0 if t_ms in (7, 8) else 1.0) for t_ms in range(100)])
    assert lag.p99_ms(Window(0, 99)) == 80.0


def test_no_sample_in_the_window_is_no_number() -> None:
    assert math.isnan(LoopLag([(5.0, 1.0)]).p99_ms(Window(6, 9)))


class Member:
    """A page whose second document counts from another origin, and knows nothing of the session."""

    name = "a"

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.offset_ms = 1_000.0
        self.leaving = False

    async def ask(self, *, full: bool = False) -> Answer:
        return self.answers.pop(0)

    async def clock_ms(self) -> float:
        if self.leaving:
            raise NoAnswerError("a did not answer")
        return monotonic_ms() + self.offset_ms


def told(origin: float, clock_ms: float, *, session: str | None, kind: str, **more: Any) -> Answer:
    status = {"page": "playing", "sessionId": session, "seat": None if session is None else 0, "worker": None}
    event = {"index": 0, "kind": kind, "tMs": clock_ms - 5.0, **more}
    return Answer(origin, clock_ms, "playing", {**status, "serverPings": []}, [event], [], {})


def watching(tmp_path: Path) -> tuple[Observer, Clocks, Member]:
    clocks, member, folder = Clocks(), Member(), RunFolder(tmp_path)
    folder.participant("a").stats.parent.mkdir(parents=True)
    clocks.record("a", Offset(1_000.0, 0.1))
    observer = Observer(
        {"a": member},  # type: ignore[dict-item]  # answers like one
        clocks=clocks,
        telemetry=Recorder(["a"], clocks.to_harness),
        timeline=Timeline(("a",)),
        history=History(),
        folder=folder,
        disturbances=tuple,
    )
    return observer, clocks, member


async def test_another_document_is_another_clock_and_the_same_participant(tmp_path: Path) -> None:
    observer, clocks, member = watching(tmp_path)
    now_ms = monotonic_ms()
    member.answers = [
        told(900.0, now_ms + 1_000.0, session="s1", kind="before"),
        told(now_ms + 1_500.0, now_ms + 2_000.0, session=None, kind="after"),
    ]
    one: Any = member
    await observer.look(one)
    member.offset_ms = 1_700.0
    await observer.look(one)
    before, after = (event["t_ms"] for event in observer.events["a"])
    assert before == round(now_ms - 5.0, 1)
    assert after == pytest.approx(now_ms + 2_000.0 - 5.0 - 1_700.0, abs=50.0)
    assert observer.statuses["a"]["sessionId"] == "s1"
    assert abs(clocks.drifts_ms()["a"]) < 1.0, "a new clock has not drifted"


async def test_the_first_difference_that_a_page_tells_of_is_kept_in_words(tmp_path: Path) -> None:
    observer, _, member = watching(tmp_path)
    now_ms = monotonic_ms()
    first, second = (
        told(900.0, now_ms + 2_000.0, session="s1", kind="desync", peerSeat=1, frame=frame) for frame in (123, 124)
    )
    member.answers = [first, second]
    one: Any = member
    assert observer.violation == ""
    for _ in member.answers[:]:
        await observer.look(one)
    assert observer.violation == "a computed another state than seat 1 at frame 123"


async def test_a_document_that_is_gone_while_its_clock_is_asked_keeps_what_it_said(tmp_path: Path) -> None:
    observer, _, member = watching(tmp_path)
    now_ms = monotonic_ms()
    documents = (900.0, now_ms + 1_500.0, now_ms + 1_600.0)
    member.answers = [told(origin, now_ms + 2_000.0, session=None, kind=f"{origin}") for origin in documents]
    one: Any = member
    await observer.look(one)
    member.leaving = True
    await observer.look(one)
    member.leaving = False
    await observer.look(one)
    assert [event["kind"] for event in observer.events["a"]] == [f"{origin}" for origin in documents]
