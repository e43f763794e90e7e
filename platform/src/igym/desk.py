"""Carries out what the coordinator decided: one command at a time, its effects in order, durable ones before they are told."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol, TypeVar

from igym import desync
from igym import effects as say
from igym.coordinator import Coordinator
from igym.effects import Effect, Effects
from igym.exports import Exporter
from igym.store import SessionRecord, Store, StoreUnavailableError

T = TypeVar("T")
Certify = Callable[[str], Awaitable[Mapping[str, Any]]]
log = logging.getLogger("igym")
EVENTS_KEPT = 50_000
STORE_RETRY_S = 0.5


class Pages(Protocol):
    """How a page is reached."""

    async def emit(self, participant_id: str, event: str, payload: Mapping[str, Any]) -> None: ...
    async def dismiss(self, participant_id: str, page_id: str, code: str, message: str) -> None: ...


class Desk:
    """Between the coordinator, which decides, and store, files, timers and pages, which do."""

    def __init__(
        self,
        coordinator: Coordinator,
        store: Store,
        exporter: Exporter,
        pages: Pages,
        *,
        setup: Mapping[str, Any],
        certify: Certify | None = None,
    ) -> None:
        """`setup` is stored with each session; `certify` re-simulates one that was exported."""
        self._setup = setup
        self._certify = certify
        self.coordinator = coordinator
        self.store = store
        self.events: deque[Mapping[str, Any]] = deque(maxlen=EVENTS_KEPT)
        self._exporter = exporter
        self._pages = pages
        self._lock = asyncio.Lock()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    async def command(self, decide: Callable[[Coordinator], Effects]) -> None:
        """Raises RefusedError, and nothing has changed then."""
        await self.ask(lambda one: (None, decide(one)))

    async def ask(self, decide: Callable[[Coordinator], tuple[T, Effects]]) -> T:
        """As `command`, with an answer."""
        async with self._lock:
            answer, effects = decide(self.coordinator)
            for effect in effects:
                await self._carry_out(effect)
            return answer

    async def note(self, kind: str, detail: Mapping[str, Any]) -> None:
        """An entry of the event log."""
        self.events.append({"kind": kind, "monotonic_ms": time.monotonic() * 1000.0, **detail})
        await self._kept(lambda: self.store.log(kind, detail))

    async def desync(self, report: Mapping[str, Any]) -> None:
        """Two seats differ: durable, in the event log, and with the field as soon as both seats' bytes are here."""
        if not await self._kept(lambda: self.store.save_desync(report)):
            return
        about = {name: value for name, value in report.items() if name != "dump"}
        log.error(
            "session %s: seats %s and %s differ at frame %s",
            *(report[n] for n in ("session_id", "seat", "peer_seat", "frame")),
        )
        await self.note("desync", {**about, "dumped": bool(report["dump"])})
        reports = await asyncio.to_thread(self.store.desyncs, report["session_id"], report["episode"])
        if diff := desync.first_diff(reports):
            await self.note("desync_diff", {"session_id": report["session_id"], "episode": report["episode"], **diff})

    async def close(self) -> None:
        """Stops the timers, finishes what is under way; what the store cannot write is not waited for any more."""
        self._closing = True
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        if self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _carry_out(self, effect: Effect) -> None:
        match effect:
            case say.Emit(participant_id, event, payload):
                await self._pages.emit(participant_id, event, payload)
            case say.Dismiss(participant_id, page_id, code, message):
                await self._pages.dismiss(participant_id, page_id, code, message)
            case say.StartTimer(name, after_ms):
                self._stop_timer(name)
                self._timers[name] = asyncio.get_running_loop().call_later(after_ms / 1000.0, self._ring, name)
            case say.StopTimer(name):
                self._stop_timer(name)
            case say.SaveParticipant(person):
                code, scene, state = person.completion_code, person.scene, person.state
                await self._kept(lambda: self.store.save_participant(person.id, code, scene=scene, state=state))
            case say.SaveSession(session):
                record = SessionRecord(
                    session.id,
                    session.scene_id,
                    session.seed,
                    session.members,
                    session.state,
                    session.reason,
                    self._setup,
                )
                await self._kept(lambda: self.store.save_session(record))
            case say.Export(session_id, episode):
                self._start(self._export(session_id, episode))
            case say.Log(kind, detail):
                await self.note(kind, detail)

    async def _kept(self, write: Callable[[], Awaitable[T]]) -> T:
        """Until the store takes it: while it cannot, nothing else is decided, and nobody is told anything.

        Raises StoreUnavailableError when the desk is closed.
        """
        while True:
            try:
                return await write()
            except StoreUnavailableError as error:
                if self._closing:
                    raise
                log.warning("the store cannot write now: %s", error)
                await asyncio.sleep(STORE_RETRY_S)

    def _ring(self, name: str) -> None:
        self._timers.pop(name, None)
        self._start(self.command(lambda one: one.timer(name)))

    def _stop_timer(self, name: str) -> None:
        if timer := self._timers.pop(name, None):
            timer.cancel()

    def _start(self, work: Awaitable[None]) -> None:
        async def guarded() -> None:
            try:
                await work
            except Exception:
                log.exception("work in the background failed")

        task = asyncio.get_running_loop().create_task(guarded())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _export(self, session_id: str, episode: int | None) -> None:
        """An episode that all sealed; or, at the end of a session, whatever is not written yet."""
        if episode is not None:
            result = await asyncio.to_thread(self._exporter.episode, session_id, episode)
            await self.note("episode_exported", {"session_id": session_id, "episode": episode, **result})
            if result["equal"] is False:
                log.error(
                    "session %s, episode %d: the seats' data differ; see parity.json in %s",
                    session_id,
                    episode,
                    result["folder"],
                )
            record = await asyncio.to_thread(self.store.session, session_id)
            if record is None or record.state != "completed":
                return
        await asyncio.to_thread(self._exporter.session, session_id)
        await self.note("session_exported", {"session_id": session_id})
        played = await asyncio.to_thread(self.store.sealed_episodes, session_id)
        if self._certify is not None and played:
            certified = await self._certify(session_id)
            if certified["certified"] is not True:
                level = logging.ERROR if certified["certified"] is False else logging.WARNING
                log.log(level, "session %s is not certified: %s", session_id, certified["reason"])
            await self.note("session_certified", {"session_id": session_id, **certified})
