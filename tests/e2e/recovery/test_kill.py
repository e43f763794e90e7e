"""A browser is killed in the middle of an episode: everything confirmed until then is kept, and called partial (DATA-01, UP-02)."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import signal
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from playwright.async_api import async_playwright

from igym_harness.audit import Process, descendants, table
from igym_harness.browser import launch, own_executable
from igym_harness.deadline import until
from igym_harness.participant import Participant
from igym_harness.parts import find_browser
from igym_harness.server_process import Serve, ServerProcess, command

FRAMES = 900
KILL_AT = 240
KEPT_MS = 250.0
"""Play of the killed side that may be lost: rows are uploaded every 200 ms."""
PERIOD_MS = 1000.0 / 30.0
WINDOW_MS = 2000
SCREEN_S = 40.0
END_S = 30.0


@pytest.mark.smoke
def test_what_was_confirmed_before_a_kill_is_kept_at_both_seats(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    played = asyncio.run(kill_one(tmp_path, request.config.getoption("--chaos-browser")))
    folder, seat = played["folder"], played["killed_seat"]
    rows = {at: parquet.read_table(folder / "ep0" / f"seat{at}.parquet").to_pylist() for at in (0, 1)}
    survivor, killed = rows[1 - seat], rows[seat]
    assert [row["frame"] for row in survivor] == list(range(len(survivor)))
    assert len(survivor) - 1 == played["survivor_confirmed"], "every row up to the last confirmed frame"
    lost_ms = (played["killed_confirmed"] + 1 - len(killed)) * PERIOD_MS
    assert lost_ms <= KEPT_MS, f"{lost_ms:.0f} ms of the killed side are lost"
    common = min(len(survivor), len(killed))
    assert common >= KILL_AT - 30
    assert survivor[:common] == killed[:common]
    session = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    assert (session["state"], session["reason"]) == ("cut", "partner_left")
    (seal,) = json.loads((folder / "ep0" / "seal.json").read_text(encoding="utf-8"))["seats"]
    assert (seal["seat"], seal["verified"], seal["reason"], seal["rows"]) == (1 - seat, False, "partial", len(survivor))
    certificate = json.loads((folder / "ep0" / "certificate.json").read_text(encoding="utf-8"))
    assert (certificate["certified"], certificate["covers"]) == (True, "prefix"), certificate["reason"]


async def kill_one(scratch: Path, chosen: str | None) -> dict[str, Any]:
    """Two browsers of their own, one of them gone at frame KILL_AT; what was seen, and where the files are."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(scratch))
        members, processes = {}, {}
        for name in ("a", "b"):
            before = descendants(table(), os.getpid())
            members[name] = await stack.enter_async_context(participant(name, server.url, chosen))
            processes[name] = descendants(table(), os.getpid()) - before
        await asyncio.gather(*(enter(member) for member in members.values()))
        await until(lambda: all_past(members.values()), timeout_s=SCREEN_S, reason=f"frame {KILL_AT} at both pages")
        last = await status(members["b"])
        kill(processes["b"])
        survivor = members["a"]
        await until(lambda: over(survivor), timeout_s=END_S, reason="the survivor's end of the game")
        seen = await status(survivor)
        pattern = f"*/*/{seen['sessionId']}/ep0/certificate.json"
        found = await until(lambda: sorted((scratch / "data").glob(pattern)), timeout_s=END_S, reason=pattern)
        return {
            "folder": found[0].parent.parent,
            "killed_seat": last["seat"],
            "killed_confirmed": last["worker"]["confirmedFrame"],
            "survivor_confirmed": seen["worker"]["confirmedFrame"],
        }


@asynccontextmanager
async def serving(scratch: Path) -> AsyncIterator[ServerProcess]:
    nonce, ready = secrets.token_hex(8), scratch / "ready.json"
    settings: dict[str, str | int] = {"kitchen.max_steps": FRAMES, "kitchen.reconnection_timeout_ms": WINDOW_MS}
    serve = Serve("kitchen", scratch / "data", ready, nonce, 91, settings)
    server = ServerProcess(command(serve), nonce=nonce, ready_file=ready, log=scratch / "server.log")
    try:
        await server.start()
        yield server
    finally:
        await server.stop()


@asynccontextmanager
async def participant(name: str, url: str, chosen: str | None) -> AsyncIterator[Participant]:
    """A page in a Chromium of its own; a browser that was killed has nothing left to close."""
    async with async_playwright() as playwright:
        browser = await launch(playwright, find_browser(chosen, own=own_executable(playwright)))
        try:
            yield await Participant.open(browser, name, base_url=url, server_path=None)
        finally:
            if browser.is_connected():
                await browser.close()


async def enter(member: Participant) -> None:
    """Through the pages, to the game."""
    await member.load(SCREEN_S)
    await member.press("#begin")
    await until(member.hooked, timeout_s=SCREEN_S, reason="the app page")
    await member.script([(frame // 6 + (member.name == "b")) % 6 for frame in range(FRAMES)])
    await until(lambda: at_instructions(member), timeout_s=SCREEN_S, reason="the instructions")
    await member.press("#continue")


async def at_instructions(member: Participant) -> bool:
    return await member.data_state() == "instructions"


async def all_past(members: Any) -> bool:
    frames = [((await status(member)).get("worker") or {}).get("frame", 0) for member in members]
    return bool(min(frames) >= KILL_AT)


async def over(member: Participant) -> bool:
    """The session was cut, and everything this page had is at the server."""
    worker = (await status(member)).get("worker") or {}
    return bool(worker.get("state") == "done" and worker.get("uploadBacklogRows") == 0)


async def status(member: Participant) -> dict[str, Any]:
    found: dict[str, Any] = await member.evaluate("globalThis.igym.status()")
    return found


def kill(processes: set[Process]) -> None:
    """The whole browser, at once; Playwright's own driver stays."""
    for process in processes:
        if "chrom" in process.name:
            os.kill(process.pid, signal.SIGKILL)
