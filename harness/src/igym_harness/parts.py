"""Finds the real parts of a run on this machine; a missing one is an error with its remedy, never a skip."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from igym_harness.errors import MissingPart

BROWSER_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHANNELS = frozenset(
    {
        "chromium",
        "chrome",
        "chrome-beta",
        "chrome-dev",
        "chrome-canary",
        "msedge",
        "msedge-beta",
        "msedge-dev",
        "msedge-canary",
    }
)
BROWSER_REMEDY = (
    "install the package chromium of your system, or run `python -m playwright install chromium`, "
    "or set IGYM_BROWSER to a path or a channel"
)
TOXIPROXY_REMEDY = (
    "run `nox -s parts` (it builds version 2.12.0), put toxiproxy-server on PATH, or set IGYM_TOXIPROXY to its path"
)


TURNSERVER_REMEDY = "install the package coturn of your system, or set IGYM_TURNSERVER to the path of turnserver"


@dataclass(frozen=True)
class BrowserPart:
    """Which Chromium: a file, or a channel that Playwright knows; `found` says how it was chosen."""

    executable: Path | None
    channel: str | None
    found: str


def find_browser(
    option: str | None,
    *,
    own: Path | None,
    environ: Mapping[str, str] | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> BrowserPart:
    """Option, then IGYM_BROWSER, then a Chromium on PATH, then Playwright's own (`own`, its path, may not exist).

    A choice is a path, a program on PATH or a channel name. Raises MissingPart.
    """
    environ = os.environ if environ is None else environ
    for source, choice in (("--browser", option), ("IGYM_BROWSER", environ.get("IGYM_BROWSER"))):
        if choice:
            return _chosen_browser(choice, source=source, which=which)
    for name in BROWSER_NAMES:
        if path := which(name):
            return BrowserPart(Path(path), None, f"{name} on PATH")
    if own is not None and own.is_file():
        return BrowserPart(own, None, "Playwright's own")
    raise MissingPart("a Chromium browser", BROWSER_REMEDY)


def find_toxiproxy(
    option: str | None = None,
    *,
    environ: Mapping[str, str] | None = None,
    which: Callable[[str], str | None] = shutil.which,
) -> Path:
    """Option, then IGYM_TOXIPROXY, then `toxiproxy-server` on PATH. Raises MissingPart."""
    environ = os.environ if environ is None else environ
    choice = option or environ.get("IGYM_TOXIPROXY")
    path = choice or which("toxiproxy-server")
    if path is None:
        raise MissingPart("toxiproxy-server", TOXIPROXY_REMEDY)
    if not _is_program(Path(path)):
        raise MissingPart(f"toxiproxy-server ({path} is no program)", TOXIPROXY_REMEDY)
    return Path(path)


def find_turnserver(
    *, environ: Mapping[str, str] | None = None, which: Callable[[str], str | None] = shutil.which
) -> Path:
    """IGYM_TURNSERVER, then `turnserver` on PATH. Raises MissingPart."""
    environ = os.environ if environ is None else environ
    path = environ.get("IGYM_TURNSERVER") or which("turnserver")
    if path is None or not _is_program(Path(path)):
        raise MissingPart("coturn's turnserver", TURNSERVER_REMEDY)
    return Path(path)


def _chosen_browser(choice: str, *, source: str, which: Callable[[str], str | None]) -> BrowserPart:
    if _is_program(Path(choice)):
        return BrowserPart(Path(choice), None, source)
    if path := which(choice):
        return BrowserPart(Path(path), None, source)
    if choice in CHANNELS:
        return BrowserPart(None, choice, f"{source} (channel)")
    raise MissingPart(f"the browser {choice!r} of {source}", BROWSER_REMEDY)


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
