"""What a harness may do to a server of the test profile: make it late, let its database not grow, refuse sockets. In production there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from igym.routes import Asgi
from igym.store import Store

SPARED = ("/healthz", "/debug/")
"""Paths that are never late: one looks through them."""
DELAY_LIMIT_MS = 60_000.0
SOCKETS = "/socket.io/"
KNOWN = ("delay_ms", "full", "refuse", "admit")


class Hindrance:
    """Nothing at first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._delay_ms = 0.0
        self._refused: frozenset[str] = frozenset()

    async def change(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """`delay_ms`: before each answer; `full`: whether the database may not grow; `refuse`: hosts, as a page names this server,
        that get 503 for a socket from now on, until `admit` names them. What the store has done so far.

        Raises ValueError naming what is wrong.
        """
        if strange := sorted(set(wanted) - set(KNOWN)):
            raise ValueError(f"unknown: {', '.join(strange)}; there is {', '.join(KNOWN)}")
        delay_ms = wanted.get("delay_ms", self._delay_ms)
        if isinstance(delay_ms, bool) or not isinstance(delay_ms, int | float) or not 0 <= delay_ms <= DELAY_LIMIT_MS:
            raise ValueError(f"delay_ms is {delay_ms!r}; give a number from 0 to {DELAY_LIMIT_MS:g}")
        refuse, admit = (_hosts(wanted, name) for name in ("refuse", "admit"))
        self._delay_ms, self._refused = float(delay_ms), (self._refused | refuse) - admit
        if "full" in wanted:
            await self._store.let_grow(not wanted["full"])
        return {"writes": self._store.writes, "write_errors": self._store.write_errors}

    async def pause(self) -> None:
        """The delay."""
        if self._delay_ms > 0:
            await asyncio.sleep(self._delay_ms / 1000.0)

    def around(self, app: Asgi) -> Asgi:
        """The same application, late, or without sockets."""

        async def asgi(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and not scope["path"].startswith(SPARED):
                await self.pause()
            if scope["type"] != "lifespan" and scope["path"].startswith(SOCKETS) and self._refuses(scope):
                return await _unavailable(scope, send)
            return await app(scope, receive, send)

        return asgi

    def _refuses(self, scope: Any) -> bool:
        return any(name == b"host" and value.decode("latin-1") in self._refused for name, value in scope["headers"])


def _hosts(wanted: Mapping[str, Any], name: str) -> frozenset[str]:
    """Raises ValueError for anything but a list of texts."""
    hosts = wanted.get(name, [])
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        raise ValueError(f"{name} is {hosts!r}; give a list of hosts, as 127.0.0.1:8000")
    return frozenset(hosts)


async def _unavailable(scope: Any, send: Any) -> None:
    """503, also to who asks for a WebSocket."""
    kind = "websocket.http" if scope["type"] == "websocket" else "http"
    await send({"type": f"{kind}.response.start", "status": 503, "headers": [(b"content-length", b"0")]})
    await send({"type": f"{kind}.response.body", "body": b"", "more_body": False})
