"""Lets everybody play: key bots on real keyboards, or a script of actions by frame, from the scenario's seed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from playwright.async_api import Error as PlaywrightError

from igym_chaos import draws
from igym_harness.bots import MOVES, Share, frame_plan, key_plan, play_keys
from igym_harness.clock import monotonic_ms
from igym_harness.participant import Participant

ACTIONS = 5
"""Number of actions of an environment whose page does not tell."""
PLAYING = ("countdown", "playing")


class Workload:
    """The inputs of a run. `kind`: seeded or idle; `via`: keys or frames."""

    def __init__(
        self,
        *,
        scenario: str,
        seed: int,
        kind: str,
        via: str,
        changes_per_s: float,
        frames: int,
        fps: int,
        duration_ms: float,
    ) -> None:
        self._scenario = scenario
        self._seed = seed
        self._kind = kind
        self._via = via
        self._changes_per_s = changes_per_s
        self._frames = frames
        self._fps = fps
        self._duration_ms = duration_ms

    @property
    def active(self) -> bool:
        return self._kind != "idle"

    async def prepare(self, members: Iterable[Participant]) -> None:
        """Scripts by frame are handed over before play."""
        if not self.active or self._via != "frames":
            return
        for member in members:
            actions = await member.evaluate("globalThis.igym.status().actions?.length ?? null")
            plan = frame_plan(
                self._share(member.name),
                actions=int(actions or ACTIONS),
                frames=self._frames,
                fps=self._fps,
                changes_per_s=self._changes_per_s,
            )
            await member.player.script(plan, member.script)

    async def play(self, members: Iterable[Participant], page_state: Callable[[str], str | None]) -> None:
        """Presses keys from the start of play to its end, at every participant by its own plan."""
        if self.active and self._via == "keys":
            await asyncio.gather(*(self._play(member, page_state) for member in members))

    async def _play(self, member: Participant, page_state: Callable[[str], str | None]) -> None:
        while page_state(member.name) not in PLAYING:  # noqa: ASYNC110 - a page's state is no event of this loop
            await asyncio.sleep(0.05)
        codes = await member.evaluate("globalThis.igym.status().keys ?? null")
        plan = key_plan(
            self._share(member.name),
            codes=sorted(codes) if codes else MOVES,
            changes_per_s=self._changes_per_s,
            duration_ms=self._duration_ms,
        )
        keyboard = member.player.at(member.page.keyboard)
        try:
            await play_keys(plan, keyboard, start_ms=monotonic_ms(), playing=lambda: page_state(member.name) in PLAYING)
        except PlaywrightError:
            # A page that is gone has no keyboard; whether it was to go is for others to say.
            if not member.page.is_closed() and not member.endings:
                raise

    def _share(self, participant: str) -> Share:
        """The participant's own stream of draws."""
        start = draws.stream(self._seed, self._scenario, "workload", participant, "", self._via)
        return lambda index: draws.share(start, index)
