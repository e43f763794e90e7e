"""Data files, made from the store: written in a folder of another name, synced, then renamed; never overwritten.

{data}/{experiment}/{scene}/{session}/ep0/seat0.csv seat0.parquet ... parity.json seal.json
                                      session.json
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import uuid
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from igym import desync, exported, tables
from igym.store import SessionRecord, Store

DRAFT = re.compile(r"\.\w+-[0-9a-f]{32}")
"""A file or folder that has not its own name yet."""
QUOTED = re.compile(r'[",\r\n]')
"""What makes a cell of a CSV need quotes."""


class Exporter:
    """Writes below one data folder. Blocking: call it from a thread."""

    def __init__(self, store: Store, data: Path, experiment_id: str) -> None:
        self._store = store
        self._data = data
        self._experiment_id = experiment_id

    def folder(self, session: SessionRecord) -> Path:
        return self._data / self._experiment_id / session.scene_id / session.id

    def episode(self, session_id: str, episode: int) -> dict[str, Any]:
        """The files of one episode, from whatever rows and seals are stored; says whether the seats agree.

        {"written": bool, "equal": bool, "folder"}; written is false if the folder is there already.
        """
        session = self._store.session(session_id)
        assert session is not None, f"session {session_id} is not stored"
        target = self.folder(session) / f"ep{episode}"
        if target.exists():
            return {"written": False, "equal": None, "folder": str(target)}
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_name(f".ep{episode}-{uuid.uuid4().hex}")
        draft.mkdir()
        try:
            equal = self._write(session, episode, draft)
            draft.rename(target)  # fails if somebody was faster: a folder with files is never replaced
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        _sync(target.parent)
        return {"written": True, "equal": equal, "folder": str(target)}

    def remake(self, session: SessionRecord, episode: int, folder: Path) -> None:
        """The files that `episode` writes, as the store gives them now, into a folder that is there and empty."""
        self._write(session, episode, folder)

    def session_problem(self, session: SessionRecord) -> str | None:
        """Whether session.json, or the metrics that are written before it, say something else than the store; None, too, before they are there."""
        path = self.folder(session) / "session.json"
        if not path.is_file():
            return f"{path.name} is missing" if any(path.parent.glob("ep*/certificate*.json")) else None
        try:
            said = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            return f"{path.name} cannot be read ({error})"
        if said != self._about(session):
            return f"{path.name} does not say what the session's record says"
        problems = (
            exported.metrics_problem(self._metrics_path(session, seat), self._metrics(session, seat, participant_id))
            for seat, participant_id in enumerate(session.members)
        )
        return next(filter(None, problems), None)

    def session(self, session_id: str) -> None:
        """Every episode that has rows, and session.json."""
        session = self._store.session(session_id)
        assert session is not None, f"session {session_id} is not stored"
        for episode in self._store.sealed_episodes(session_id):
            self.episode(session_id, episode)
        target = self.folder(session) / "session.json"
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        for seat, participant_id in enumerate(session.members):
            self._place(self._metrics_path(session, seat), self._metrics(session, seat, participant_id))
        self._place(target, self._about(session))

    def sweep(self) -> None:
        """Removes drafts that a crash left: nobody will rename them. Only before the first export of a process."""
        drafts = (self._data / self._experiment_id).glob("*/*/.*")
        for draft in [one for one in drafts if DRAFT.fullmatch(one.name)]:
            if draft.is_dir():
                shutil.rmtree(draft)
            else:
                draft.unlink()

    def is_whole(self, session_id: str, *, certified: bool) -> bool:
        """Whether `session` has written everything, and each episode with rows is certified, if that is wanted."""
        session = self._store.session(session_id)
        assert session is not None, f"session {session_id} is not stored"
        folder, episodes = self.folder(session), self._store.sealed_episodes(session_id)
        wanted = [f"ep{episode}/certificate.json" for episode in episodes] if certified else []
        return all((folder / name).is_file() for name in ("session.json", *wanted))

    def _about(self, session: SessionRecord) -> dict[str, Any]:
        return {
            "session_id": session.id,
            "scene_id": session.scene_id,
            "experiment_id": self._experiment_id,
            "seed": session.seed,
            "participants": list(session.members),
            "state": session.state,
            "reason": session.reason,
        }

    def _place(self, target: Path, value: Mapping[str, Any]) -> None:
        """A file that is whole when it has its name."""
        draft = target.with_name(f".{target.stem}-{uuid.uuid4().hex}")
        write_json(draft, value)
        draft.rename(target)
        _sync(target.parent)

    def _metrics_path(self, session: SessionRecord, seat: int) -> Path:
        return self.folder(session) / f"seat{seat}_metrics.json"

    def _metrics(self, session: SessionRecord, seat: int, participant_id: str) -> dict[str, Any]:
        """What one seat saw of its links, each change of route with its time and frame, and of the netcode in each episode."""
        told = [one for one in self._store.link_reports(session.id) if one["participant_id"] == participant_id]
        names = ("server_time_s", "frame", "state", "route", "candidates")
        links: dict[str, list[dict[str, Any]]] = {}
        for one in told:
            links.setdefault(str(one["peer_seat"]), []).append({name: one[name] for name in names})
        episodes = self._store.sealed_episodes(session.id)
        seals = {episode: self._store.seals(session.id, episode).get(seat) for episode in episodes}
        netcode = {str(episode): seal["stats"] for episode, seal in seals.items() if seal is not None}
        ids = {"session_id": session.id, "seat": seat, "participant_id": participant_id}
        return {**ids, "links": {peer: {"changes": changes} for peer, changes in links.items()}, "netcode": netcode}

    def _write(self, session: SessionRecord, episode: int, folder: Path) -> bool:
        seats = range(len(session.members))
        identity = {
            "experiment_id": self._experiment_id,
            "scene_id": session.scene_id,
            "session_id": session.id,
            "episode": episode,
            "seats": len(seats),
        }
        texts = {seat: found for seat in seats if (found := self._store.rows(session.id, episode, seat))}
        seals = self._store.seals(session.id, episode)
        made = {seat: tables.table(found, identity) for seat, found in texts.items()}
        for seat, table in made.items():
            write_table(folder / f"seat{seat}", table)
            self._write_seat(session, episode, seat, folder, seal=seals.get(seat))
        difference = tables.first_difference(made) if made else None
        equal = len(made) == len(seats) and difference is None
        if (inputs := _agreed_inputs(texts.values())) is not None:
            write_table(folder / "inputs", inputs)
        desyncs = self._write_desyncs(session, episode, folder)
        for seat, found in texts.items():
            validation = _validation(found, seals.get(seat), [one for one in desyncs if one["seat"] == seat])
            write_json(folder / f"seat{seat}_validation.json", validation)
        rows = {str(seat): table.num_rows for seat, table in made.items()}
        write_json(folder / "parity.json", {"equal": equal, "rows": rows, "first_difference": difference})
        files = {str(path.relative_to(folder)): _digest(path) for path in sorted(folder.rglob("*")) if path.is_file()}
        about = {
            "session_id": session.id,
            "episode": episode,
            "participants": list(session.members),
            "rows_equal": equal,
        }
        about |= partial_flags(session, seals, {seat: len(found) for seat, found in texts.items()})
        write_json(folder / "seal.json", {**about, "seats": list(seals.values()), "files": files})
        return equal

    def _write_seat(
        self, session: SessionRecord, episode: int, seat: int, folder: Path, *, seal: Mapping[str, Any] | None
    ) -> None:
        """How the frames became final at this seat, and its rollbacks."""
        if local := self._store.rows(session.id, episode, seat, "local"):
            write_table(folder / f"seat{seat}_local", tables.local_table(local, seal))
        rollbacks = self._store.rows(session.id, episode, seat, "rollbacks")
        write_table(folder / f"seat{seat}_rollbacks", tables.rollbacks_table(rollbacks))

    def _write_desyncs(self, session: SessionRecord, episode: int, folder: Path) -> list[dict[str, Any]]:
        """The bytes that were hashed where two seats first differed, and the fields in which they do."""
        reports = self._store.desyncs(session.id, episode)
        if not reports:
            return []
        (folder / "desync").mkdir()
        for report in reports:
            dump = desync.dump_of(report)
            report["dump"] = f"desync/frame{report['frame']}_seat{report['seat']}.bin" if dump else None
            if dump:
                (folder / report["dump"]).write_bytes(dump)
        diff = desync.first_diff(self._store.desyncs(session.id, episode))
        write_json(folder / "desync" / "diff.json", {"first": diff, "reports": reports})
        return reports


def partial_flags(
    session: SessionRecord, seals: Mapping[int, Mapping[str, Any]], rows: Mapping[int, int]
) -> dict[str, Any]:
    """Whether an episode did not reach its agreed end, why, and the last frame that is stored of each seat (requirements 23.3). Pure."""
    seats = range(len(session.members))
    partial = any(seat not in seals or seals[seat].get("reason") == "partial" for seat in seats)
    last = {str(seat): rows[seat] - 1 if rows.get(seat) else None for seat in seats}
    return {"partial": partial, "partial_reason": session.reason if partial else None, "partial_frame": last}


def _agreed_inputs(texts: Collection[list[str]]) -> pa.Table | None:
    """Who did what, as far as anybody's rows go; None where two seats' rows say different things, or there are none."""
    if not texts:
        return None
    whole, *others = sorted(map(tables.inputs_table, texts), key=lambda table: table.num_rows, reverse=True)
    return whole if all(one.equals(whole.slice(0, one.num_rows)) for one in others) else None


def _validation(texts: list[str], seal: Mapping[str, Any] | None, desyncs: list[dict[str, Any]]) -> dict[str, Any]:
    """What one seat proved: hashes of all frames, the actions that every seat is known to have taken, what differed (EXPORT-01..04)."""
    rows = [json.loads(text) for text in texts]
    verified = (seal or {}).get("stats", {}).get("verifiedFrame", -1)
    known = rows[: verified + 1]
    actions = {str(seat): [row["actions"][seat] for row in known] for seat in range(len(rows[0]["actions"]))}
    summary = {"frames": len(rows), "verifiedFrame": verified, "desyncCount": len(desyncs), "hashes": len(rows)}
    return {
        "summary": summary,
        "confirmedHashHistory": {str(row["frame"]): row["state_hash"] for row in rows},
        "verifiedActions": actions,
        "desyncEvents": desyncs,
    }


def write_table(path: Path, table: pa.Table) -> None:
    """`path` without its ending, as Parquet and as CSV."""
    _write_parquet(path.with_name(f"{path.name}.parquet"), table)
    _write_csv(path.with_name(f"{path.name}.csv"), table)


def _write_parquet(path: Path, table: pa.Table) -> None:
    pq.write_table(table, path)
    _sync(path)


def _write_csv(path: Path, table: pa.Table) -> None:
    """Floats with all their digits, true and false in lower case, null as nothing; RFC 4180 with a line feed at the end of a line.

    Not csv.writer: in Python 3.11 it leaves a lone carriage return without quotes, and every reader ends the line there.
    """
    columns = [table.column(name).to_pylist() for name in table.column_names]
    with path.open("w", newline="", encoding="utf-8") as stream:
        for row in (table.column_names, *zip(*columns, strict=True)):
            stream.write(",".join([_quoted(_text(value)) for value in row]) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, float) else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if QUOTED.search(text) else text


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """On disk when it returns."""
    with path.open("w", encoding="utf-8") as stream:
        json.dump(value, stream, indent=2, sort_keys=True)
        stream.write("\n")
        stream.flush()
        os.fsync(stream.fileno())


def _digest(path: Path) -> dict[str, Any]:
    data = path.read_bytes()
    return {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
