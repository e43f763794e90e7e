"""Looks at every page four times a second and hands what it saw to those who keep it."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from igym_chaos.removals import GONE
from igym_chaos.samples import Window
from igym_harness import jsonl
from igym_harness.clock import Clocks, measure, monotonic_ms
from igym_harness.documents import Documents
from igym_harness.history import History
from igym_harness.participant import NoAnswerError, Participant
from igym_harness.probe import Answer
from igym_harness.run_folder import RunFolder
from igym_harness.telemetry import Recorder
from igym_harness.timeline import Timeline
from igym_harness.watcher import Trouble, Watcher

POLL_S = 0.25
LAG_PROBE_S = 0.02
LAG_SAMPLES_KEPT = 100_000


@dataclass
class LoopLag:
    """How late the harness's own event loop wakes up (HAR-2): (when, ms late)."""

    samples: list[tuple[float, float]] = field(default_factory=list)

    async def probe(self) -> None:
        """Runs until cancelled."""
        while True:
            before_s = time.monotonic()
            await asyncio.sleep(LAG_PROBE_S)
            if len(self.samples) < LAG_SAMPLES_KEPT:
                late_ms = (time.monotonic() - before_s - LAG_PROBE_S) * 1000.0
                self.samples.append((monotonic_ms(), max(0.0, late_ms)))

    def p99_ms(self, window: Window) -> float:
        """Of the samples in the window. NaN without one."""
        late_ms = sorted(late for t_ms, late in self.samples if window.start_ms <= t_ms <= window.end_ms)
        return late_ms[min(len(late_ms) - 1, int(0.99 * len(late_ms)))] if late_ms else float("nan")


class Observer:
    """Owner of the looking; `members` may still grow, `disturbances()` names the kinds of faults in force."""

    def __init__(
        self,
        members: Mapping[str, Participant],
        *,
        clocks: Clocks,
        telemetry: Recorder,
        timeline: Timeline,
        history: History,
        folder: RunFolder,
        disturbances: Callable[[], tuple[str, ...]],
        removed: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        """`removed()`: participants that a fault was to remove by now."""
        self._members = members
        self._clocks = clocks
        self._telemetry = telemetry
        self._timeline = timeline
        self._history = history
        self._folder = folder
        self._disturbances = disturbances
        self._removed = removed
        self._watcher = Watcher()
        self._documents: dict[str, Documents] = defaultdict(Documents)
        self.answers: dict[str, Answer] = {}
        self.statuses: dict[str, dict[str, Any]] = {}
        self.events: dict[str, list[dict[str, Any]]] = {}
        self.violation = ""
        """The first one that a page itself told of, in words; the checkers judge it when the run is over."""

    def gone(self) -> frozenset[str]:
        """Participants whose page has ended, as it was planned."""
        return frozenset(name for name in self._removed() if self._telemetry.ended(name))

    def page_state(self, name: str) -> str | None:
        """`data-state` of the page at the last look; GONE once it has ended as planned."""
        if name in self.gone():
            return GONE
        answer = self.answers.get(name)
        return answer.state if answer else None

    def page_states(self) -> dict[str, str | None]:
        return {name: self.page_state(name) for name in self._members}

    def frame(self, name: str) -> int | None:
        """The frame at the last look, once a game worker told one."""
        answer = self.answers.get(name)
        frame = answer.worker.get("frame") if answer else None
        return frame if isinstance(frame, int) else None

    async def watch(self) -> Trouble:
        """Looks until something is wrong; cancel it when the run is over."""
        watching = [asyncio.create_task(self._watch(member)) for member in self._members.values()]
        try:
            done, _ = await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
            return next(iter(done)).result()
        finally:
            for task in watching:
                task.cancel()
            await asyncio.gather(*watching, return_exceptions=True)

    async def look(self, member: Participant, *, full: bool = False) -> Answer:
        """One question, everything in it taken in. Raises NoAnswerError."""
        answer = await member.ask(full=full)
        name = member.name
        if self._documents[name].is_another(answer.origin):
            await self._renew_clock(member, answer.origin)
        t_ms = self._clocks.to_harness(name, answer.clock_ms)
        self.answers[name] = answer
        status = self._documents[name].take(answer.origin, answer.status)
        if status is not None:
            self.statuses[name] = status
        self._telemetry.record(name, answer)
        self._timeline.observe(name, t_ms, answer.state, answer.worker)
        self.events.setdefault(name, [])
        for event in answer.events:
            self._take_event(name, event)
        jsonl.append(self._folder.participant(name).stats, [_stats_line(t_ms, answer)])
        return answer

    async def _watch(self, member: Participant) -> Trouble:
        while True:
            started_s = time.monotonic()
            trouble = await self._look_for_trouble(member)
            if trouble is not None:
                return trouble
            await asyncio.sleep(max(0.0, POLL_S - (time.monotonic() - started_s)))

    async def _look_for_trouble(self, member: Participant) -> Trouble | None:
        disturbances, removed = self._disturbances(), member.name in self._removed()
        trouble = self._watcher.console(member.name, member.console, in_force=disturbances, removed=removed)
        if trouble is not None:
            return trouble
        if member.name in self.gone():
            self._timeline.leaves(member.name)
            return None
        try:
            answer = await self.look(member)
        except NoAnswerError:
            return self._watcher.silence(member.name, monotonic_ms(), disturbed=bool(disturbances))
        return self._watcher.answer(member.name, monotonic_ms(), answer, disturbed=bool(disturbances))

    async def _renew_clock(self, member: Participant, origin_ms: float) -> None:
        """A page that goes away meanwhile is converted by the clock of its document before: what it said is not lost."""
        self._history.add(monotonic_ms(), member.name, "document", {"origin_ms": origin_ms})
        with contextlib.suppress(NoAnswerError):
            self._clocks.renew(member.name, origin_ms, await measure(member.clock_ms))

    def _take_event(self, name: str, event: dict[str, Any]) -> None:
        t_ms = self._clocks.to_harness(name, float(event["tMs"]))
        self.events[name].append({**event, "t_ms": round(t_ms, 1)})
        self._timeline.observe_event(name, t_ms, event)
        self._telemetry.record_event(name, t_ms, event)
        self._history.add(t_ms, name, str(event["kind"]), event)
        if event["kind"] == "desync" and not self.violation:
            self.violation = (
                f"{name} computed another state than seat {event.get('peerSeat')} at frame {event.get('frame')}"
            )


def _stats_line(t_ms: float, answer: Answer) -> dict[str, Any]:
    """Status without the round trips, which telemetry keeps."""
    worker = {key: value for key, value in answer.worker.items() if key != "links"}
    links = [{key: value for key, value in link.items() if key != "pings"} for link in answer.worker.get("links", ())]
    connections = [vars(connection) for connection in answer.connections]
    return {"t_ms": round(t_ms, 1), "state": answer.state, "worker": worker, "links": links, "connections": connections}
