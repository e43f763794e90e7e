"""PAR: everybody's data is the same, and the server's copy is what the participants recorded (chaos handbook 7)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from igym_harness.comparison import Cell, Difference, compare, frame_at, prefix
from igym_harness.evidence import Evidence, Finding, Table, holds, no_data, normal_seal, violated


def par_1(evidence: Evidence) -> Finding:
    """Canonical tables of all seats are equal, typed, bit for bit; rows = agreed end frame > 0.

    In an episode that was cut, what everybody has is equal; who is gone agreed on no end.
    """
    check = "PAR-1"
    for episode in evidence.begun_episodes:
        cut = episode == evidence.cut_episode
        tables = tables_of(evidence, episode)
        if missing := [name for name in evidence.participants if name not in tables]:
            return no_data(check, f"episode {episode}: no readable file of {', '.join(missing)}")
        if all(table.rows == 0 for table in tables.values()) or (cut and common_rows(tables) == 0):
            return no_data(check, f"episode {episode}: 0 rows that everybody has, which is unusable, not equal")
        if difference := compare(common(tables) if cut else tables):
            return unequal(evidence, check, episode=episode, difference=difference)
        for name in evidence.survivors if cut else evidence.participants:
            rows = tables[name].rows
            end_frame = normal_seal(evidence.seals.get((episode, name), {})).get("end_frame")
            if end_frame is None:
                return no_data(check, f"episode {episode}: no seal of {name} says where the episode ended")
            if end_frame != rows:
                seat = evidence.seat_of.get(name)
                message = f"episode {episode}, seat {seat} ({name}): sealed end frame {end_frame}, but {rows} rows"
                return violated(
                    check, message, episode=episode, seat=seat, column="end_frame", frame=min(rows, end_frame)
                )
    if not evidence.episodes or not evidence.participants:
        return no_data(check, "no episode was to be compared")
    rows_of = [common_rows(tables_of(evidence, episode)) for episode in evidence.begun_episodes]
    ended = "" if evidence.cut_episode is None else f"; episode {evidence.cut_episode} was cut: of it what all have"
    return holds(
        check, f"{len(evidence.participants)} files equal cell by cell in each episode; rows: {rows_of}{ended}"
    )


def par_2(evidence: Evidence) -> Finding:
    """The state hash of each final frame is equal at all seats."""
    check = "PAR-2"
    compared = 0
    for episode in evidence.begun_episodes:
        chains = {name: table.columns.get("state_hash") for name, table in tables_of(evidence, episode).items()}
        known = {name: chain for name, chain in chains.items() if chain}
        if len(known) < len(evidence.participants):
            missing = [name for name in evidence.participants if name not in known]
            return no_data(check, f"episode {episode}: no state hashes of {', '.join(missing)}")
        for row, hashes in enumerate(zip(*known.values(), strict=False)):
            compared += 1
            if None in hashes:
                name = list(known)[hashes.index(None)]
                return violated(
                    check, f"episode {episode}, row {row}: {name} has no state hash", episode=episode, frame=row
                )
            if len(set(hashes)) > 1:
                return _diverged(
                    evidence, check, episode=episode, row=row, hashes=dict(zip(known, hashes, strict=True))
                )
    if not compared:
        return no_data(check, "no state hash was recorded")
    return holds(check, f"{compared} state hashes equal at {len(evidence.participants)} seats")


def par_4(evidence: Evidence) -> Finding:
    """Seal of the page = seal at the server = stored rows; files have the digests of their manifest."""
    check = "PAR-4"
    for name, digest in evidence.digests.items():
        if digest["claimed"] != digest["found"]:
            return violated(
                check, f"{name}: manifest says sha256 {digest['claimed']}, the file has {digest['found']}", file=name
            )
    judged = 0
    for (episode, name), seal in sorted(evidence.seals.items()):
        table = evidence.tables.get((episode, name))
        seat = evidence.seat_of.get(name)
        if table is None:
            return violated(
                check,
                f"episode {episode}, seat {seat} ({name}): sealed, but no file is stored",
                episode=episode,
                seat=seat,
            )
        if problem := _seal_problem(evidence, name, episode=episode, table=table):
            field, message = problem
            where = f"episode {episode}, seat {seat} ({name})"
            return violated(check, f"{where}: {message}", episode=episode, seat=seat, column=field)
        judged += bool(seal)
    if not judged:
        return no_data(check, "no seal reached the server")
    if unseen := [name for name in evidence.survivors if not evidence.page_seals(name)]:
        return no_data(check, f"the page of {', '.join(unseen)} showed no seal of its own to compare with")
    return holds(check, f"{judged} seals agree with their pages and rows; {len(evidence.digests)} file digests agree")


def tables_of(evidence: Evidence, episode: int) -> dict[str, Table]:
    """Tables of an episode, by participant in seat order."""
    names = sorted(evidence.participants, key=lambda name: evidence.seat_of.get(name, evidence.seats))
    return {name: evidence.tables[episode, name] for name in names if (episode, name) in evidence.tables}


def common_rows(tables: Mapping[str, Table]) -> int:
    """How many rows everybody has."""
    return min((table.rows for table in tables.values()), default=0)


def common(tables: Mapping[str, Table]) -> dict[str, Table]:
    """Everybody's rows, as far as everybody has them."""
    rows = common_rows(tables)
    return {name: prefix(table, rows) for name, table in tables.items()}


def unequal(evidence: Evidence, check: str, *, episode: int, difference: Difference) -> Finding:
    if not difference.cells:
        return violated(check, f"episode {episode}: {difference.problem}", episode=episode)
    bad = difference.cells[0]
    seat = _seat_of_cell(evidence, bad)
    return violated(
        check,
        f"episode {episode}{'' if seat is None else f', seat {seat}'}, {difference.problem}",
        episode=episode,
        frame=bad.frame,
        seat=seat,
        column=bad.column,
        count=difference.count,
        cells=[
            {
                "frame": cell.frame,
                "column": cell.column,
                "odd": [evidence.seat_of.get(name) for name in cell.odd],
                "values": {f"seat {evidence.seat_of.get(name)}": repr(value) for name, value in cell.values.items()},
            }
            for cell in difference.cells
        ],
    )


def _seat_of_cell(evidence: Evidence, cell: Cell) -> int | None:
    """The seat whose file is outvoted; between two files nobody is, then the seat that the column speaks of."""
    if cell.odd:
        return evidence.seat_of.get(cell.odd[0])
    named = re.fullmatch(r"[A-Za-z_]+\.(\d+)(?:\..*)?", cell.column)
    return int(named[1]) if named else None


def _diverged(evidence: Evidence, check: str, *, episode: int, row: int, hashes: dict[str, str]) -> Finding:
    frame = frame_at(evidence.tables[episode, next(iter(hashes))], row)
    seats = {evidence.seat_of.get(name): value for name, value in hashes.items()}
    shown = ", ".join(f"seat {seat} {value}" for seat, value in seats.items())
    fields = _fields(evidence, episode=episode, frame=frame)
    named = f"; {fields[0]['path']}: {fields[0]['a']} and {fields[0]['b']}" if fields else ""
    return violated(
        check,
        f"episode {episode}, frame {frame}: first divergent state: {shown}{named}",
        episode=episode,
        frame=frame,
        column="state_hash",
        hashes={str(k): v for k, v in seats.items()},
        fields=fields,
    )


def _fields(evidence: Evidence, *, episode: int, frame: int | None) -> list[dict[str, Any]]:
    """What differs in the states of that frame, {path, a, b}, as the server read it from the bytes that both seats hashed."""
    for event in evidence.server_events:
        if event.get("kind") == "desync_diff" and (event.get("episode"), event.get("frame")) == (episode, frame):
            return list(event["fields"])
    return []


def _seal_problem(evidence: Evidence, name: str, *, episode: int, table: Table) -> tuple[str, str] | None:
    """(field, what is wrong) of the first disagreement between stored rows, server seal and page seal."""
    seal = normal_seal(evidence.seals[episode, name])
    if seal.get("rows") != table.rows:
        return "rows", f"the seal says {seal.get('rows')} rows, the file has {table.rows}"
    chain = table.columns.get("state_hash") or [None]
    if seal.get("state_hash") != chain[-1]:
        return "state_hash", f"the seal says state {seal.get('state_hash')}, the last row {chain[-1]}"
    for own in evidence.page_seals(name):
        if own.get("episode") != episode:
            continue
        for field in ("end_frame", "rows", "input_hash", "state_hash"):
            if own.get(field) != seal.get(field):
                return field, f"{field} is {own.get(field)} on the page and {seal.get(field)} at the server"
    return None
