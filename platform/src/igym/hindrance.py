"""What a harness may do to a server of the test profile: make it late, or let its database not grow. In production there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from igym.routes import Asgi
from igym.store import Store

SPARED = ("/healthz", "/debug/")
"""Paths that are never late: one looks through them."""
DELAY_LIMIT_MS = 60_000.0


class Hindrance:
    """Nothing at first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._delay_ms = 0.0

    async def change(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """`delay_ms`: before each answer; `full`: whether the database may not grow. What the store has done so far.

        Raises ValueError naming what is wrong.
        """
        if strange := sorted(set(wanted) - {"delay_ms", "full"}):
            raise ValueError(f"unknown: {', '.join(strange)}; there is delay_ms, full")
        delay_ms = wanted.get("delay_ms", self._delay_ms)
        if isinstance(delay_ms, bool) or not isinstance(delay_ms, int | float) or not 0 <= delay_ms <= DELAY_LIMIT_MS:
            raise ValueError(f"delay_ms is {delay_ms!r}; give a number from 0 to {DELAY_LIMIT_MS:g}")
        self._delay_ms = float(delay_ms)
        if "full" in wanted:
            await self._store.let_grow(not wanted["full"])
        return {"writes": self._store.writes, "write_errors": self._store.write_errors}

    async def pause(self) -> None:
        """The delay."""
        if self._delay_ms > 0:
            await asyncio.sleep(self._delay_ms / 1000.0)

    def around(self, app: Asgi) -> Asgi:
        """The same application, late."""

        async def asgi(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and not scope["path"].startswith(SPARED):
                await self.pause()
            await app(scope, receive, send)

        return asgi
