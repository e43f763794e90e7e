"""The composition root of the server: everything built once, handed on by argument."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import socketio

from igym import recovery, routes
from igym.assets import Assets
from igym.certify import Certifier, keep_build
from igym.coordinator import Coordinator
from igym.desk import EVENTS_KEPT, Desk
from igym.exports import Exporter
from igym.gateway import Gateway
from igym.hindrance import Hindrance
from igym.loading import Loaded
from igym.runtime import Runtime
from igym.store import Store, StoreUnavailableError
from igym.turn import Reach

log = logging.getLogger("igym")
Profile = Literal["production", "test"]
MESSAGE_LIMIT = 8_000_000
CODE_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
CODE_LENGTH = 8


@dataclass(frozen=True)
class Options:
    """How to serve. `seed`: None for a random one; `nonce`: tells this server from any other on its port."""

    data: Path
    profile: Profile = "production"
    seed: int | None = None
    nonce: str = ""
    certify: bool = True
    """Re-simulate each session when it is over."""
    reach: Reach = field(default_factory=Reach)


@dataclass
class RandomSource:
    """Identifiers from the system's randomness; seeds too, unless the server was given one."""

    seed_of_all: int | None
    sessions: int = 0
    """How many there were."""

    def session_id(self) -> str:
        return secrets.token_hex(8)

    def seed(self, session_id: str) -> int:
        """The n-th session of a seeded server always has the same seed."""
        self.sessions += 1
        if self.seed_of_all is None:
            return secrets.randbits(32)
        return int.from_bytes(hashlib.sha256(f"{self.seed_of_all}|{self.sessions}".encode()).digest()[:4], "big")


class Server:
    """One server. Two of them can live in one process. `asgi` is what is served between `start` and `stop`."""

    def __init__(self, loaded: Loaded, runtime: Runtime, assets: Assets, options: Options) -> None:
        experiment = loaded.experiment
        self._options = options
        self._store = Store(options.data / experiment.id / "igym.sqlite3")
        sio = socketio.AsyncServer(
            async_mode="asgi", max_http_buffer_size=MESSAGE_LIMIT, ping_interval=5, ping_timeout=10
        )
        hindrance = Hindrance(self._store) if options.profile == "test" else None
        self._gateway = Gateway(sio, pause=hindrance.pause if hindrance else None)
        self._source = RandomSource(options.seed)
        coordinator = Coordinator(
            experiment,
            self._source,
            profile=options.profile,
            runtime=runtime.message,
            ice=options.reach.configuration,
        )
        exporter = self._exporter = Exporter(self._store, options.data, experiment.id)
        builds = options.data / experiment.id / "builds"
        setup = {
            "build": keep_build(runtime, assets.pyodide, builds),
            "max_steps": experiment.game.max_steps,
            "fps": (runtime.spec or {}).get("fps"),
        }
        certifier = Certifier(self._store, exporter, builds, assets)
        certify = certifier.session if options.certify else None
        self._desk = Desk(coordinator, self._store, exporter, self._gateway, setup=setup, certify=certify)
        self._gateway.desk = self._desk
        build_id = hashlib.sha256("".join(sorted(runtime.archives)).encode()).hexdigest()[:16]
        self._health = {"ready": False, "build_id": build_id, "nonce": options.nonce, "pid": os.getpid(), "port": 0}
        debug = {"events": lambda: {"events": list(self._desk.events)}, "snapshot": coordinator.snapshot}
        pages = routes.build(
            experiment=experiment,
            assets=assets,
            runtime=runtime,
            begin=self._begin,
            knows=coordinator.knows,
            health=lambda: self._health,
            debug=debug if options.profile == "test" else {},
            hinder=hindrance.change if hindrance else None,
        )
        whole = routes.guarded(socketio.ASGIApp(sio, pages))
        self.asgi = hindrance.around(whole) if hindrance else whole

    async def start(self, port: int) -> None:
        """What an earlier run left is taken over: participants are known again, and games that run go on."""
        found = await recovery.left(self._store, self._exporter, certify=self._options.certify)
        self._source.sessions = len(found.sessions)
        self._desk.events.extend(await recovery.events(self._store, EVENTS_KEPT))
        await self._desk.note("server_started", {"pid": os.getpid(), "port": port})
        await self._desk.command(lambda one: one.adopt(found.people, found.sessions, unwritten=found.unwritten))
        self._health |= {"ready": True, "port": port}

    async def leave(self, timeout_s: float) -> None:
        """The pages are let go, before the port is closed and `stop` comes."""
        await self._gateway.close(timeout_s)

    async def stop(self) -> None:
        """Everything acknowledged is on disk."""
        await self._desk.close()
        try:
            await self._desk.note("server_stopped", {"pid": os.getpid()})
        except StoreUnavailableError as error:
            log.error("the store could not write at the end: %s", error)  # noqa: TRY400 - there is nothing to trace
        self._store.close()

    async def _begin(self) -> str:
        participant_id = secrets.token_urlsafe(12)
        code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
        await self._desk.command(lambda one: one.create(participant_id, code))
        return participant_id
