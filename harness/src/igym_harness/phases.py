"""The phases of a run, from the first process to the data on disk (chaos.md 6.1)."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable

from igym_chaos.removals import GONE
from igym_chaos.samples import Window
from igym_harness import collect, guards
from igym_harness.clock import measure, monotonic_ms
from igym_harness.closing import measure_server_clock
from igym_harness.deadline import until
from igym_harness.errors import DeadlineError
from igym_harness.fleet import BARRIER_MS
from igym_harness.gate import GATE_MS, gate_problem, standing
from igym_harness.guards import Blame
from igym_harness.injection import recovered_now
from igym_harness.participant import Participant
from igym_harness.plan import PARTIAL
from igym_harness.processors import NONE_LEFT
from igym_harness.rig import Rig
from igym_harness.sabotage import FLIP_STATE, FLIPPED_FRAME, IDLE_INPUTS, OF_EVERY_PAGE, OF_ONE_PAGE, SHARED_PROXY
from igym_harness.watcher import NO_ANSWER_MS, Trouble

MATCH_S = 60.0
"""From Continue to frames on every page: runtime, waiting room, links, countdown."""
STEADY_S = 10.0
SCREEN_S = 20.0
EXPORT_S = 10.0
"""At least; as long as the run took so far, if that is longer: what a certificate takes grows with what was played."""
PARTIAL_EXPORT_S = 30.0
"""The server waits for what the others still upload before it writes a session that was cut (5 s), then plays it again."""
RECOVERY_LOOK_S = 0.5
SCREENS_BEFORE_THE_GAME = 20
TERMINAL = frozenset({"finished", "partner-left", "error", GONE})
AFTER_THE_GATE = frozenset({"faults", "heal", "settle", "drain"})
PRODUCT_CAUSES = ("Traceback (most recent call last)", "refused-transition")


class Phases:
    """The way through one run; `booted` is set when everything stands and can be looked at."""

    def __init__(self, rig: Rig, *, sabotage: str | None) -> None:
        self.booted = asyncio.Event()
        self._rig = rig
        self._sabotage = sabotage

    async def play(self) -> None:
        """All phases in order. Raises HarnessError (DeadlineError: a phase took too long)."""
        enter = self._rig.phasing.enter
        enter("boot")
        await self._boot_in_time()
        self.booted.set()
        enter("gate")
        await self._to_the_game()
        await self._gate()
        enter("faults")
        await self._until("every fault to be applied", lambda: self._rig.injection.applied or self._over())
        enter("heal")
        await self._until("every fault to be healed", lambda: self._rig.injection.healed or self._over())
        await self._recover()
        enter("settle")
        await self._settle()
        enter("drain")
        await self._drain()

    def blame_for_lateness(self) -> Blame:
        """Who missed a deadline: after the gate the product, before it only if a cause is visible (chaos.md 6.1)."""
        late_product = self._rig.phasing.name in AFTER_THE_GATE or self._product_cause()
        return "product" if late_product else "harness"

    def blame_for(self, trouble: Trouble) -> Blame:
        """Before the gate is passed, a page that is silent on a machine without a processor left is the machine's (chaos.md 8: surroundings)."""
        if trouble.check == "LIV-2" and self._rig.phasing.name not in AFTER_THE_GATE and self._starved():
            return "harness"
        return guards.BLAME[trouble.check]

    def surroundings(self) -> str:
        """What a failure's message says of the machine in the last seconds; empty where the system does not count."""
        idle = self._idle()
        return "" if math.isnan(idle) else f" (processors {100 * idle:.0f} % idle)"

    def _starved(self) -> bool:
        return self._idle() < NONE_LEFT  # not so if unknown

    def _idle(self) -> float:
        now_ms = monotonic_ms()
        return self._rig.processors.idle(Window(now_ms - NO_ANSWER_MS, now_ms))

    # ---- boot ----

    async def _boot_in_time(self) -> None:
        budget_s = self._rig.plan.boot_s
        try:
            await asyncio.wait_for(self._boot(), budget_s)
        except TimeoutError as error:
            raise DeadlineError(f"boot took longer than its budget of {budget_s:g} s") from error

    async def _boot(self) -> None:
        rig, plan, stage = self._rig, self._rig.plan, self._rig.stage
        await stage.open(rig.folder, experiment=plan.experiment, seed=plan.seed, settings=plan.settings)
        assert stage.browser is not None
        assert stage.server is not None
        if self._sabotage == SHARED_PROXY:
            stage.paths = dict.fromkeys(stage.paths, next(iter(stage.paths.values())))
        sabotage = self._sabotage_of()
        url = stage.server.url
        await rig.fleet.open(
            stage.browser,
            plan.participants,
            server_url=url,
            paths=stage.paths,
            turn_paths=stage.turn_paths,
            sabotage=sabotage,
            own=stage.own,
            relay=stage.relay,
            routed=plan.routed,
        )
        for member in rig.fleet.members.values():
            member.server = rig.server
        await rig.fleet.load(SCREEN_S)
        await self._press("#begin")
        await rig.fleet.wait_for("the app page and its test hook", _hooked, timeout_s=SCREEN_S)
        for name, member in rig.fleet.members.items():
            rig.clocks.record(name, await measure(member.clock_ms))
        await measure_server_clock(rig)
        stage.audit.look()
        rig.mark("boot")

    def _sabotage_of(self) -> dict[str, str]:
        """An altered upload or state concerns one participant, a late arming all."""
        names, sabotage = self._rig.plan.participants, self._sabotage
        if sabotage is None or sabotage not in OF_EVERY_PAGE | OF_ONE_PAGE:
            return {}
        return dict.fromkeys(names if sabotage in OF_EVERY_PAGE else names[-1:], sabotage)

    async def _press(self, selector: str) -> None:
        spread_ms = await self._rig.fleet.press(selector, self._rig.plan.joins_after_s)
        self._rig.note("barrier", selector=selector, spread_ms=round(spread_ms, 1), limit_ms=BARRIER_MS)

    # ---- gate ----

    async def _to_the_game(self) -> None:
        """Through the instructions, everyone at once, until frames advance on every page."""
        rig = self._rig
        if self._sabotage != IDLE_INPUTS:
            await rig.plan.workload.prepare(rig.fleet.members.values())
        if self._sabotage == FLIP_STATE:
            await self._rig.fleet.members[self._rig.plan.participants[-1]].flip(FLIPPED_FRAME)
        for _ in range(SCREENS_BEFORE_THE_GAME):
            await rig.fleet.wait_for("a screen after loading", _screen_is_up, timeout_s=MATCH_S)
            states = [await member.data_state() for member in rig.fleet.members.values()]
            if any(state != "instructions" for state in states):
                break
            scenes = {name: await member.scene() for name, member in rig.fleet.members.items()}
            await self._press("#continue")
            await rig.fleet.wait_for("the next screen", _left(scenes), timeout_s=SCREEN_S)
        await until(
            lambda: "play" in rig.timeline.marks,
            timeout_s=MATCH_S,
            reason=lambda: f"frames on every page; pages are at {rig.observer.page_states()}",
        )

    async def _gate(self) -> None:
        """Steady for GATE_MS, all of it in play."""
        rig = self._rig
        problem: str | None = "not looked at"

        def steady() -> bool:
            nonlocal problem
            now_ms = monotonic_ms()
            if now_ms - rig.timeline.marks["play"] < GATE_MS:
                return False
            window, disturbed = Window(now_ms - GATE_MS, now_ms), rig.injection.disturbed()
            statuses = rig.observer.statuses
            problem = gate_problem(rig.telemetry, statuses, window, fps=rig.plan.fps, disturbed=disturbed)
            return problem is None

        await until(steady, timeout_s=STEADY_S + GATE_MS / 1000.0, reason=lambda: f"a steady state: {problem}")
        rig.mark("gate")
        rig.injection.gate_passed.set()
        rig.stage.audit.look()

    # ---- faults to drain ----

    async def _recover(self) -> None:
        """Waits for every oracle to be back at its baseline, at most the settle time; EFF-2 judges, not this."""
        rig = self._rig

        def all_back() -> bool:
            now_ms, entries = monotonic_ms(), rig.injection.entries
            return all(
                recovered_now(one, entries[one.id], rig.telemetry, rig.baseline(one.id), now_ms)
                for one in rig.plan.faults
                if entries[one.id].acknowledged_ms is not None
            )

        try:
            await until(all_back, timeout_s=rig.plan.settle_s, reason="the baseline", every_s=RECOVERY_LOOK_S)
        except DeadlineError as error:
            rig.note("not-at-baseline", reason=error.reason)

    async def _settle(self) -> None:
        """The settle time after the last heal."""
        rig = self._rig
        healed = [entry.healed_ms for entry in rig.injection.entries.values() if entry.healed_ms is not None]
        if healed:
            end_ms = max(healed) + rig.plan.settle_s * 1000.0
            await self._until("the settle time to pass", lambda: monotonic_ms() >= end_ms)

    async def _drain(self) -> None:
        """Everyone at the end that the scenario expects, and the data written."""
        rig = self._rig
        states = rig.observer.page_states
        await self._until("every participant's end", self._arrived, more=lambda: f"; pages are at {states()}")
        rig.injection.play_over.set()
        cut = bool(rig.observer.gone()) or PARTIAL in rig.plan.expected.outcomes.values()
        if not cut and not all(self._completes(name) for name in rig.plan.participants):
            return
        written, least_s = (self._cut_exported, PARTIAL_EXPORT_S) if cut else (self._exported, EXPORT_S)
        try:
            await until(
                written,
                timeout_s=max(least_s, rig.phasing.elapsed_s()),
                reason="the data files of every seat and episode",
            )
        except DeadlineError as error:  # DAT-1 names what is missing
            rig.note("no-export", reason=error.reason)

    def _exported(self) -> bool:
        rig = self._rig
        return collect.exported(rig.folder.data, rig.observer.statuses, episodes=rig.plan.episodes)

    def _cut_exported(self) -> bool:
        return collect.exported_partial(self._rig.folder.data, self._rig.observer.statuses)

    def _arrived(self) -> bool:
        states = self._rig.observer.page_states()
        return all(
            state == "finished" if self._completes(name) else state in TERMINAL for name, state in states.items()
        )

    def _completes(self, name: str) -> bool:
        return self._rig.plan.expected.outcomes.get(name, "completed") == "completed"

    def _over(self) -> bool:
        """Nothing is left to disturb: everyone is at an end. Faults in force are then healed."""
        over = all(state in TERMINAL for state in self._rig.observer.page_states().values())
        if over:
            self._rig.injection.play_over.set()
        return over

    async def _until(self, what: str, check: Callable[[], bool], *, more: Callable[[], str] = str) -> None:
        wall_s = self._rig.plan.wall_s
        left_s = max(1.0, wall_s - self._rig.phasing.elapsed_s())
        await until(check, timeout_s=left_s, reason=lambda: f"{what} within the budget of {wall_s:g} s{more()}")

    def _product_cause(self) -> bool:
        """A page error, a refused transition, a server exception, or no frames over a live peer path though there was a processor for them."""
        rig = self._rig
        log = rig.stage.server.log_lines() if rig.stage.server else []
        if any(cause in line for line in log for cause in PRODUCT_CAUSES):
            return True
        statuses, now_ms = rig.observer.statuses.values(), monotonic_ms()
        if any(status.get("errors") for status in statuses):
            return True
        links = [link for status in statuses for link in (status.get("worker") or {}).get("links") or ()]
        stands = standing(rig.telemetry, Window(now_ms - GATE_MS, now_ms), fps=rig.plan.fps)
        if stands and any(link.get("open") for link in links) and not self._starved():
            return True
        entries = (entry for member in rig.fleet.members.values() for entry in member.console)
        return any(entry["type"] in ("pageerror", "crash", "error") for entry in entries)


async def _hooked(member: Participant) -> bool:
    return await member.hooked()


async def _screen_is_up(member: Participant) -> bool:
    return await member.data_state() not in (None, "loading")


def _left(scenes: dict[str, str | None]) -> Callable[[Participant], Awaitable[bool]]:
    """Whether a participant has left the scene that it was at."""

    async def left(member: Participant) -> bool:
        return await member.data_state() != "instructions" or await member.scene() != scenes[member.name]

    return left
