"""What a server that is started anew makes of what the one before left: after a stop, a kill, and a crash at any instant."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import os
import secrets
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from igym import Experiment, Game, ThankYou
from igym.coordinator import Coordinator
from igym.desk import Desk
from igym.effects import Effect
from igym.exports import Exporter
from igym.recovery import events, left
from igym.store import Store

START_S = 30.0
END_S = 15.0
GAME = Game(id="game", environment="world.py:World", episodes=1)
EXPERIMENT = Experiment(id="study", scenes=[GAME, ThankYou()])


def row(frame: int) -> str:
    return json.dumps(
        {
            "frame": frame,
            "actions": [0, 1],
            "rewards": [0.0, 1],
            "terminateds": [False, False],
            "truncateds": [False, False],
            "infos": [{}, {}],
            "focused": [True, True],
            "auto": [False, True],
            "obs_hashes": ["0" * 16, "1" * 16],
            "state_hash": "2" * 16,
        }
    )


def chunk(session_id: str, seat: int, frame: int) -> dict[str, Any]:
    rows = [row(frame)]
    digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    place = {"session_id": session_id, "episode": 0, "seat": seat, "kind": "rows", "seq": frame}
    return {**place, "first_frame": frame, "last_frame": frame, "rows": rows, "sha256": digest}


def seal(session_id: str, seat: int, rows: int) -> dict[str, Any]:
    place = {"session_id": session_id, "episode": 0, "seat": seat, "end_frame": rows - 1, "rows": rows, "chunks": rows}
    return {**place, "input_hash": "x", "state_hash": "y", "verified": True, "reason": "", "stats": {}}


# ---- A process that is killed or stopped ----


class Life:
    """One process of `igym serve`."""

    def __init__(self, process: asyncio.subprocess.Process, url: str, port: int, log: Path) -> None:
        self.process, self.url, self.port, self.log = process, url, port, log

    async def end(self, number: int) -> int:
        self.process.send_signal(number)
        return await asyncio.wait_for(self.process.wait(), END_S)


@asynccontextmanager
async def life(folder: Path, *, port: int = 0) -> AsyncIterator[Life]:
    name = secrets.token_hex(4)
    ready, log = folder / f"ready-{name}.json", folder / f"log-{name}.txt"
    arguments = ["serve", "kitchen", "--port", str(port), "--profile", "test", "--no-certify", "--seed", "1"]
    arguments += ["--data-dir", str(folder / "data"), "--ready-file", str(ready)]
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "igym", *arguments, stdout=output, stderr=output, env=dict(os.environ)
        )
    try:
        async with asyncio.timeout(START_S):
            while not ready.exists():
                assert process.returncode is None, log.read_text(encoding="utf-8")
                await asyncio.sleep(0.02)
        told = json.loads(ready.read_text(encoding="utf-8"))
        yield Life(process, told["url"], told["port"], log)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def arrive(visitor: Any, server: Life, name: str) -> tuple[Any, str]:
    """A page at the waiting room, and its participant."""
    participant = await visitor.begin(server.url)
    page = await visitor.open(server.url)
    assert (await page.hello(participant, name))["ok"]
    assert (await page.ask("scene_advance", {"scene_id": "instructions", "values": {}}))["ok"]
    assert (await page.ask("lobby_join", {"scene_id": "kitchen"}))["ok"]
    return page, participant


@pytest.mark.parametrize(("number", "exit_code"), [(signal.SIGKILL, -9), (signal.SIGTERM, 0)])
async def test_a_game_goes_on_over_the_end_of_the_server(
    tmp_path: Path, visitor: Any, number: int, exit_code: int
) -> None:
    async with life(tmp_path) as first:
        arrived = [await arrive(visitor, first, name) for name in ("a", "b")]
        session = (await arrived[0][0].told("session_assigned"))["session_id"]
        for page, _ in arrived:
            report = {"session_id": session, "episode": 0, "phase": "playing", "frame": 0}
            assert (await page.ask("episode_report", report))["ok"]
        assert (await arrived[0][0].ask("data_chunk", chunk(session, 0, 0)))["ok"]
        assert await first.end(number) == exit_code
        assert "Traceback" not in first.log.read_text(encoding="utf-8")
        for page, _ in arrived:
            await page.client.disconnect()
    async with life(tmp_path, port=first.port) as second:
        pages = [await visitor.open(second.url) for _ in arrived]
        for page, name, (_, participant) in zip(pages, ("a", "b"), arrived, strict=True):
            answer = await page.hello(participant, name)
            assert (answer["stage"], answer["resumed"]) == ("playing", True)
        assert (await pages[0].ask("episode_seal", seal(session, 0, 2)))["missing"] == [1]
        for seat, page in enumerate(pages):
            for frame in (0, 1):
                assert (await page.ask("data_chunk", chunk(session, seat, frame)))["stored_upto"] == frame
            assert (await page.ask("episode_seal", seal(session, seat, 2)))["missing"] == []
        for page in pages:
            end = await page.told("session_end")
            assert (end["session_id"], end["reason"]) == (session, "completed")
        assert await second.end(signal.SIGTERM) == 0
        folder = next((tmp_path / "data").glob(f"*/*/{session}"))
        assert json.loads((folder / "session.json").read_text(encoding="utf-8"))["state"] == "completed"
        assert json.loads((folder / "ep0" / "parity.json").read_text(encoding="utf-8"))["rows"] == {"0": 2, "1": 2}
        for page in pages:
            await page.client.disconnect()


# ---- A crash at any instant, without a process ----


class Source:
    def session_id(self) -> str:
        return "s1"

    def seed(self, session_id: str) -> int:
        return 7


class Nobody:
    """Pages that hear nothing."""

    async def emit(self, participant_id: str, event: str, payload: Mapping[str, Any]) -> None: ...
    async def dismiss(self, participant_id: str, page_id: str, code: str, message: str) -> None: ...


class CrashError(Exception):
    """The process is gone."""


class Brittle(Desk):
    """Dies before the effect of this number."""

    def __init__(self, *arguments: Any, dies_at: int | None, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.left = dies_at

    async def _carry_out(self, effect: Effect) -> None:
        if self.left is not None:
            if self.left == 0:
                raise CrashError
            self.left -= 1
        await super()._carry_out(effect)


def opened(folder: Path, *, dies_at: int | None = None) -> tuple[Brittle, Store, Exporter]:
    store = Store(folder / "study" / "igym.sqlite3")
    exporter = Exporter(store, folder, "study")
    one = Coordinator(EXPERIMENT, Source(), profile="test", runtime={}, ice=lambda _: {})
    return Brittle(one, store, exporter, Nobody(), setup={}, dies_at=dies_at), store, exporter


async def match(desk: Brittle, store: Store) -> None:
    """From two arrivals to the files of a session that is complete."""
    for name in ("a", "b"):
        await desk.command(partial(Coordinator.create, participant_id=name, completion_code=f"CODE-{name}"))
        await desk.ask(partial(Coordinator.hello, participant_id=name, page_id=f"page-{name}"))
        await desk.command(partial(Coordinator.join, participant_id=name, scene_id="game"))
    for name in ("a", "b"):
        await desk.command(partial(Coordinator.report, participant_id=name, session_id="s1", phase="playing"))
    for seat, name in enumerate(("a", "b")):
        await store.save_chunk(name, chunk("s1", seat, 0))
        assert await store.save_seal(name, seal("s1", seat, 1)) == []
        await desk.command(partial(Coordinator.sealed, session_id="s1", episode=0, seat=seat))


EFFECTS_AT_LEAST = 25
STATES = {"connecting": "cut", "running": "running", "completed": "completed"}
"""As it is stored at the crash -> as it is after the start; one whose seals are all there is completed."""


async def test_a_crash_before_any_effect_leaves_nothing_half_done(tmp_path: Path) -> None:
    """Every effect of a match in turn is the one that the server does not live to see."""
    for dies_at in itertools.count():
        folder = tmp_path / str(dies_at)
        desk, store, _ = opened(folder, dies_at=dies_at)
        with suppress(CrashError):
            await match(desk, store)
        await desk.close()
        store.close()
        await nothing_is_half_done(folder)
        if desk.left:
            break
    assert dies_at > EFFECTS_AT_LEAST


async def nothing_is_half_done(folder: Path) -> None:
    """A new server finds the folder, and knows what to do about each session and each participant."""
    desk, store, exporter = opened(folder)
    found = await left(store, exporter, certify=False)
    before = {one.id: one.state for one in found.sessions}
    whole = all(len(one.sealed.get(0, ())) == 2 for one in found.sessions)
    await desk.command(lambda one: one.adopt(found.people, found.sessions, unwritten=found.unwritten))
    now = desk.coordinator.snapshot()
    for name, session in now["sessions"].items():
        expected = "completed" if before[name] == "running" and whole else STATES[before[name]]
        assert session["state"] == expected
        for member in session["members"]:
            stage = now["participants"][member]
            if session["state"] == "running":
                assert (stage["state"], stage["session_id"]) == ("playing", name)
                assert f"gone:{member}" in desk._timers
            else:
                assert (stage["state"], stage["scene"], stage["session_id"]) == ("done", 1, None)
        if session["state"] == "cut":
            assert session["reason"] == "server_restart"
    for name, session in now["sessions"].items():
        if session["state"] == "running":
            continue
        if f"export:{name}" in desk._timers:
            await desk.command(partial(Coordinator.timer, name=f"export:{name}"))
        await desk.close()
        assert exporter.is_whole(name, certified=False)
        about = json.loads((folder / "study" / "game" / name / "session.json").read_text(encoding="utf-8"))
        assert (about["state"], about["reason"]) == (session["state"], session["reason"])
    await desk.close()
    store.close()


async def test_the_event_log_is_the_same_after_a_restart(tmp_path: Path) -> None:
    desk, store, _ = opened(tmp_path)
    await match(desk, store)
    await desk.close()
    kinds = [one["kind"] for one in desk.events]
    store.close()
    _, store, _ = opened(tmp_path)
    again = await events(store, 1_000)
    assert [one["kind"] for one in again] == kinds
    assert all(
        abs(new["monotonic_ms"] - old["monotonic_ms"]) < 1_000.0 for new, old in zip(again, desk.events, strict=True)
    )
    assert [one["kind"] for one in await events(store, 2)] == kinds[-2:]
    store.close()
