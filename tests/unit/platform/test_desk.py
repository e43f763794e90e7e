"""The desk waits for the disk: what is decided is durable before anything else is decided, or told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from igym import Experiment, Game, ThankYou
from igym.coordinator import Coordinator
from igym.desk import Desk
from igym.exports import Exporter
from igym.store import Store, StoreUnavailableError

EXPERIMENT = Experiment(id="study", scenes=[Game(id="game", environment="world.py:World"), ThankYou()])
WAITS_S = 1.0


class Source:
    def session_id(self) -> str:
        return "s1"

    def seed(self, session_id: str) -> int:
        return 7


class Pages:
    def __init__(self) -> None:
        self.told: list[str] = []

    async def emit(self, participant_id: str, event: str, payload: Mapping[str, Any]) -> None:
        self.told.append(f"{participant_id} {event}")

    async def dismiss(self, participant_id: str, page_id: str, code: str, message: str) -> None: ...


async def test_a_full_disk_delays_decisions_and_loses_none(tmp_path: Path) -> None:
    store, pages = Store(tmp_path / "igym.sqlite3"), Pages()
    one = Coordinator(EXPERIMENT, Source(), profile="test", runtime={}, ice=lambda _: {})
    desk = Desk(one, store, Exporter(store, tmp_path, "study"), pages, setup={})
    for name in ("a", "b"):
        await desk.command(partial(Coordinator.create, participant_id=name, completion_code=f"CODE-{name}"))
        await desk.ask(partial(Coordinator.hello, participant_id=name, page_id=f"page-{name}"))
    await store.let_grow(False)
    filling = asyncio.create_task(fill(desk))
    await until_it_fails(store)
    joining = asyncio.create_task(both_join(desk))
    done, _ = await asyncio.wait({filling, joining}, timeout=WAITS_S)
    assert done == set()
    assert [line for line in pages.told if "assigned" in line] == []
    filling.cancel()
    await store.let_grow(True)
    await asyncio.wait_for(joining, 10.0)
    assert [line for line in pages.told if "assigned" in line] == ["a session_assigned", "b session_assigned"]
    record = store.session("s1")
    assert record is not None
    assert record.members == ("a", "b")
    await desk.close()
    store.close()


async def test_a_server_that_stops_does_not_wait_for_a_full_disk(tmp_path: Path) -> None:
    store = Store(tmp_path / "igym.sqlite3")
    one = Coordinator(EXPERIMENT, Source(), profile="test", runtime={}, ice=lambda _: {})
    desk = Desk(one, store, Exporter(store, tmp_path, "study"), Pages(), setup={})
    await store.let_grow(False)
    filling = asyncio.create_task(fill(desk))
    await until_it_fails(store)
    await desk.close()
    with pytest.raises(StoreUnavailableError):
        await asyncio.wait_for(filling, 10.0)
    store.close()


async def fill(desk: Desk) -> None:
    while True:
        await desk.note("filler", {"text": "x"})


async def until_it_fails(store: Store) -> None:
    async with asyncio.timeout(10.0):
        while store.write_errors == 0:  # noqa: ASYNC110 - a counter is no event
            await asyncio.sleep(0.01)


async def both_join(desk: Desk) -> None:
    for name in ("a", "b"):
        await desk.command(partial(Coordinator.join, participant_id=name, scene_id="game"))
