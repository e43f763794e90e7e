"""A relay of our own: coturn on loopback, with a secret that lives as long as the run."""

from __future__ import annotations

import asyncio
import secrets
import signal
import socket
import subprocess
from pathlib import Path
from typing import BinaryIO

from igym_harness.audit import accepts
from igym_harness.deadline import until
from igym_harness.errors import DeadlineError, HarnessError

START_S = 10.0
STOP_S = 5.0


class TurnServer:
    """coturn for one run. `secret_file` is what `igym serve --turn-secret-file` reads."""

    def __init__(self, binary: Path, *, scratch: Path, log: Path) -> None:
        self._binary = binary
        self._scratch = scratch
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._output: BinaryIO | None = None
        self.port = 0
        self.secret_file = scratch / "turn-secret"

    async def start(self) -> None:
        """Returns when it listens. Raises HarnessError with the end of its log."""
        secret = secrets.token_hex(16)
        self.secret_file.write_text(f"{secret}\n", encoding="utf-8")
        self.port = free_port()
        self._output = self._log.open("ab")
        arguments = [
            str(self._binary),
            "-n",
            "--listening-ip=127.0.0.1",
            "--relay-ip=127.0.0.1",
            f"--listening-port={self.port}",
        ]
        arguments += ["--use-auth-secret", f"--static-auth-secret={secret}", "--realm=igym", "--allow-loopback-peers"]
        arguments += ["--no-cli", "--no-tls", "--no-dtls", "--log-file=stdout"]
        arguments += [f"--pidfile={self._scratch}/turn.pid", f"--userdb={self._scratch}/turn.db"]
        self._process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own command line; spawning takes milliseconds, waiting is polled
            arguments, stdout=self._output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self._scratch
        )
        process = self._process
        try:
            await until(
                lambda: process.poll() is not None or accepts(self.port), timeout_s=START_S, reason="coturn to listen"
            )
        except DeadlineError as error:
            raise HarnessError(f"{error.reason}: {self._tail()}") from error
        if process.poll() is not None:
            raise HarnessError(f"coturn ended with exit code {process.returncode}: {self._tail()}")

    def url(self, transport: str) -> str:
        """`transport`: how the browser speaks to the relay, udp or tcp."""
        return f"turn:127.0.0.1:{self.port}?transport={transport}"

    async def stop(self) -> None:
        """By its pid; safe to call again."""
        process = self._process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            await asyncio.to_thread(process.wait, STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            await asyncio.to_thread(process.wait, STOP_S)
        if self._output is not None:
            self._output.close()

    def _tail(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines() if self._log.exists() else []
        return " | ".join(lines[-5:])


def free_port() -> int:
    """Free for UDP and TCP just now; coturn cannot be asked which port it took."""
    with socket.socket() as stream, socket.socket(type=socket.SOCK_DGRAM) as datagrams:
        stream.bind(("127.0.0.1", 0))
        port = int(stream.getsockname()[1])
        datagrams.bind(("127.0.0.1", port))
        return port
