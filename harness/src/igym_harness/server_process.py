"""The server under test: a child process of ours, known by its nonce, stopped by its pid.

Port 0 always; its address comes from the ready-file. Output goes to a file. Another process that answers on the port
does not know the nonce.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from igym_harness.deadline import until
from igym_harness.errors import DeadlineError, HarnessError, UsageError

START_S = 30.0
TERM_S = 8.0
KILL_S = 5.0
REQUEST_S = 5.0
LOG_TAIL_LINES = 12
SOURCES = ("platform/src", "client/pyodide/src")
CLIENT = "client/src"


@dataclass(frozen=True)
class Serve:
    """What to serve; `settings` are SCENE.OPTION -> value."""

    experiment: str
    data_dir: Path
    ready_file: Path
    nonce: str
    seed: int
    settings: Mapping[str, str | int] = field(default_factory=dict)
    port: int = 0
    """0: any that is free."""
    relay: tuple[str, Path] | None = None
    """TURN URL and file of its secret: no direct paths."""


@dataclass(frozen=True)
class Stopped:
    """How the process ended: exit code as subprocess gives it (negative: signal), and whether SIGKILL was needed."""

    returncode: int
    killed: bool


def command(serve: Serve, python: str = sys.executable) -> list[str]:
    """The command line of contract `igym serve`."""
    arguments = [python, "-m", "igym", "serve", serve.experiment, "--port", str(serve.port)]
    arguments += ["--profile", "test"]
    arguments += ["--data-dir", str(serve.data_dir), "--nonce", serve.nonce, "--ready-file", str(serve.ready_file)]
    arguments += ["--seed", str(serve.seed)]
    if serve.relay is not None:
        url, secret_file = serve.relay
        arguments += ["--turn", url, "--turn-secret-file", str(secret_file), "--relay-only"]
    for name, value in serve.settings.items():
        arguments += ["--set", f"{name}={value}"]
    return arguments


def environ_of(source: Path | None) -> dict[str, str]:
    """What makes the server run from a copy of the source tree, and serve the client in it; nothing without one."""
    if source is None:
        return {}
    return {"PYTHONPATH": os.pathsep.join(str(source / folder) for folder in SOURCES)}


def check_source(source: Path | None) -> None:
    """Raises UsageError for what is no copy of the source tree: the server would come from the own one."""
    missing = [folder for folder in (*SOURCES, CLIENT) if source is not None and not (source / folder).is_dir()]
    if missing:
        raise UsageError(f"--source {source} is no copy of the source tree: {missing[0]} is not there")


class ServerProcess:
    """One server from start to stop. The next one, also on its port, is another object with another nonce."""

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        nonce: str,
        ready_file: Path,
        log: Path,
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self._arguments = list(arguments)
        self._nonce = nonce
        self._ready_file = ready_file
        self.log = log
        self._environ = {**os.environ, **(environ or {}), "PYTHONUNBUFFERED": "1"}
        self._process: subprocess.Popen[bytes] | None = None
        self._output: BinaryIO | None = None
        self.url = ""
        self.port = 0
        self.build_id = ""

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def exit_code(self) -> int | None:
        """None while it runs (or before the start)."""
        return self._process.poll() if self._process else None

    async def start(self, timeout_s: float = START_S) -> None:
        """Returns when the health answer carries our nonce. Raises HarnessError with the end of its log."""
        self._output = self.log.open("ab")
        self._process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own command line; spawning takes milliseconds, waiting is polled
            self._arguments, stdout=self._output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=self._environ
        )
        ready = await self._wait(self._read_ready, timeout_s, "the server's ready-file")
        self.url, self.port = str(ready["url"]).rstrip("/"), int(ready["port"])
        health = await self._wait(self._healthy, timeout_s, "a health answer with our nonce")
        self.build_id = str(health.get("build_id", ""))

    async def end(self, number: int, timeout_s: float = TERM_S) -> int:
        """Sends the signal, and returns the exit code when the process has ended by it. Raises DeadlineError."""
        process = self._process
        assert process is not None
        self.signal(number)
        reason = f"the server to end after {signal.Signals(number).name}"
        await until(lambda: process.poll() is not None, timeout_s=timeout_s, reason=reason)
        return (await self.stop()).returncode

    async def stop(self, *, term_s: float = TERM_S, kill_s: float = KILL_S) -> Stopped:
        """SIGTERM, then SIGKILL after `term_s`. Safe to call again."""
        process = self._process
        if process is None:
            return Stopped(0, killed=False)
        killed = False
        try:
            self.signal(signal.SIGTERM)
            await until(lambda: process.poll() is not None, timeout_s=term_s, reason="the server to stop after SIGTERM")
        except DeadlineError:
            killed = True
            self.signal(signal.SIGKILL)
            await until(lambda: process.poll() is not None, timeout_s=kill_s, reason="the server to die by SIGKILL")
        finally:
            if self._output is not None:
                self._output.close()
        assert process.returncode is not None
        return Stopped(process.returncode, killed=killed)

    async def health(self) -> dict[str, Any]:
        """The health answer; raises OSError or ValueError when there is none."""
        answer = await self.get_json("/healthz")
        if not isinstance(answer, dict):
            raise ValueError(f"/healthz answered {type(answer).__name__}, no object")  # noqa: TRY004 - bad data, not bad code
        return answer

    async def monotonic_ms(self) -> float:
        """The server's own clock, for the ping exchange."""
        return float((await self.health())["monotonic_ms"])

    async def get_json(self, path: str) -> Any:
        return await asyncio.to_thread(_get_json, self.url, path)

    async def post_json(self, path: str, value: Mapping[str, Any]) -> Any:
        return await asyncio.to_thread(_get_json, self.url, path, body=value)

    def log_lines(self) -> list[str]:
        return self.log.read_text(encoding="utf-8", errors="replace").splitlines() if self.log.exists() else []

    async def _wait(
        self, check: Callable[[], Awaitable[dict[str, Any] | None]], timeout_s: float, what: str
    ) -> dict[str, Any]:
        """Until `check` finds something. Raises HarnessError at once when the process ended."""

        async def look() -> dict[str, Any] | None:
            if self.exit_code is not None:
                raise HarnessError(f"the server ended with exit code {self.exit_code} before {what}; {self._tail()}")
            return await check()

        found: dict[str, Any] = await until(look, timeout_s=timeout_s, reason=lambda: f"{what}; {self._tail()}")
        return found

    async def _read_ready(self) -> dict[str, Any] | None:
        if not self._ready_file.exists():
            return None
        ready: dict[str, Any] = json.loads(self._ready_file.read_text(encoding="utf-8"))
        if ready.get("nonce") != self._nonce:
            raise HarnessError(
                f"the ready-file carries the nonce {ready.get('nonce')!r}, not ours: another server wrote it"
            )
        return ready

    async def _healthy(self) -> dict[str, Any] | None:
        try:
            health = await self.health()
        except (OSError, ValueError, http.client.HTTPException):
            return None
        if health.get("nonce") != self._nonce:
            raise HarnessError(f"port {self.port} answers with the nonce {health.get('nonce')!r}: it is not our server")
        return health if health.get("ready") else None

    def signal(self, number: int) -> None:
        """To the process, if it lives."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(number)

    def _tail(self) -> str:
        return "its log ends:\n" + "\n".join(self.log_lines()[-LOG_TAIL_LINES:])


def _get_json(url: str, path: str, *, body: Mapping[str, Any] | None = None) -> Any:
    """Blocking GET (POST of a `body`) of JSON, without any proxy of the environment. Raises OSError, ValueError or HTTPException."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "127.0.0.1", parts.port, timeout=REQUEST_S)
    try:
        headers = {"Accept": "application/json", "Content-Type": "application/json"}
        method, sent = ("GET", None) if body is None else ("POST", json.dumps(body))
        connection.request(method, path, body=sent, headers=headers)
        response = connection.getresponse()
        answer = response.read()
        if response.status != http.HTTPStatus.OK:
            raise ValueError(f"{method} {path} answered {response.status}")
        return json.loads(answer)
    finally:
        connection.close()
