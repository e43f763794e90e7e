"""Where everything about a run lies (chaos.md 6.3).

runs/<scenario>/<UTC time>-<seed>/   runs/latest -> the newest   runs/log.jsonl one line per run, never rewritten
"""

from __future__ import annotations

import datetime
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from igym_harness import jsonl

LIMIT_BYTES = 50 * 1024 * 1024
PRODUCT_ROOMS = ("platform", "client")
HARNESS_ROOMS = ("chaos", "harness")
_IGNORED = frozenset({"__pycache__", "node_modules", ".cache", "data"})


@dataclass(frozen=True)
class ParticipantFolder:
    """The files of one participant."""

    path: Path

    @property
    def trace(self) -> Path:
        return self.path / "trace.zip"

    @property
    def console(self) -> Path:
        return self.path / "console.jsonl"

    @property
    def stats(self) -> Path:
        return self.path / "stats.jsonl"

    @property
    def frames(self) -> Path:
        """What came by on the participant's way to the server, and its fate; only where the harness stands there."""
        return self.path / "frames.jsonl"

    @property
    def exports(self) -> Path:
        return self.path / "exports"


@dataclass(frozen=True)
class RunFolder:
    """One run's folder; `create` makes it and moves the link."""

    path: Path

    @classmethod
    def create(
        cls, runs: Path, *, scenario: str, seed: int, utc: datetime.datetime, participants: Iterable[str]
    ) -> RunFolder:
        """A new folder, never one that exists: a run of the same second gets a number."""
        parent = runs / scenario
        parent.mkdir(parents=True, exist_ok=True)
        stem = f"{utc.strftime('%Y%m%dT%H%M%SZ')}-{seed}"
        folder = cls(_fresh(parent, stem))
        for name in participants:
            folder.participant(name).exports.mkdir(parents=True)
        folder.data.mkdir(parents=True)
        (folder.path / "proxy").mkdir()
        _point(runs / "latest", folder.path)
        return folder

    def participant(self, name: str) -> ParticipantFolder:
        return ParticipantFolder(self.path / "participants" / name)

    @property
    def data(self) -> Path:
        return self.path / "server" / "data"

    @property
    def server_log(self) -> Path:
        return self.path / "server" / "stdout.log"

    @property
    def server_events(self) -> Path:
        return self.path / "server" / "events.jsonl"

    @property
    def server_snapshots(self) -> Path:
        return self.path / "server" / "snapshots.jsonl"

    @property
    def proxy_log(self) -> Path:
        return self.path / "proxy" / "toxiproxy.log"

    @property
    def relay_log(self) -> Path:
        return self.path / "proxy" / "coturn.log"

    @property
    def packets(self) -> Path:
        """What the UDP relay decided for each packet; only of runs that have one."""
        return self.path / "packets.jsonl"

    @property
    def ledger(self) -> Path:
        return self.path / "ledger.jsonl"

    @property
    def history(self) -> Path:
        return self.path / "history.jsonl"

    @property
    def lock(self) -> Path:
        return self.path / "schedule.lock.json"

    @property
    def scenario(self) -> Path:
        return self.path / "scenario.toml"

    @property
    def env(self) -> Path:
        return self.path / "env.json"

    @property
    def verdict(self) -> Path:
        return self.path / "verdict.json"

    @property
    def checks(self) -> Path:
        return self.path / "checks.json"

    @property
    def recorded(self) -> Path:
        """What the checkers read, beside the data tree: enough to judge the run again."""
        return self.path / "recorded.json"

    def size_bytes(self) -> int:
        return sum(path.stat().st_size for path in self.path.rglob("*") if path.is_file())

    def copy_exports(self, participant: str, files: Iterable[Path]) -> None:
        """Copies a participant's data files, by episode folder, so that its folder tells its whole story."""
        for file in files:
            target = self.participant(participant).exports / file.parent.name
            target.mkdir(exist_ok=True)
            shutil.copy2(file, target / file.name)

    def drop_traces(self) -> dict[str, str]:
        """Deletes the traces (of a run that passed) after noting their digests: file -> SHA-256."""
        digests = {}
        for trace in sorted(self.path.glob("participants/*/trace.zip")):
            digests[str(trace.relative_to(self.path))] = hashlib.sha256(trace.read_bytes()).hexdigest()
            trace.unlink()
        return digests


def append_log(runs: Path, line: Mapping[str, Any]) -> None:
    """One more line in runs/log.jsonl."""
    jsonl.append(runs / "log.jsonl", [line])


def environment(*, browser: str, versions: Mapping[str, str], root: Path | None) -> dict[str, Any]:
    """env.json: which code, which binaries, which machine. `root`: the repository, None when installed without it."""
    return {
        "commit": commit(root),
        "product_digest": tree_digest(root, PRODUCT_ROOMS),
        "harness_digest": tree_digest(root, HARNESS_ROOMS),
        "browser": browser,
        "versions": {"python": platform.python_version(), **versions},
        "system": platform.platform(),
        "cores": os.cpu_count(),
        "load_1min": round(os.getloadavg()[0], 2),
        "argv": sys.argv[1:],
    }


def repository_root() -> Path | None:
    """The checkout that this file lies in, if it does."""
    for folder in Path(__file__).resolve().parents:
        if (folder / "pyproject.toml").is_file() and (folder / "harness").is_dir():
            return folder
    return None


def commit(root: Path | None) -> str:
    """The commit, with "-dirty" when files differ; "unknown" outside a checkout."""
    git = shutil.which("git")
    if root is None or git is None:
        return "unknown"
    head = _git(git, root, "rev-parse", "HEAD")
    if head is None:
        return "unknown"
    return f"{head}-dirty" if _git(git, root, "status", "--porcelain") else head


def tree_digest(root: Path | None, rooms: Iterable[str]) -> str:
    """SHA-256 over names and bytes of the rooms' files; "unknown" without a checkout."""
    if root is None:
        return "unknown"
    digest = hashlib.sha256()
    for room in rooms:
        for path in sorted((root / room).rglob("*")):
            if path.is_file() and not _IGNORED.intersection(path.relative_to(root).parts):
                digest.update(f"{path.relative_to(root)}\0".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _fresh(parent: Path, stem: str) -> Path:
    for name in (stem, *(f"{stem}.{number}" for number in range(2, 1000))):
        try:
            (parent / name).mkdir()
        except FileExistsError:
            continue
        return parent / name
    raise FileExistsError(f"a thousand runs in one second in {parent}")


def _point(link: Path, target: Path) -> None:
    """Moves the link in one step, so that a reader never finds none."""
    temporary = link.with_name(f".{link.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    temporary.symlink_to(os.path.relpath(target, link.parent), target_is_directory=True)
    temporary.replace(link)


def _git(git: str, root: Path, *arguments: str) -> str | None:
    done = subprocess.run([git, "-C", str(root), *arguments], capture_output=True, text=True, check=False)  # noqa: S603 - fixed arguments
    return done.stdout.strip() if done.returncode == 0 else None
