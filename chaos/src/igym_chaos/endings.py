"""Faults after which a page is gone for good, and what witnesses outside the page say of it: the browser, the system, the server."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.fault import Effect, Fault
from igym_chaos.page_path import disturbed_pages
from igym_chaos.samples import Ending, Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE_STAYS = "nothing of the page came back"
ENOUGH_LOOKS = 2


@dataclass(frozen=True)
class RemovingFault(Fault):
    """Done in an instant, to one participant, and never taken back. `required`: the witnesses that must all have seen it."""

    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = ("page",)
    targets: ClassVar[int | None] = 1
    ends_itself: ClassVar[bool] = True
    removes: ClassVar[bool] = True

    oracle: ClassVar[str]
    required: ClassVar[tuple[str, ...]]

    async def heal(self, on: Sequence[Subject]) -> None:
        """Nobody comes back."""

    def counts(self, one: Ending) -> bool:
        """Whether this ending is of the kind that was asked for; a kind of fault may want more than its name."""
        return one.what in self.required

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Each required witness saw the end of each target."""
        asked = {f"{what}_ended": float(len(on)) for what in self.required}
        measured = {
            f"{what}_ended": float(sum(self._saw(telemetry, name, window, what) for name in on))
            for what in self.required
        }
        looks = sum(len(telemetry.meters(name, window)) + len(telemetry.endings(name, window)) for name in on)
        band = (float(len(on)), float(len(on)))
        in_band = all(value == band[0] for value in measured.values())
        return Effect(asked, measured, band, looks, in_band, self.oracle, self._note(telemetry, on, window))

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """There is no heal: the target is gone, and its page never answers again."""
        so_far = Window(baseline.start_ms, window.end_ms)
        answers = sum(len(telemetry.meters(name, window)) for name in on)
        ended = [name for name in on if any(one.what != "socket" for one in telemetry.endings(name, so_far))]
        seen = sum(len(telemetry.endings(name, so_far)) for name in on)
        in_band = len(ended) == len(on) and not answers
        return Effect({"answers": 0.0}, {"answers": float(answers)}, (0.0, 0.0), seen + answers, in_band, ORACLE_STAYS)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Others of whom something ended, whose page is no longer the same document, or which did not go on."""
        hit = {*disturbed_pages(telemetry, others, window)}
        hit |= {name for name in others if telemetry.endings(name, window)}
        hit |= {name for name in others if not _same_document(telemetry, name, window, baseline)}
        return [name for name in others if name in hit]

    def _saw(self, telemetry: Telemetry, name: str, window: Window, what: str) -> bool:
        return any(one.what == what and self.counts(one) for one in telemetry.endings(name, window))

    def _note(self, telemetry: Telemetry, on: Sequence[str], window: Window) -> str:
        """What else was seen, with the exit codes of processes."""
        told = [_shown(one) for name in on for one in telemetry.endings(name, window)]
        return f"seen: {', '.join(dict.fromkeys(told))}" if told else ""


def _same_document(telemetry: Telemetry, name: str, window: Window, baseline: Window) -> bool:
    """A document lives in one process and dies with it; one that answers on is not touched."""
    before, during = telemetry.meters(name, baseline), telemetry.meters(name, window)
    documents = {one.document for one in (*before[-1:], *during)}
    return len(documents) == 1 and len(during) >= ENOUGH_LOOKS


def _shown(one: Ending) -> str:
    return one.what if one.code is None else f"{one.what} ({one.code})"
