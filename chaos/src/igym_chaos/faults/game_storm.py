"""game.storm: far more keys are struck than there are frames; each frame takes one action, and nothing piles up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from igym_chaos.errors import InjectorError
from igym_chaos.fault import Effect, Fault, require_range, unmeasured
from igym_chaos.faults.tab_hidden import frame_rate
from igym_chaos.page_path import controls_of
from igym_chaos.played import changes
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "keys that the page counted; the product's own changes of input, and frames"
MARGIN = 0.1
"""Share of what was asked."""
STEPPED = 0.9
"""Share of the frame rate before."""
LEFT_OVER_S = 20.0
"""Keys, or changes, a second above those of before that a player may make by chance."""
EDGE_FRAMES = 2
"""Inputs are given some frames ahead: those of a window's edges."""
_STRIKE = """
(() => {
  const codes = [...new Set(Object.keys(globalThis.igym.status().keys ?? {}).flatMap((key) => key.split("+")))];
  if (codes.length < 2 || globalThis.__igymStorm !== undefined) return codes.length;
  const tell = (type, code) => globalThis.dispatchEvent(new KeyboardEvent(type, { code, key: code, cancelable: true }));
  const began = performance.now();
  let struck = 0;
  const strike = () => {
    for (const due = (performance.now() - began) * RATE / 1000; struck < due; struck += 1) {
      tell("keyup", codes[(struck + codes.length - 1) % codes.length]);
      tell("keydown", codes[struck % codes.length]);
    }
  };
  const timer = setInterval(strike, 4);
  globalThis.__igymStorm = () => {
    clearInterval(timer);
    for (const code of codes) tell("keyup", code);
    delete globalThis.__igymStorm;
  };
  return codes.length;
})()
"""
_CEASE = "globalThis.__igymStorm?.()"


@dataclass(frozen=True)
class GameStorm(Fault):
    """`changes_s`: keys a second that take over from each other, among those of the game."""

    kind: ClassVar[str] = "game.storm"
    injectors: ClassVar[tuple[str, ...]] = ("G",)
    knobs: ClassVar[tuple[str, ...]] = ("keys",)
    minimum_window_s: ClassVar[float] = 2.0

    changes_s: float

    def __post_init__(self) -> None:
        require_range(self.kind, "changes_s", self.changes_s, 60, 2_000)

    async def inject(self, on: Sequence[Subject]) -> None:
        strike = _STRIKE.replace("RATE", repr(float(self.changes_s)))
        for subject, control in zip(on, controls_of(on), strict=True):
            if (keys := await control.run(strike)) < 2:
                raise InjectorError(f"participant {subject.name}: its game has {keys} keys; a storm needs two")

    async def heal(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.run(_CEASE)

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """As many keys as planned; frames go on at their pace, and no more actions are taken than there are frames."""
        margin = MARGIN * self.changes_s
        asked, band = {"keys_s": self.changes_s}, (self.changes_s - margin, self.changes_s + margin)
        found = {name: _keys_s(telemetry, name, window) for name in on}
        known = [one for one in found.values() if one is not None]
        n = sum(len(telemetry.meters(name, window)) for name in on)
        if len(known) < len(on):
            return unmeasured(asked, band, oracle=ORACLE, note="no two looks at the page in the window", n=n)
        furthest = max(known, key=lambda one: abs(one - self.changes_s))
        paces = [frame_rate(telemetry, name, part) for part in (window, baseline) for name in on]
        slowest = min(
            now / before if before else 0.0 for now, before in zip(paces[: len(on)], paces[len(on) :], strict=True)
        )
        taken, bound = max(_taken(telemetry, name, window) for name in on), 1.0
        measured = {"keys_s": round(furthest, 1), "pace": round(slowest, 2), "taken_a_frame": round(taken, 2)}
        in_band = band[0] <= furthest <= band[1] and slowest >= STEPPED and taken <= bound
        return Effect(asked, measured, band, n, in_band, ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """No more keys, and no more changes of input, than before the storm: none of its keys waited anywhere."""
        asked, band = {"more_keys_s": 0.0}, (-LEFT_OVER_S, LEFT_OVER_S)
        n = sum(len(telemetry.meters(name, window)) for name in on)
        more = []
        for name in on:
            now, before = _keys_s(telemetry, name, window), _keys_s(telemetry, name, baseline)
            changed, usual = _changes_s(telemetry, name, window), _changes_s(telemetry, name, baseline)
            if now is None or before is None or changed is None or usual is None:
                return unmeasured(
                    asked, band, oracle=ORACLE, note=f"{name}: too few looks before it or after the heal", n=n
                )
            more.append((now - before, changed - usual))
        keys, inputs = (max(values, key=abs) for values in zip(*more, strict=True))
        measured = {"more_keys_s": round(keys, 1), "more_changes_s": round(inputs, 1)}
        return Effect(asked, measured, band, n, max(keys, inputs) <= LEFT_OVER_S, ORACLE)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Touched: whose keys were struck as those of a target."""
        low = (1.0 - MARGIN) * self.changes_s
        return [name for name in others if (_keys_s(telemetry, name, window) or 0.0) >= low]


def _keys_s(telemetry: Telemetry, name: str, window: Window) -> float | None:
    """Keys a second of one document; None with fewer than two looks."""
    samples = telemetry.meters(name, window)
    samples = [one for one in samples if one.document == samples[-1].document]
    if len(samples) < 2 or samples[-1].t_ms <= samples[0].t_ms:
        return None
    return 1000.0 * (samples[-1].keys - samples[0].keys) / (samples[-1].t_ms - samples[0].t_ms)


def _changes_s(telemetry: Telemetry, name: str, window: Window) -> float | None:
    found, counted = telemetry.inputs(name, window), changes(telemetry, name, window)
    if counted is None or found[-1].t_ms <= found[0].t_ms:
        return None
    return 1000.0 * counted / (found[-1].t_ms - found[0].t_ms)


def _taken(telemetry: Telemetry, name: str, window: Window) -> float:
    """Changes of the own action for each frame; 0 where too few looks were taken."""
    found, counted = telemetry.inputs(name, window), changes(telemetry, name, window)
    if counted is None:
        return 0.0
    return max(0, counted - EDGE_FRAMES) / max(1, found[-1].frame - found[0].frame)
