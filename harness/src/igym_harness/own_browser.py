"""A Chromium process for one participant, as a person would start it: its tabs hide each other, and it can be stopped or killed.

A browser that Playwright manages keeps every page visible and awake (chaos.md B30); one that is only connected to does not (B31).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from pathlib import Path

from playwright.async_api import Browser, Playwright
from playwright.async_api import Error as PlaywrightError

from igym_harness.browser import FLAGS, VIEWPORT
from igym_harness.deadline import until
from igym_harness.errors import HarnessError

WINDOW = f"--window-size={VIEWPORT['width']},{VIEWPORT['height']}"
START_S = 20.0
STOP_S = 5.0


class OwnBrowser:
    """One process with a profile folder of its own."""

    def __init__(self, executable: Path, profile: Path, *, headed: bool = False) -> None:
        self._executable = executable
        self._profile = profile
        self._headed = headed
        self._process: subprocess.Popen[bytes] | None = None
        self.browser: Browser | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: the signal that ended it."""
        return None if self._process is None else self._process.poll()

    async def start(self, playwright: Playwright) -> Browser:
        """Raises HarnessError when it does not come up."""
        self._profile.mkdir(parents=True)
        mode = [] if self._headed else ["--headless"]
        arguments = [
            *mode,
            "--remote-debugging-port=0",
            f"--user-data-dir={self._profile}",
            WINDOW,
            *FLAGS,
            "about:blank",
        ]
        self._process = subprocess.Popen(  # noqa: S603, ASYNC220 - a found browser with our own flags; spawning takes milliseconds
            [str(self._executable), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "TMPDIR": str(self._profile)},  # its socket's folder would stay behind in the system's
        )
        note = self._profile / "DevToolsActivePort"
        await until(
            lambda: self._port_in(note) is not None,
            timeout_s=START_S,
            reason="the DevTools port of a participant's own browser",
        )
        try:
            self.browser = await playwright.chromium.connect_over_cdp(
                f"http://127.0.0.1:{self._port_in(note)}", no_defaults=True
            )
        except PlaywrightError as error:
            raise HarnessError(f"a participant's own browser does not answer: {str(error).splitlines()[0]}") from error
        return self.browser

    async def stop(self) -> None:
        """Ends the process, whatever state it is in; safe to call again."""
        if self.browser is not None:
            with contextlib.suppress(PlaywrightError):
                await self.browser.close()
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            await until(lambda: process.poll() is not None, timeout_s=STOP_S, reason="a browser to end")
        except HarnessError:
            process.kill()
            await asyncio.to_thread(process.wait, STOP_S)

    def _port_in(self, note: Path) -> int | None:
        assert self._process is not None
        if self._process.poll() is not None:
            raise HarnessError(
                f"a participant's own browser ended with exit code {self._process.returncode} at its start"
            )
        text = note.read_text(encoding="utf-8") if note.exists() else ""
        return int(text.split()[0]) if text.strip() else None
