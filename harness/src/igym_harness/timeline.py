"""When a fault is due: anchors such as `play+2s` or `episode0.frame>=400` against what the run has shown so far.

Pure: observations are put in, due times (harness clock, ms) are read out. None: not known yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from igym_chaos.anchors import Anchor


@dataclass
class Timeline:
    """The live state of a run, as far as anchors can see it.

    `participants` play episodes of `frames` frames (None: the environment decides) at `fps`.
    """

    participants: tuple[str, ...]
    frames: int | None = None
    fps: int = 30
    marks: dict[str, float] = field(default_factory=dict)
    _reached: dict[int, dict[str, list[tuple[float, int]]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(list))
    )
    _ended: dict[int, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    _states: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def mark(self, name: str, t_ms: float) -> None:
        """The first time counts."""
        self.marks.setdefault(name, t_ms)

    def leaves(self, participant: str) -> None:
        """The participant is gone for good: from now on nothing waits for it."""
        self.participants = tuple(name for name in self.participants if name != participant)

    def observe(self, participant: str, t_ms: float, page: str | None, worker: Mapping[str, Any]) -> None:
        """One answer of a page: its state and its worker's."""
        self._see_page(participant, t_ms, page)
        if worker.get("state") == "playing":
            self._reached[int(worker["episode"])][participant].append((t_ms, int(worker["frame"])))
            self._mark_when_all("play", "worker-playing", participant, t_ms)

    def observe_event(self, participant: str, t_ms: float, event: Mapping[str, Any]) -> None:
        """An event of a page or its worker, with its time on the harness clock."""
        if event.get("kind") == "episode-end":
            self._ended[int(event.get("episode", 0))].setdefault(participant, t_ms)

    def due_ms(self, anchor: Anchor) -> float | None:
        base_ms = self._base_ms(anchor)
        return None if base_ms is None else base_ms + (0.0 if anchor.base == "episode-end" else anchor.offset_ms)

    def slowest_frame(self, episode: int) -> int:
        """The frame that every participant has reached; -1 before that."""
        people = self._reached[episode]
        if any(not people[name] for name in self.participants):
            return -1
        return min(people[name][-1][1] for name in self.participants)

    # ---- helpers ----

    def _base_ms(self, anchor: Anchor) -> float | None:
        if anchor.base == "frame":
            return self._frame_ms(anchor.episode, anchor.frame)
        if anchor.base == "episode-end":
            return self._end_ms(anchor)
        return self.marks.get(anchor.base)

    def _frame_ms(self, episode: int, frame: int) -> float | None:
        """When the last participant was first seen at this frame or behind it."""
        times = [_first_ms(self._reached[episode][name], frame) for name in self.participants]
        known = [t_ms for t_ms in times if t_ms is not None]
        return max(known) if len(known) == len(times) else None

    def _end_ms(self, anchor: Anchor) -> float | None:
        """Before the end (negative offset) the end is foretold from the frame; after it, it is what was seen."""
        if anchor.offset_ms < 0 and self.frames is not None:
            left = round(-anchor.offset_ms * self.fps / 1000.0)
            return self._frame_ms(anchor.episode, max(0, self.frames - left))
        ends = self._ended[anchor.episode]
        if any(name not in ends for name in self.participants):
            return None
        return max(ends[name] for name in self.participants) + anchor.offset_ms

    def _see_page(self, participant: str, t_ms: float, page: str | None) -> None:
        if page in ("connecting", "countdown", "playing"):
            self._mark_when_all("match", "page-matched", participant, t_ms)
            self._mark_when_all("validate", "page-matched", participant, t_ms)
        if page in ("countdown", "playing"):
            self._mark_when_all("countdown", "page-countdown", participant, t_ms)

    def _mark_when_all(self, mark: str, state: str, participant: str, t_ms: float) -> None:
        self._states[state].add(participant)
        if self._states[state].issuperset(self.participants):
            self.mark(mark, t_ms)


def _first_ms(seen: Iterable[tuple[float, int]], frame: int) -> float | None:
    return next((t_ms for t_ms, reached in seen if reached >= frame), None)
