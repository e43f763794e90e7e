"""Starts the Chromium of a run with exactly the flags that the measured facts rest on (chaos.md 1.6)."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Browser, Playwright, ViewportSize
from playwright.async_api import Error as PlaywrightError

from igym_harness.errors import HarnessError
from igym_harness.parts import BrowserPart

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
LAUNCH_MS = 30_000
VIEWPORT: ViewportSize = {"width": 480, "height": 360}
"""Without a graphics card every pixel is painted by the processor: a fleet gets small windows."""


def own_executable(playwright: Playwright) -> Path | None:
    """Where Playwright's own Chromium would be; it may not be downloaded."""
    path = playwright.chromium.executable_path
    return Path(path) if path else None


async def launch(
    playwright: Playwright,
    part: BrowserPart,
    *,
    scratch: Path | None = None,
    headed: bool = False,
    slow_mo_ms: float = 0,
) -> Browser:
    """`scratch`: a folder for what it leaves behind. Raises HarnessError when the found browser does not start."""
    try:
        return await playwright.chromium.launch(
            executable_path=part.executable,
            channel=part.channel,
            headless=not headed,
            slow_mo=slow_mo_ms or None,
            args=list(FLAGS),
            timeout=LAUNCH_MS,
            env=None if scratch is None else {**os.environ, "TMPDIR": str(scratch)},
            handle_sigint=False,  # the harness stops what it started, in its own order
            handle_sigterm=False,
        )
    except PlaywrightError as error:
        first_line = str(error).strip().splitlines()[0]
        raise HarnessError(f"the browser did not start ({part.executable or part.channel}): {first_line}") from error
