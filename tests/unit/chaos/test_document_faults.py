"""Faults after which a page is another document: what the oracles say of recorded looks, in force and not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from igym_chaos.errors import InjectorError
from igym_chaos.faults.tab_reload import TabReload
from igym_chaos.samples import Ending, MeterSample, Window

BEFORE, DURING, AFTER = Window(0, 5_000), Window(5_700, 7_000), Window(7_500, 10_500)
FIRST, SECOND = 1.0, 5_050.0
LOOK = MeterSample(0, FIRST, 0, 0, 0, hidden=False, focused=True, blurs=0, hides=0, freezes=0, resumes=0)


@dataclass
class Recorded:
    """Two participants; a's page is another document from `new_ms` on (None: the same one throughout)."""

    new_ms: float | None = 5_300.0
    again_ms: float | None = None
    """A third document."""
    reloaded: bool = True
    ended_ms: float | None = 5_060.0
    """When the server saw a's socket end."""
    closed: dict[str, list[tuple[float, str]]] = field(default_factory=lambda: {"b": [(5_180.0, "a"), (5_185.0, "a")]})
    peers_of: dict[str, tuple[str, ...]] = field(default_factory=lambda: {"a": ("b",), "b": ("a",)})

    def participants(self) -> tuple[str, ...]:
        return ("a", "b")

    def peers(self, participant: str) -> tuple[str, ...]:
        return self.peers_of[participant]

    def endings(self, participant: str, window: Window) -> list[Ending]:
        ended = [] if participant == "b" or self.ended_ms is None else [Ending(self.ended_ms, "socket")]
        return [one for one in ended if window.holds(one.t_ms)]

    def channels_closed(self, participant: str, window: Window) -> list[tuple[float, str]]:
        return [one for one in self.closed.get(participant, []) if window.holds(one[0])]

    def meters(self, participant: str, window: Window) -> list[MeterSample]:
        times = [250.0 * look for look in range(60) if window.holds(250.0 * look)]
        return [self._look(participant, t_ms) for t_ms in times]

    def _look(self, name: str, t_ms: float) -> MeterSample:
        look = replace(LOOK, t_ms=t_ms, timers=int(t_ms / 50))
        if name == "b" or self.new_ms is None or t_ms < self.new_ms:
            return look
        document = SECOND if self.again_ms is None or t_ms < self.again_ms else SECOND + 1_000
        return replace(look, document=document, reloaded=self.reloaded, timers=int((t_ms - self.new_ms) / 50))


def effect_of(recorded: Any) -> Any:
    return TabReload().effect(recorded, ["a"], DURING, BEFORE)


def test_a_reload_is_one_navigation_more_and_a_socket_that_ends_at_once() -> None:
    recorded: Any = Recorded()
    effect = effect_of(recorded)
    assert effect.in_band, effect
    assert effect.measured == {
        "navigations": 1.0,
        "reloaded": 1.0,
        "socket_ended_ms": 60.0,
        "channels_closed_ms": 180.0,
    }
    assert TabReload().recovered(recorded, ["a"], AFTER, BEFORE).in_band
    assert TabReload().untouched(recorded, ["b"], DURING, BEFORE) == []
    assert TabReload().untouched(recorded, ["a"], DURING, BEFORE) == ["a"]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (Recorded(new_ms=None), {"navigations": 0.0}),
        (Recorded(again_ms=6_500.0), {"navigations": 2.0}),
        (Recorded(reloaded=False), {"reloaded": 0.0}),
        (Recorded(ended_ms=None), {"navigations": 1.0}),
        (Recorded(ended_ms=6_100.0), {"socket_ended_ms": 1_100.0}),
        (Recorded(ended_ms=4_900.0), {"navigations": 1.0}),
    ],
)
def test_what_is_no_reload_or_not_seen_by_the_server_is_not_believed(wrong: Any, said: dict[str, float]) -> None:
    effect = effect_of(wrong)
    assert not effect.in_band, effect
    assert said.items() <= effect.measured.items()


@pytest.mark.parametrize("closed", [{}, {"b": [(4_900.0, "a")]}])
def test_peers_that_saw_no_channel_close_are_no_objection(closed: dict[str, list[tuple[float, str]]]) -> None:
    """The product may have ended the session before."""
    effect = effect_of(Recorded(closed=closed))
    assert effect.in_band
    assert "channels_closed_ms" not in effect.measured


def test_a_page_that_goes_on_in_its_old_document_did_not_come_back() -> None:
    """Else a session that was not cut would be called the product's fault."""
    same: Any = Recorded(new_ms=None)
    assert not TabReload().recovered(same, ["a"], AFTER, BEFORE).in_band


def test_a_page_that_nobody_looked_at_was_not_reloaded() -> None:
    class Blind(Recorded):
        def meters(self, participant: str, window: Window) -> list[MeterSample]:
            return [] if window.holds(6_000) else super().meters(participant, window)

    effect = effect_of(Blind())
    assert (effect.in_band, effect.n) == (False, 0)
    assert "no look" in effect.note


async def test_a_participant_without_a_page_is_named() -> None:
    class Nobody:
        name, control = "a", None

    nobody: Any = Nobody()
    with pytest.raises(InjectorError, match="participant a has no page"):
        await TabReload().inject([nobody])
