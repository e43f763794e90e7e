"""PAR-5: of an episode that was cut, everybody's data is the same as far as it goes, says so, and lacks next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from igym_harness.checkers.parity import common, common_rows, tables_of, unequal
from igym_harness.comparison import compare
from igym_harness.evidence import Evidence, Finding, Table, holds, no_data, normal_seal, violated

CHECK = "PAR-5"
LOSS_MS = 250.0
"""Of play of who is gone, between the last frame that everybody is known to have had confirmed and the end of the data (requirements 0.6).

Who is left loses nothing.
"""


def par_5(evidence: Evidence) -> Finding:
    """Survivors' data and the server's rows of who is gone: equal on the common prefix, flagged partial with a reason, next to nothing lost."""
    episode = evidence.cut_episode
    if episode is None:
        return no_data(CHECK, "no episode was cut: there is nothing partial to judge")
    if not evidence.sessions or not all(evidence.sessions.values()) or not _manifests(evidence, episode):
        return no_data(CHECK, "the session that was cut has not been written: no session.json or seal.json was read")
    if not evidence.fps:
        return no_data(CHECK, "the frame rate is not known")
    tables = tables_of(evidence, episode)
    for name in evidence.participants:
        if name not in tables or tables[name].rows == 0:
            return violated(
                CHECK, f"episode {episode}: no row of {name} is in the data", episode=episode, participant=name
            )
    if difference := compare(common(tables)):
        return unequal(evidence, CHECK, episode=episode, difference=difference)
    if problem := _flag_problem(evidence, episode) or _gap_problem(evidence, episode, tables):
        return violated(CHECK, f"episode {episode}: {problem}", episode=episode)
    lost: dict[str, float] = {}
    for name, table in tables.items():
        last = _last_confirmed(evidence, name, episode)
        if last is None:
            return no_data(CHECK, f"episode {episode}: nobody who was left says which frame all had confirmed last")
        lost[name] = max(0, last + 1 - table.rows) * 1000.0 / evidence.fps
        if lost[name] > (LOSS_MS if name in evidence.interrupted else 0.0):
            message = f"{lost[name]:.0f} ms of play of {name} are lost: frame {last} was confirmed, there are {table.rows} rows"
            return violated(CHECK, f"episode {episode}: {message}", episode=episode, frame=table.rows, participant=name)
    reasons = ", ".join(sorted({str(session.get("reason")) for session in evidence.sessions.values()}))
    told = ", ".join(f"{name} {tables[name].rows} rows, {ms:.0f} ms lost" for name, ms in lost.items())
    return holds(CHECK, f"episode {episode} is partial ({reasons}): {common_rows(tables)} rows equal; {told}")


def is_cut(evidence: Evidence) -> bool:
    """Whether somebody's game ended before its end, as planned."""
    return evidence.cut_episode is not None


def _flag_problem(evidence: Evidence, episode: int) -> str | None:
    """Session, episode and the seal of each who was left say that it was cut, and why."""
    for session, about in evidence.sessions.items():
        if about.get("state") == "completed" or not about.get("reason"):
            return (
                f"session {session} is {about.get('state')!r} for the reason {about.get('reason')!r}, though it was cut"
            )
    for folder, manifest in _manifests(evidence, episode):
        if manifest.get("partial") is not True or not manifest.get("partial_reason"):
            flags = f"partial {manifest.get('partial')}, reason {manifest.get('partial_reason')!r}"
            return f"{folder}/seal.json says {flags}, though the episode was cut"
    for name in evidence.survivors:
        seal = normal_seal(evidence.seals.get((episode, name), {}))
        if not seal:
            return f"{name} was left, and its episode was not sealed"
        if seal.get("verified") is not False or not seal.get("reason"):
            return f"the seal of {name} says verified {seal.get('verified')}, reason {seal.get('reason')!r}, though the episode was cut"
    return None


def _gap_problem(evidence: Evidence, episode: int, tables: Mapping[str, Table]) -> str | None:
    """The manifest says of every seat how far its rows go."""
    for folder, manifest in _manifests(evidence, episode):
        frames = manifest.get("partial_frame")
        for name, table in tables.items():
            last = frames.get(str(evidence.seat_of.get(name))) if isinstance(frames, Mapping) else None
            if last != table.rows - 1:
                return (
                    f"{folder}/seal.json says that the last frame of {name} is {last}, its file has {table.rows} rows"
                )
    return None


def _manifests(evidence: Evidence, episode: int) -> list[tuple[str, Mapping[str, Any]]]:
    return [(folder, one) for folder, one in evidence.manifests.items() if folder.endswith(f"/ep{episode}")]


def _last_confirmed(evidence: Evidence, name: str, episode: int) -> int | None:
    """The last frame whose row a seat must have.

    Of who is gone: the last of which its hash reached everybody who was left, so that it was final at all. Of who was left: also the
    last that was confirmed to itself.
    """
    verified = [_verified_frame(evidence, one, episode) for one in evidence.survivors]
    known = [frame for frame in verified if frame is not None]
    if not known or len(known) < len(verified) or min(known) < 0:
        return None
    own = evidence.worker(name).get("confirmedFrame") if name in evidence.survivors else None
    return max(min(known), own) if isinstance(own, int) else min(known)


def _verified_frame(evidence: Evidence, name: str, episode: int) -> int | None:
    """By the statistics of a seat's seal: up to here every seat's hash was the same; -1: of no frame."""
    stats = normal_seal(evidence.seals.get((episode, name), {})).get("stats")
    frame = stats.get("verifiedFrame") if isinstance(stats, Mapping) else None
    return frame if isinstance(frame, int) else None
