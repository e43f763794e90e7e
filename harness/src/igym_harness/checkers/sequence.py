"""SEQ: frames and episodes follow each other, each once (chaos handbook 7; invariants I1, I2, I13, I15, I16)."""

from __future__ import annotations

from typing import Any

from igym_harness.evidence import Evidence, Finding, Key, Table, holds, no_data, normal_seal, violated

AGREED = ("end_frame", "input_hash", "state_hash")


def seq_1(evidence: Evidence) -> Finding:
    """Rows are frames 0..end-1 without gap or repeat, each promoted once; the episode ends exactly at its last row."""
    check = "SEQ-1"
    if not evidence.tables:
        return no_data(check, "no canonical file to read")
    for (episode, name), table in sorted(evidence.tables.items()):
        where: dict[str, Any] = {"episode": episode, "seat": evidence.seat_of.get(name)}
        if table.rows == 0:
            return no_data(check, f"episode {episode}, {name}: 0 rows")
        for problem in (
            _frame_problem(table),
            _end_problem(evidence, table, name),
            _promotion_problem(evidence, (episode, name)),
        ):
            if problem:
                frame, message = problem
                return violated(
                    check, f"episode {episode}, seat {where['seat']} ({name}): {message}", **where, frame=frame
                )
    rows = sum(table.rows for table in evidence.tables.values())
    return holds(check, f"{rows} rows, contiguous from 0 in each of {len(evidence.tables)} files")


def seq_5(evidence: Evidence) -> Finding:
    """Each episode is sealed once by each seat, with one result; a completed one is verified, a lesser one says why."""
    check = "SEQ-5"
    if not evidence.seals and not any(evidence.page_seals(name) for name in evidence.participants):
        return no_data(check, "no seal anywhere")
    for name in evidence.participants:
        episodes = [seal.get("episode") for seal in evidence.page_seals(name)]
        if doubled := sorted({episode for episode in episodes if episodes.count(episode) > 1}, key=str):
            return violated(
                check, f"{name} sealed episode {doubled[0]} {episodes.count(doubled[0])} times", episode=doubled[0]
            )
    for episode in evidence.begun_episodes:
        if problem := _episode_problem(evidence, episode):
            seat, message = problem
            return violated(check, f"episode {episode}, {message}", episode=episode, seat=seat)
    if strange := sorted({episode for episode, _ in evidence.seals} - set(evidence.begun_episodes)):
        return violated(
            check,
            f"episode {strange[0]} was sealed, but only {len(evidence.begun_episodes)} were to be played",
            episode=strange[0],
        )
    whole = f"{len(evidence.whole_episodes)} episodes sealed once per seat, alike and verified"
    cut = evidence.cut_episode
    return holds(check, whole if cut is None else f"{whole}; episode {cut}, which was cut, once by who was left")


def _frame_problem(table: Table) -> tuple[int, str] | None:
    frames = table.columns.get("frame")
    if frames is None:
        return 0, "the file has no column frame"
    for row, frame in enumerate(frames):
        if frame != row or isinstance(frame, bool):
            kind = "repeated" if frame in frames[:row] else "out of sequence"
            return row, f"row {row} is frame {frame}: {kind}"
    return None


def _end_problem(evidence: Evidence, table: Table, name: str) -> tuple[int, str] | None:
    """I15: every seat ends in the last row and not before; no episode is longer than planned."""
    if not evidence.expects_completion(name):
        return None
    last = table.rows - 1
    if evidence.frames is not None and table.rows > evidence.frames:
        return evidence.frames, f"{table.rows} rows, but an episode has at most {evidence.frames} frames"
    for row in range(table.rows):
        ended = all(_ended(table, seat, row) for seat in range(evidence.seats))
        if ended and row < last:
            return row, f"every seat ended at frame {row}, but rows go on to {last}"
        if row == last and not ended:
            return row, f"the last row {last} ends nobody's episode"
    return None


def _ended(table: Table, seat: int, row: int) -> bool:
    flags = (table.columns.get(f"{kind}.{seat}") for kind in ("terminateds", "truncateds"))
    return any(flag is not None and flag[row] is True for flag in flags)


def _promotion_problem(evidence: Evidence, key: Key) -> tuple[int, str] | None:
    """Each row was promoted once; the client counts promotions in the statistics of its seal."""
    table = evidence.tables[key]
    stats = normal_seal(evidence.seals.get(key, {})).get("stats")
    promoted = stats.get("promoted") if isinstance(stats, dict) else None
    if promoted is not None and promoted != table.rows:
        return min(promoted, table.rows), f"{promoted} rows were promoted, {table.rows} are stored"
    return None


def _episode_problem(evidence: Evidence, episode: int) -> tuple[int | None, str] | None:
    """(seat, what is wrong) with the seals of one episode."""
    seals: dict[str, dict[str, Any]] = {}
    for name in evidence.participants:
        seat = evidence.seat_of.get(name)
        raw = evidence.seals.get((episode, name))
        if raw is None:
            left = evidence.cut_episode is not None and name in evidence.survivors
            if left or evidence.expects_completion(name):
                return seat, f"seat {seat} ({name}): no seal at the server"
            continue
        seal = seals[name] = normal_seal(raw)
        if seal.get("verified") is True:
            continue
        if not seal.get("reason"):
            return seat, f"seat {seat} ({name}): not verified, and no reason given"
        if evidence.expects_completion(name):
            return seat, f"seat {seat} ({name}): completed, but not verified: {seal['reason']}"
    verified = {name: seal for name, seal in seals.items() if seal.get("verified") is True}
    for field in AGREED:
        if len({str(seal.get(field)) for seal in verified.values()}) > 1:
            shown = ", ".join(f"{name} {seal.get(field)}" for name, seal in verified.items())
            return None, f"all verified, but {field} differs: {shown}"
    return None
