"""tab.reload: the page is loaded again, as by the browser's own button: another document, and nothing of the old one lives on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from igym_chaos.documents import newcomers, others_renewed
from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.page_path import controls_of, page_alive
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "documents of the page, and the server's log"
ENDED_MS = 1_000.0
LATE_MS = 1_500.0
"""A new document answers when it was loaded."""


@dataclass(frozen=True)
class TabReload(Fault):
    """No parameters. Its network rules stay armed (B16)."""

    kind: ClassVar[str] = "tab.reload"
    injectors: ClassVar[tuple[str, ...]] = ("B",)
    knobs: ClassVar[tuple[str, ...]] = ("document",)
    minimum_window_s: ClassVar[float] = 1.0
    ends_itself: ClassVar[bool] = True
    renews: ClassVar[bool] = True

    async def inject(self, on: Sequence[Subject]) -> None:
        for control in controls_of(on):
            await control.reload()

    async def heal(self, on: Sequence[Subject]) -> None:
        """The page is there again; what was in the old document is gone for good."""

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """One navigation more, by a reload; the server saw the old page's socket end within a second.

        When peers saw their channels to it close is told, not asked for: handbook B43 has them close within 0.2 s, but channels that a
        worker owns stayed open for 7 s, until the peer was told that the session is over.
        """
        asked, band = {"navigations": 1.0}, (1.0, 1.0)
        since_asked = Window(baseline.end_ms, window.end_ms + LATE_MS)
        looks = sum(len(telemetry.meters(name, since_asked)) for name in on)
        if any(not telemetry.meters(name, baseline) for name in on) or not looks:
            return unmeasured(asked, band, oracle=ORACLE, note="no look at the page before the reload, or none after")
        made = [newcomers(telemetry, name, since_asked, baseline) for name in on]
        counts = {len(one) for one in made}
        reloaded = all(sample.reloaded for one in made for sample in one)
        measured = {"navigations": float(max(counts)), "reloaded": float(reloaded and counts == {1})}
        ended_ms = [_socket_ended_ms(telemetry, name, since_asked) for name in on]
        if known := [after_ms for after_ms in ended_ms if after_ms is not None]:
            measured["socket_ended_ms"] = round(max(known), 0)
        closed_ms = [_closed_ms(telemetry, name, since_asked) for name in on]
        if seen := [after_ms for after_ms in closed_ms if after_ms is not None]:
            measured["channels_closed_ms"] = round(max(seen), 0)
        in_time = all(after_ms is not None and after_ms <= ENDED_MS for after_ms in ended_ms)
        note = "" if in_time else "the server did not see the old page's socket end within a second"
        return Effect(asked, measured, band, looks, counts == {1} and reloaded and in_time, ORACLE, note)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Another document than before is visible, and its timers run."""
        alive = page_alive(telemetry, on, window)
        renewed = sum(bool(newcomers(telemetry, name, window, baseline)) for name in on)
        measured = {**alive.measured, "new_documents": float(renewed)}
        return replace(alive, measured=measured, in_band=alive.in_band and renewed == len(on))

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return others_renewed(telemetry, others, window, baseline)


def _socket_ended_ms(telemetry: Telemetry, name: str, window: Window) -> float | None:
    """How long after the start of the window the server first saw a socket of the participant end."""
    ended = [one.t_ms for one in telemetry.endings(name, window) if one.what == "socket"]
    return min(ended) - window.start_ms if ended else None


def _closed_ms(telemetry: Telemetry, name: str, window: Window) -> float | None:
    """How long after the start of the window the last of its peers saw a channel to it close; None: one did not, or there is none."""
    peers = telemetry.peers(name)
    first = [
        min((t_ms for t_ms, whose in telemetry.channels_closed(peer, window) if whose == name), default=None)
        for peer in peers
    ]
    known = [t_ms for t_ms in first if t_ms is not None]
    return max(known) - window.start_ms if peers and len(known) == len(peers) else None
