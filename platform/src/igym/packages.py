"""The wheels that an environment imports: resolved once, pinned by digest, kept on this machine, served to the browsers.

A package comes from the Pyodide distribution if its folder holds the file that its lock file names, else from the package index,
as wheels without machine code for Pyodide's Python. The pins lie beside the experiment (`NAME.packages.json`), so that every
machine serves the same bytes; the wheels lie in a cache folder by digest.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from igym.errors import PackagesError

log = logging.getLogger("igym")
DOWNLOAD_S = 300


@dataclass(frozen=True)
class Wheel:
    """A wheel that is pinned; `path` is where it lies here."""

    name: str
    file: str
    sha256: str
    path: Path

    @property
    def url(self) -> str:
        return f"/static/packages/{self.sha256[:16]}/{self.file}"


def cache_folder() -> Path:
    """$IGYM_CACHE, else the user's cache folder."""
    chosen = os.environ.get("IGYM_CACHE")
    base = Path(chosen) if chosen else Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "igym"
    return base / "wheels"


def pins_of(experiment_file: Path) -> Path:
    return experiment_file.with_name(f"{experiment_file.stem}.packages.json")


def resolve(requirements: Sequence[str], *, pyodide: Path, pins: Path, cache: Path) -> tuple[Wheel, ...]:
    """All wheels, dependencies included, in an order in which they can be installed. Raises PackagesError."""
    if not requirements:
        return ()
    wanted = [_parse(text) for text in requirements]
    lock = json.loads((pyodide / "pyodide-lock.json").read_text(encoding="utf-8"))
    shipped, missing = _shipped(wanted, lock["packages"], pyodide)
    return (*shipped, *_from_index(missing, python=_minor(lock["info"]["python"]), pins=pins, cache=cache))


def _parse(text: str) -> Requirement:
    try:
        return Requirement(text)
    except InvalidRequirement as error:
        raise PackagesError(f'packages: "{text}" is no requirement; write it like "sortedcontainers>=2.4"') from error


def _minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def _shipped(
    wanted: Iterable[Requirement], packages: Mapping[str, Any], folder: Path
) -> tuple[list[Wheel], list[Requirement]]:
    """Wheels that the distribution's folder holds, with everything they need, and the requirements that it does not meet."""
    found: dict[str, Wheel] = {}
    missing = []
    by_name: dict[str, Any] = {canonicalize_name(name): entry for name, entry in packages.items()}
    for requirement in wanted:
        entries = _closure(canonicalize_name(requirement.name), by_name)
        top = entries[-1] if entries else None
        if (
            top is None
            or not requirement.specifier.contains(top["version"], prereleases=True)
            or not all((folder / entry["file_name"]).is_file() for entry in entries)
        ):
            missing.append(requirement)
            continue
        for entry in entries:
            found[entry["name"]] = _checked(entry["name"], folder / entry["file_name"], entry["sha256"])
    return list(found.values()), missing


def _closure(name: str, by_name: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The package's entry after those of everything it depends on; empty if it is unknown."""
    if name not in by_name:
        return []
    ordered: dict[str, Mapping[str, Any]] = {}

    def visit(one: str) -> None:
        if one in ordered or one not in by_name:
            return
        for other in by_name[one]["depends"]:
            visit(canonicalize_name(other))
        ordered[one] = by_name[one]

    visit(name)
    return list(ordered.values())


def _from_index(wanted: Sequence[Requirement], *, python: str, pins: Path, cache: Path) -> tuple[Wheel, ...]:
    """By the pins if they are for these requirements; else resolved now, and pinned."""
    if not wanted:
        return ()
    key = {"packages": sorted(str(one) for one in wanted), "python": python}
    known = json.loads(pins.read_text(encoding="utf-8")) if pins.is_file() else {}
    if {name: known.get(name) for name in key} == key:
        return tuple(_pinned(entry, python=python, cache=cache) for entry in known["wheels"])
    wheels = _download([str(one) for one in wanted], python=python, cache=cache, what=", ".join(key["packages"]))
    text = json.dumps(
        {**key, "wheels": [{k: v for k, v in asdict(one).items() if k != "path"} for one in wheels]}, indent=2
    )
    try:
        pins.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        log.warning("%s could not be written (%s): the packages are not pinned for the next start", pins, error)
    return wheels


def _pinned(entry: Mapping[str, str], *, python: str, cache: Path) -> Wheel:
    path = cache / entry["sha256"] / entry["file"]
    if not path.is_file():
        name, version, _, _ = parse_wheel_filename(entry["file"])
        _download(
            [f"{name}=={version} --hash=sha256:{entry['sha256']}"], python=python, cache=cache, what=entry["file"]
        )
    return _checked(entry["name"], path, entry["sha256"])


def _download(requirements: Sequence[str], *, python: str, cache: Path, what: str) -> tuple[Wheel, ...]:
    """Wheels without machine code, dependencies included, moved into the cache."""
    hashed = any("--hash" in line for line in requirements)
    with tempfile.TemporaryDirectory(prefix="igym-wheels-") as scratch:
        folder = Path(scratch)
        (folder / "requirements.txt").write_text("\n".join(requirements) + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--disable-pip-version-check", "--quiet", "--dest", scratch]
        command += [
            "--only-binary=:all:",
            "--platform=any",
            "--implementation=py",
            "--abi=none",
            f"--python-version={python}",
        ]
        command += ["--no-deps"] if hashed else []
        try:
            done = subprocess.run(  # noqa: S603 - our own command line
                [*command, "--requirement", str(folder / "requirements.txt")],
                capture_output=True,
                text=True,
                timeout=DOWNLOAD_S,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise PackagesError(f"{what}: the package index did not answer within {DOWNLOAD_S} s") from error
        if done.returncode != 0:
            reason = (done.stderr.strip().splitlines() or ["pip said nothing"])[-1]
            raise PackagesError(
                f"{what}: no wheels without machine code for Python {python}: {reason}; a full Pyodide distribution (--pyodide) may hold it"
            )
        return tuple(_keep(path, cache) for path in sorted(folder.glob("*.whl")))


def _keep(path: Path, cache: Path) -> Wheel:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    target = cache / digest / path.name
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = target.with_suffix(f".{os.getpid()}")
        draft.write_bytes(path.read_bytes())
        draft.replace(target)
    return Wheel(str(parse_wheel_filename(path.name)[0]), path.name, digest, target)


def _checked(name: str, path: Path, sha256: str) -> Wheel:
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if found != sha256:
        raise PackagesError(f"{path} has the digest {found}, pinned is {sha256}: delete it, it is fetched again")
    return Wheel(name, path.name, sha256, path)
