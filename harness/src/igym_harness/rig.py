"""The instruments of one run, built together: pages, clocks, memory, faults; handed to the phases."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from igym_chaos.samples import Window
from igym_chaos.socket_frames import SocketFrame
from igym_harness.clock import Clocks, measure, monotonic_ms
from igym_harness.fleet import Fleet
from igym_harness.history import HARNESS, History
from igym_harness.injection import Injection
from igym_harness.observer import LoopLag, Observer
from igym_harness.participant import NoAnswerError
from igym_harness.plan import Plan
from igym_harness.processors import Processors
from igym_harness.run_folder import RunFolder
from igym_harness.sabotage_traps import traps_of
from igym_harness.server_subject import ServerSubject, Subjects
from igym_harness.stage import Stage
from igym_harness.telemetry import Recorder
from igym_harness.timeline import Timeline
from igym_harness.verdict import PhaseSpan
from igym_harness.watcher import NO_FRAME_MS

FRESH_LINK_MS = 1_000.0
"""Round trips of a connection's first second can be twice as long (chaos.md 1.1)."""


@dataclass
class Phasing:
    """Which phase it is, and when each began and ended; ms of the harness clock."""

    history: History
    now_ms: Callable[[], float] = monotonic_ms
    name: str = "boot"
    spans: list[PhaseSpan] = field(default_factory=list)

    def leave(self) -> None:
        """The phase that is now ends."""
        if self.spans and self.spans[-1].end_ms is None:
            self.spans[-1] = PhaseSpan(self.spans[-1].name, self.spans[-1].start_ms, self.now_ms())

    def enter(self, name: str) -> None:
        """The phase that was before ends."""
        self.leave()
        now_ms = self.now_ms()
        self.spans.append(PhaseSpan(name, now_ms, None))
        self.name = name
        self.history.add(now_ms, HARNESS, "phase", {"phase": name})

    def elapsed_s(self) -> float:
        """Since the first phase began."""
        return (self.now_ms() - self.spans[0].start_ms) / 1000.0 if self.spans else 0.0

    def durations_s(self) -> dict[str, float]:
        """Of the phases that ended."""
        ended = [span for span in self.spans if span.end_ms is not None]
        return {
            span.name: round((span.end_ms - span.start_ms) / 1000.0, 2) for span in ended if span.end_ms is not None
        }


class Rig:
    """Everything that looks at a run and acts on it."""

    def __init__(self, plan: Plan, stage: Stage, folder: RunFolder, *, sabotage: str | None = None) -> None:
        self.plan = plan
        self.stage = stage
        self.folder = folder
        self.sabotaged = sabotage is not None
        self.fleet = Fleet()
        self.clocks = Clocks()
        self.history = History()
        self.phasing = Phasing(self.history)
        self.lag = LoopLag()
        self.processors = Processors()
        self.timeline = Timeline(plan.participants, frames=plan.frames, fps=plan.fps)
        self.telemetry = Recorder(
            plan.participants,
            self.clocks.to_harness,
            lambda: () if stage.relay is None else stage.relay.passed,
            self._socket_frames,
        )
        self.server = ServerSubject(stage, folder.data)
        subjects = Subjects(self.fleet.members, self.server)
        self.injection = Injection(
            plan.faults,
            subjects,
            timeline=self.timeline,
            history=self.history,
            traps=traps_of(sabotage, [one.id for one in plan.faults], settle_s=plan.settle_s),
            last_look=self.look_last,
        )
        self.observer = Observer(
            self.fleet.members,
            clocks=self.clocks,
            telemetry=self.telemetry,
            timeline=self.timeline,
            history=self.history,
            folder=folder,
            disturbances=lambda: self.injection.in_force(NO_FRAME_MS),
            removed=self.injection.removed,
        )

    async def look_last(self, name: str) -> None:
        """Everything that a participant's page can still tell, and its clock once more. A page that cannot keeps its last answer."""
        member = self.fleet.members[name]
        try:
            await self.observer.look(member, full=True)
            self.clocks.record(name, await measure(member.clock_ms))
        except NoAnswerError as error:
            self.note("no-last-look", reason=error.reason)

    def _socket_frames(self, name: str) -> Sequence[SocketFrame]:
        member = self.fleet.members.get(name)
        return () if member is None or member.frame_route is None else member.frame_route.frames

    def note(self, kind: str, **detail: object) -> None:
        """An event of the harness itself, now."""
        self.history.add(monotonic_ms(), HARNESS, kind, detail)

    def mark(self, name: str) -> None:
        """An anchor has come, now."""
        self.timeline.mark(name, monotonic_ms())
        self.note("mark", mark=name)

    def judged(self) -> Window:
        """What timings are judged in: from the links (or an earlier fault) to the drain; pages that load make every machine busy.

        The whole run if nothing of that came.
        """
        begun = [self.timeline.marks.get("countdown"), *(one.requested_ms for one in self.injection.entries.values())]
        drained = [span.start_ms for span in self.phasing.spans if span.name == "drain"]
        known = [t_ms for t_ms in begun if t_ms is not None]
        return Window(min(known, default=-math.inf), min(drained, default=math.inf))

    def baseline(self, fault_id: str) -> Window:
        """From one second after the links stood (before that: from boot) to the request of the fault.

        Empty if there is no such time.
        """
        requested_ms = self.injection.entries[fault_id].requested_ms
        end_ms = monotonic_ms() if requested_ms is None else requested_ms
        marks = self.timeline.marks
        linked_ms = marks["countdown"] + FRESH_LINK_MS if "countdown" in marks else end_ms
        starts_ms = (linked_ms, marks.get("boot", end_ms), end_ms)
        return Window(next(start_ms for start_ms in starts_ms if start_ms <= end_ms), end_ms)
