"""Runs a server on a socket of ours until a signal: the port is known, and taken, before anything is told."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import sys
from pathlib import Path

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config

from igym.app import Server
from igym.errors import ConfigError

GRACE_S = 2.0


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; ConfigError if the port is taken."""
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
    except OSError as error:
        made.close()
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}; give another --port, 0 for any"
        ) from error
    made.listen(128)
    made.setblocking(False)
    return made


async def run(server: Server, listening: socket.socket, *, host: str, nonce: str, ready_file: Path | None) -> None:
    """Until SIGTERM or SIGINT."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    port = listening.getsockname()[1]
    await server.start(port)
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104 - shown, not bound
    url = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    if ready_file is not None:
        draft = ready_file.with_name(f"{ready_file.name}.draft")
        draft.write_text(json.dumps({"url": url, "port": port, "pid": os.getpid(), "nonce": nonce}), encoding="utf-8")
        draft.replace(ready_file)
    sys.stdout.write(f"Serving on {url}  (Ctrl-C stops it)\n")
    sys.stdout.flush()

    async def stopped() -> None:
        await stopping.wait()
        await server.leave(GRACE_S)

    try:
        await hypercorn_serve(server.asgi, _config(listening), shutdown_trigger=stopped, mode="asgi")
    finally:
        await server.stop()


def _config(listening: socket.socket) -> Config:
    config = Config()
    config.bind = [f"fd://{listening.fileno()}"]
    config.graceful_timeout = GRACE_S
    config.errorlog = logging.getLogger("hypercorn.error")
    config.websocket_max_message_size = 16 * 1024 * 1024
    return config
