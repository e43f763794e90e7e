"""Faults after which a page is gone: what the witnesses must have seen, and what is not enough."""

from __future__ import annotations

import signal
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pytest

from igym_chaos.endings import RemovingFault
from igym_chaos.errors import InjectorError
from igym_chaos.faults.proc_crash import ProcCrash
from igym_chaos.faults.proc_kill import ProcKill
from igym_chaos.faults.tab_close import TabClose
from igym_chaos.samples import Ending, MeterSample, Window

BEFORE, DURING, AFTER = Window(0, 5_000), Window(5_000, 7_000), Window(7_500, 10_000)
END_MS = 5_100.0
ALIVE = MeterSample(0, 1.0, 0, 0, 0, hidden=False, focused=True, blurs=0, hides=0, freezes=0, resumes=0)
KILLED = Ending(END_MS, "browser", -signal.SIGKILL)
SOCKET, TAB, CRASH, CLOSE, RENDERER = (Ending(END_MS, what) for what in ("socket", "tab", "crash", "close", "renderer"))


@dataclass
class Recorded:
    """What ended of a and b, and until when their pages answered, four times a second. `other`: b's document after the fault."""

    a: list[Ending] = field(default_factory=list)
    b: list[Ending] = field(default_factory=list)
    a_until_ms: float = END_MS
    b_until_ms: float = 1e9
    other: float = 1.0

    def endings(self, participant: str, window: Window) -> list[Ending]:
        return [one for one in (self.a if participant == "a" else self.b) if window.holds(one.t_ms)]

    def meters(self, participant: str, window: Window) -> list[MeterSample]:
        until_ms = self.a_until_ms if participant == "a" else self.b_until_ms
        times = [t_ms for t_ms in range(0, 12_000, 250) if window.holds(t_ms) and t_ms <= until_ms]
        other = self.other if participant == "b" else 1.0
        return [replace(ALIVE, t_ms=t_ms, document=other if t_ms > END_MS else 1.0) for t_ms in times]

    def gaps(self, participant: str, window: Window, thread: Literal["main", "worker"]) -> list[float]:
        return []


def alive() -> Any:
    return Recorded(a_until_ms=1e9)


SEEN: list[tuple[RemovingFault, list[Ending]]] = [
    (ProcKill(), [KILLED, SOCKET, CLOSE, RENDERER]),
    (ProcCrash(), [CRASH, RENDERER, SOCKET]),
    (TabClose(), [TAB, SOCKET, CLOSE]),
]
NOT_ENOUGH: list[tuple[RemovingFault, list[Ending]]] = [
    (ProcKill(), [SOCKET, CLOSE, RENDERER]),
    (ProcKill(), [replace(KILLED, code=0), SOCKET, CLOSE]),
    (ProcKill(), [replace(KILLED, code=-signal.SIGTERM), SOCKET, CLOSE]),
    (ProcKill(), [KILLED]),
    (ProcCrash(), [CRASH, SOCKET]),
    (ProcCrash(), [RENDERER, SOCKET, CLOSE]),
    (ProcCrash(), [CRASH, RENDERER]),
    (TabClose(), [CLOSE, SOCKET]),
    (TabClose(), [TAB, CLOSE]),
]


@pytest.mark.parametrize(("fault", "endings"), SEEN, ids=lambda one: getattr(one, "kind", ""))
def test_an_end_that_every_witness_saw_is_in_band_and_stays(fault: RemovingFault, endings: list[Ending]) -> None:
    seen: Any = Recorded(endings)
    effect = fault.effect(seen, ["a"], DURING, BEFORE)
    assert effect.in_band, effect
    assert effect.n > 0
    assert "seen: " in effect.note
    assert fault.recovered(seen, ["a"], AFTER, BEFORE).in_band
    assert fault.untouched(seen, ["b"], DURING, BEFORE) == []


@pytest.mark.parametrize(("fault", "endings"), NOT_ENOUGH)
def test_an_end_that_one_witness_missed_is_not_believed(fault: RemovingFault, endings: list[Ending]) -> None:
    seen: Any = Recorded(endings)
    assert not fault.effect(seen, ["a"], DURING, BEFORE).in_band


@pytest.mark.parametrize(("fault", "_"), SEEN)
def test_a_page_that_goes_on_is_measured_as_such(fault: RemovingFault, _: list[Ending]) -> None:
    effect = fault.effect(alive(), ["a"], DURING, BEFORE)
    assert (effect.in_band, effect.n > 0, set(effect.measured.values())) == (False, True, {0.0})
    after = fault.recovered(alive(), ["a"], AFTER, BEFORE)
    assert (after.in_band, after.n > 0) == (False, True)


def test_a_page_that_comes_back_is_not_gone() -> None:
    fault, endings = SEEN[2]
    back: Any = Recorded(endings, a_until_ms=1e9)
    assert fault.effect(back, ["a"], DURING, BEFORE).in_band
    assert not fault.recovered(back, ["a"], AFTER, BEFORE).in_band


def test_a_socket_alone_is_no_end() -> None:
    only: Any = Recorded([SOCKET])
    assert not TabClose().recovered(only, ["a"], AFTER, BEFORE).in_band


@pytest.mark.parametrize(
    "hurt",
    [
        Recorded(b=[CRASH]),
        Recorded(b=[SOCKET]),
        Recorded(other=2.0),
        Recorded(b_until_ms=END_MS),
    ],
    ids=["crashed", "lost its socket", "another document", "silent"],
)
@pytest.mark.parametrize(("fault", "_"), SEEN)
def test_another_page_that_is_hit_is_named(fault: RemovingFault, _: list[Ending], hurt: Any) -> None:
    assert fault.untouched(hurt, ["b"], DURING, BEFORE) == ["b"]


class Control:
    def __init__(self, *, own: bool) -> None:
        self.own_process = own
        self.done: list[str] = []

    async def close(self) -> None:
        self.done.append("close")

    async def crash(self) -> None:
        self.done.append("crash")

    async def kill_browser(self) -> None:
        self.done.append("kill")


@dataclass
class Person:
    control: Any
    name: str = "a"


async def test_each_kind_does_what_it_says_and_only_a_tab_may_share_its_browser() -> None:
    for fault, word, shared in (
        (ProcKill(), "kill", False),
        (ProcCrash(), "crash", False),
        (TabClose(), "close", True),
    ):
        control: Any = Control(own=True)
        who: Any = [Person(control)]
        await fault.inject(who)
        await fault.heal(who)
        assert control.done == [word]
        sharing: Any = [Person(Control(own=False))]
        if shared:
            await fault.inject(sharing)
        else:
            with pytest.raises(InjectorError, match="shares its browser"):
                await fault.inject(sharing)
