"""`--replay DIR`: the lock of an old run, and in what this machine differs from that run's."""

from __future__ import annotations

import subprocess
from pathlib import Path

from igym_chaos import scenario as scenarios
from igym_chaos.errors import ChaosError
from igym_chaos.scenario import Scenario
from igym_chaos.schedule import Lock
from igym_harness import jsonl
from igym_harness.errors import MissingPart, UsageError
from igym_harness.parts import find_browser
from igym_harness.run_folder import commit, repository_root

VERSION_S = 10.0


def load_replay(folder: Path) -> tuple[Scenario, Lock]:
    """Scenario and lock of a run folder. Raises UsageError if it is none, or cannot be read."""
    lock, scenario = folder / "schedule.lock.json", folder / "scenario.toml"
    if missing := [path.name for path in (lock, scenario) if not path.is_file()]:
        raise UsageError(f"{folder} is no run folder: {', '.join(missing)} is not there")
    try:
        return scenarios.load(scenario), Lock.from_json(lock.read_text(encoding="utf-8"))
    except ChaosError as error:
        raise UsageError(f"{folder}: {error}") from error


def differences(folder: Path, browser: str | None) -> list[str]:
    """What is not as it was, one line each: commit and browser."""
    path = folder / "env.json"
    if not path.is_file():
        return [f"differs: {path.name} is not there, so commit and browser of that run are unknown"]
    recorded = jsonl.read_json(path)
    here = {"commit": commit(repository_root()), "browser": browser_version(browser)}
    return [
        f"differs: {name} was {recorded.get(name)}, is {value}"
        for name, value in here.items()
        if str(recorded.get(name)) not in value
    ]


def browser_version(option: str | None) -> str:
    """What the found browser says of itself; "unknown" when it is Playwright's own, a channel, or does not say."""
    try:
        part = find_browser(option, own=None)
    except MissingPart:
        return "unknown"
    if part.executable is None:
        return "unknown"
    try:
        command = [str(part.executable), "--version"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=VERSION_S, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    return done.stdout.strip() or "unknown"
