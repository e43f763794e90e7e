"""Players of a run: seeded plans of real key presses, or of one action per frame.

A plan is made before the run and holds no clock; `play_keys` presses it. The same draws give the same plan.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from igym_harness.clock import monotonic_ms

T = TypeVar("T")

Share = Callable[[int], float]
"""Draw i of a stream, in [0, 1): pure (chaos.md 3.1)."""

MOVES = ("ArrowUp", "ArrowRight", "ArrowDown", "ArrowLeft", "Space")
"""Keys of a game that does not tell its own."""
SPREAD = (0.5, 1.5)
"""A hold lasts the mean times a share of this interval."""


@dataclass(frozen=True)
class KeyEvent:
    """One key, or a combination ("ArrowUp+ArrowLeft"), at `at_ms` after the start of play."""

    at_ms: float
    kind: Literal["down", "up"]
    code: str


class KeyDevice(Protocol):
    """What Playwright's `page.keyboard` offers."""

    async def down(self, key: str) -> None: ...

    async def up(self, key: str) -> None: ...


def key_plan(share: Share, *, codes: Sequence[str], changes_per_s: float, duration_ms: float) -> list[KeyEvent]:
    """Holds one key after the other, never the same twice in a row, released at the end.

    One change of the input is one key taking over from another; their mean distance is 1000 / changes_per_s ms.
    Raises ValueError for fewer than two keys.
    """
    if len(codes) < 2:
        raise ValueError(f"a key bot needs two keys or more, got {list(codes)}")
    events: list[KeyEvent] = []
    at_ms, held, index = 0.0, None, 0
    while at_ms < duration_ms:
        code = _another(codes, held, share(2 * index))
        if held is not None:
            events.append(KeyEvent(at_ms, "up", held))
        events.append(KeyEvent(at_ms, "down", code))
        at_ms += _hold(share(2 * index + 1), changes_per_s)
        held, index = code, index + 1
    if held is not None:
        events.append(KeyEvent(duration_ms, "up", held))
    return events


def frame_plan(share: Share, *, actions: int, frames: int, fps: int, changes_per_s: float) -> list[int]:
    """One action per local frame, held for some frames, never the same twice in a row.

    Raises ValueError for fewer than two actions.
    """
    if actions < 2:
        raise ValueError(f"a script needs two actions or more, got {actions}")
    plan: list[int] = []
    held, index = None, 0
    while len(plan) < frames:
        held = _another(range(actions), held, share(2 * index))
        hold_frames = max(1, round(_hold(share(2 * index + 1), changes_per_s) * fps / 1000.0))
        plan.extend([held] * hold_frames)
        index += 1
    return plan[:frames]


async def play_keys(
    plan: Sequence[KeyEvent],
    keyboard: KeyDevice,
    *,
    start_ms: float,
    now_ms: Callable[[], float] = monotonic_ms,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    playing: Callable[[], bool] = lambda: True,
) -> int:
    """Presses the plan, its times counted from `start_ms` (harness clock); stops early, keys up, when play ended.

    A late machine presses late but in order, nothing is left out. Returns the number of keys pressed down.
    """
    held: set[str] = set()
    pressed = 0
    for event in plan:
        wait_ms = start_ms + event.at_ms - now_ms()
        if wait_ms > 0:
            await sleep(wait_ms / 1000.0)
        if not playing():
            break
        for code in event.code.split("+"):
            if event.kind == "down":
                await keyboard.down(code)
                held.add(code)
                pressed += 1
            else:
                await keyboard.up(code)
                held.discard(code)
    for code in sorted(held):
        await keyboard.up(code)
    return pressed


def _another(choices: Sequence[T], held: T | None, share: float) -> T:
    """One of the choices that is not the held one."""
    others = [choice for choice in choices if choice != held]
    return others[int(share * len(others))]


def _hold(share: float, changes_per_s: float) -> float:
    """Length of one hold in ms."""
    low, high = SPREAD
    return (low + (high - low) * share) * 1000.0 / changes_per_s
