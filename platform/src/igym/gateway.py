"""Socket.IO: checks every payload against the registry, knows which connection is whose page, answers what the desk says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import socketio

from igym import desync, events, rows
from igym.desk import Desk
from igym.effects import RefusedError
from igym.store import RefusedDataError, StoreUnavailableError

log = logging.getLogger("igym")
Answer = Mapping[str, Any] | None
DUPLICATE = "duplicate_tab"
UNAVAILABLE = "store_unavailable"
"""Nothing was stored, and nothing is wrong with what was sent: pages send it again."""


@dataclass(frozen=True)
class PageKey:
    participant_id: str
    page_id: str


class Gateway:
    """Owner of the connections. `desk` is set by the composition root before the first one."""

    desk: Desk

    def __init__(self, server: socketio.AsyncServer, *, pause: Callable[[], Awaitable[None]] | None = None) -> None:
        """`pause` comes before each event (test profile)."""
        self._server = server
        self._pause = pause
        self._pages: dict[str, PageKey] = {}
        self._sid_of: dict[str, str] = {}
        handlers: Mapping[str, Callable[[str, Mapping[str, Any]], Awaitable[Answer]]] = {
            "scene_advance": self._scene_advance,
            "lobby_join": self._lobby_join,
            "page_ping": self._page_ping,
            "link_signal": self._link_signal,
            "link_report": self._link_report,
            "episode_report": self._episode_report,
            "session_leave": self._session_leave,
            "data_chunk": self._data_chunk,
            "episode_seal": self._episode_seal,
            "desync_report": self._desync_report,
            "client_log": self._client_log,
        }
        self._handlers = handlers
        server.on("disconnect", self._disconnect)
        server.on("*", self._receive)

    @property
    def handled(self) -> frozenset[str]:
        """Names of the events that pages may send."""
        return frozenset(self._handlers) | {"page_hello"}

    # ---- Pages (the desk's side) ----

    async def emit(self, participant_id: str, event: str, payload: Mapping[str, Any]) -> None:
        """To the participant's page, if it is connected. Our own nonsense never leaves the server."""
        if wrong := events.problem(event, payload, "S->C"):
            raise RuntimeError(f"refusing to send: {wrong}")
        if sid := self._sid_of.get(participant_id):
            await self._server.emit(event, dict(payload), to=sid)

    async def dismiss(self, participant_id: str, page_id: str, code: str, message: str) -> None:
        """Every connection of that page."""
        key = PageKey(participant_id, page_id)
        for sid in [sid for sid, page in self._pages.items() if page == key]:
            await self._server.emit("page_rejected", {"code": code, "message": message}, to=sid)
            self._forget(sid)

    async def close(self, timeout_s: float) -> None:
        """Every connection, so that pages know at once and look for the next server; whoever does not hear is left behind."""
        everybody = [sid for sid, _ in self._server.manager.get_participants("/", None)]
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.gather(*(self._server.disconnect(sid) for sid in everybody)), timeout_s)

    # ---- Receiving ----

    async def _receive(self, event: str, sid: str, payload: Any = None, *more: Any) -> Answer:
        """Every event of every page; nothing that a page sends ends a connection or the server."""
        if self._pause is not None:
            await self._pause()
        wrong = "more than one payload" if more else events.problem(event, payload, "C->S")
        if wrong is not None:
            return await self._refuse(sid, event, "invalid_payload", wrong)
        try:
            if event == "page_hello":
                return await self._page_hello(sid, payload)
            page = self._pages.get(sid)
            if page is None:
                return {"ok": False, "code": "no_hello", "message": "say page_hello first"}
            return await self._handlers[event](page.participant_id, payload)
        except (RefusedError, RefusedDataError) as error:
            return await self._refuse(sid, event, error.code, error.detail)
        except StoreUnavailableError as error:
            log.warning("event %s of %s cannot be stored now: %s", event, self._pages.get(sid), error)
            return {"ok": False, "code": UNAVAILABLE}
        except Exception:
            log.exception("event %s of %s failed", event, self._pages.get(sid))
            return {"ok": False, "code": "server_error"}

    async def _refuse(self, sid: str, event: str, code: str, detail: str) -> Answer:
        page = self._pages.get(sid)
        name = event if event in events.EVENTS else event[:80]
        log.warning("refused %s of %s: %s: %s", name, page.participant_id if page else sid, code, detail)
        await self.desk.note(
            "event_refused",
            {
                "event": name,
                "code": code,
                "detail": detail[:500],
                "participant_id": page.participant_id if page else None,
            },
        )
        await self._server.emit("event_error", {"event": name, "code": code, "detail": detail[:500]}, to=sid)
        return {"ok": False, "code": code, "detail": detail[:500]}

    async def _disconnect(self, sid: str, *_reason: Any) -> None:
        page = self._pages.get(sid)
        current = page is not None and self._sid_of.get(page.participant_id) == sid
        self._forget(sid)
        if page is not None and current:
            await self.desk.command(lambda one: one.disconnected(page.participant_id, page.page_id))

    def _forget(self, sid: str) -> None:
        page = self._pages.pop(sid, None)
        if page is not None and self._sid_of.get(page.participant_id) == sid:
            del self._sid_of[page.participant_id]

    # ---- Handlers ----

    async def _page_hello(self, sid: str, payload: Mapping[str, Any]) -> Answer:
        participant_id, page_id = payload["participant_id"], payload["page_id"]
        if payload["registry_version"] != events.VERSION:
            return {
                "ok": False,
                "code": "outdated",
                "message": "This page is older than the study. Please load it again.",
            }
        if not self.desk.coordinator.knows(participant_id):
            return {
                "ok": False,
                "code": "unknown_participant",
                "message": "This link belongs to nobody. Please begin again at the start page.",
            }
        tab_id = payload.get("tab_id")
        if self.desk.coordinator.open_elsewhere(participant_id, page_id, tab_id):
            await self.desk.note(
                "page_refused", {"participant_id": participant_id, "page_id": page_id, "code": DUPLICATE}
            )
            return {
                "ok": False,
                "code": DUPLICATE,
                "message": "The study is open in another window. Please go on there, or close it and try again here.",
            }
        async with self._entering(sid, PageKey(participant_id, page_id)):
            return await self.desk.ask(lambda one: one.hello(participant_id, page_id, tab_id))

    def _entering(self, sid: str, page: PageKey) -> _Entering:
        return _Entering(self._pages, self._sid_of, sid, page)

    async def _scene_advance(self, who: str, payload: Mapping[str, Any]) -> Answer:
        await self.desk.command(lambda one: one.advance(who, payload["scene_id"]))
        return {"ok": True}

    async def _lobby_join(self, who: str, payload: Mapping[str, Any]) -> Answer:
        await self.desk.command(lambda one: one.join(who, payload["scene_id"]))
        return {"ok": True}

    async def _page_ping(self, _who: str, payload: Mapping[str, Any]) -> Answer:
        return {"ok": True, "seq": payload["seq"]}

    async def _link_signal(self, who: str, payload: Mapping[str, Any]) -> Answer:
        to, seat = self.desk.coordinator.route(who, payload["session_id"], payload["seat"])
        await self.emit(to, "link_signal", {**payload, "seat": seat})
        return {"ok": True}

    async def _link_report(self, who: str, payload: Mapping[str, Any]) -> Answer:
        await self.desk.note("link_report", {**payload, "participant_id": who})
        return {"ok": True}

    async def _episode_report(self, who: str, payload: Mapping[str, Any]) -> Answer:
        await self.desk.note("episode_report", {**payload, "participant_id": who})
        await self.desk.command(lambda one: one.report(who, payload["session_id"], payload["phase"]))
        return {"ok": True}

    async def _session_leave(self, who: str, payload: Mapping[str, Any]) -> Answer:
        await self.desk.command(lambda one: one.leave(who, payload["session_id"], payload["reason"]))
        return {"ok": True}

    async def _data_chunk(self, who: str, payload: Mapping[str, Any]) -> Answer:
        game = self.desk.coordinator.game
        if wrong := rows.problem(payload, seats=game.seats, episodes=game.episodes):
            raise RefusedDataError("wrong_rows", wrong)
        return {"ok": True, "stored_upto": await self.desk.store.save_chunk(who, payload)}

    async def _episode_seal(self, who: str, payload: Mapping[str, Any]) -> Answer:
        missing = await self.desk.store.save_seal(who, payload)
        if not missing:
            session_id, episode, seat = payload["session_id"], payload["episode"], payload["seat"]
            await self.desk.command(lambda one: one.sealed(session_id, episode, seat))
        return {"ok": True, "missing": missing}

    async def _desync_report(self, who: str, payload: Mapping[str, Any]) -> Answer:
        game = self.desk.coordinator.game
        if self.desk.coordinator.member(who, payload["session_id"]) != payload["seat"]:
            raise RefusedDataError("not_a_member", f"seat {payload['seat']} is not this participant's")
        if wrong := desync.problem(payload, seats=game.seats, episodes=game.episodes):
            raise RefusedDataError("wrong_report", wrong)
        await self.desk.desync(payload)
        return {"ok": True}

    async def _client_log(self, who: str, payload: Mapping[str, Any]) -> Answer:
        log.warning("page of %s: %s: %s", who, payload["level"], payload["text"][:500])
        await self.desk.note("client_log", {**payload, "participant_id": who})
        return {"ok": True}


class _Entering:
    """Registers a connection as a page's before the coordinator speaks to it; takes it back if the page is refused."""

    def __init__(self, pages: dict[str, PageKey], sid_of: dict[str, str], sid: str, page: PageKey) -> None:
        self._pages, self._sid_of, self._sid, self._page = pages, sid_of, sid, page
        self._before = sid_of.get(page.participant_id)

    async def __aenter__(self) -> None:
        self._pages[self._sid] = self._page
        self._sid_of[self._page.participant_id] = self._sid

    async def __aexit__(self, kind: object, _error: object, _trace: object) -> None:
        if kind is None:
            return
        del self._pages[self._sid]
        if self._before is None:
            del self._sid_of[self._page.participant_id]
        else:
            self._sid_of[self._page.participant_id] = self._before
