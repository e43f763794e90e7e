"""Oracles of what participants play, shared by faults of the player: how often their own action changed, by their pages' own count."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from igym_chaos.errors import InjectorError
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import PlayerControl, Subject

ORACLE_INPUTS = "changes of the own action, as the page counts them"


def players_of(subjects: Sequence[Subject]) -> list[PlayerControl]:
    """Who plays each; InjectorError names whose keys nobody presses."""
    players = []
    for subject in subjects:
        if subject.player is None:
            raise InjectorError(f"participant {subject.name} has no player that can be told what to do")
        players.append(subject.player)
    return players


def changes(telemetry: Telemetry, name: str, window: Window) -> int | None:
    """Changes of the own action in the window, also over the beginning of another session; None with fewer than two looks."""
    counted = [sample.changes for sample in telemetry.inputs(name, window)]
    if len(counted) < 2:
        return None
    return sum(now - before if now >= before else now for before, now in pairwise(counted))


def looks(telemetry: Telemetry, names: Sequence[str], window: Window) -> int:
    """How many samples there are."""
    return sum(len(telemetry.inputs(name, window)) for name in names)
