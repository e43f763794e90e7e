"""tab.cold: the browser's HTTP cache is emptied, so that what the page asks for next comes over the network again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from igym_chaos.documents import others_renewed
from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.page_path import controls_of, page_alive
from igym_chaos.readings import Question, count, newest
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "bytes that a file for ever took over the network, by the worker's own resource timing"
BYTES = "transferred_bytes"
ASSET = "/static/archives/"
"""Served as immutable: a browser that has it never asks again."""
_FETCHED = f"""
(async () => {{
  performance.setResourceTimingBufferSize(5000);
  const [asset] = performance.getEntriesByType("resource").filter(({{ name }}) => name.includes("{ASSET}"));
  if (asset === undefined) return null;
  await (await fetch(asset.name)).arrayBuffer();
  return performance.getEntriesByName(asset.name).at(-1).transferSize;
}})()
"""


@dataclass(frozen=True)
class TabCold(Fault):
    """No parameters. The cache fills again by itself."""

    kind: ClassVar[str] = "tab.cold"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("http-cache",)
    minimum_window_s: ClassVar[float] = 1.5
    ends_itself: ClassVar[bool] = True
    asks: ClassVar[Mapping[str, Question]] = MappingProxyType({BYTES: Question("worker", _FETCHED)})

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.send("Network.clearBrowserCache", {})

    async def heal(self, on: Sequence[Subject]) -> None:
        """What is fetched is kept again."""

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """A file that came from the cache before came over the network once since the cache was asked to be emptied."""
        asked, band = {"transferred_bytes": 1.0}, (1.0, float("inf"))
        since_asked = Window(baseline.end_ms, window.end_ms)
        answers = count(telemetry, on, (BYTES,), since_asked)
        before = [newest(telemetry, name, BYTES, baseline) for name in on]
        if None in before or any(not telemetry.readings(name, BYTES, since_asked) for name in on):
            note = "no file for ever was fetched both before and since"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=answers)
        fetched = min(_most(telemetry, name, since_asked) for name in on)
        warm = max(one for one in before if one is not None)
        measured = {"transferred_bytes": fetched, "bytes_before": warm}
        note = "" if warm == 0.0 else "the file did not come from the cache before"
        return Effect(asked, measured, band, answers, fetched >= band[0] and not note, ORACLE, note)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The page goes on."""
        return page_alive(telemetry, on, window)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Others who had to fetch the file again, or whose page is another document."""
        since_asked = Window(baseline.end_ms, window.end_ms)
        cold = {
            name
            for name in others
            if newest(telemetry, name, BYTES, baseline) == 0.0 and _most(telemetry, name, since_asked) > 0.0
        }
        changed = {*others_renewed(telemetry, others, window, baseline)}
        return [name for name in others if name in cold | changed]


def _most(telemetry: Telemetry, name: str, window: Window) -> float:
    return max((one.value for one in telemetry.readings(name, BYTES, window)), default=0.0)
