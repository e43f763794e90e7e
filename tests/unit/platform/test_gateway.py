"""What a page may say: malformed payloads get a clear answer, change nothing, and end nothing."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import pytest

from igym import events
from igym.gateway import Gateway

ROW = json.dumps(
    {
        "frame": 0,
        "actions": [0, 1],
        "rewards": [0.0, 1],
        "terminateds": [False, False],
        "truncateds": [False, False],
        "infos": [{}, {"x": 1}],
        "focused": [True, True],
        "auto": [False, True],
        "obs_hashes": ["0" * 16, "1" * 16],
        "state_hash": "2" * 16,
    }
)
CHUNK = {
    "session_id": "s",
    "episode": 0,
    "seat": 0,
    "kind": "rows",
    "seq": 0,
    "first_frame": 0,
    "last_frame": 0,
    "rows": [ROW],
    "sha256": "x",
}

MALFORMED: list[tuple[str, Any, str]] = [
    ("lobby_join", {}, "scene_id is not s"),
    ("lobby_join", {"scene_id": 7}, "scene_id is not s"),
    ("lobby_join", {"scene_id": "kitchen", "seat": 1}, "seat is unknown"),
    ("lobby_join", "kitchen", "the payload is not an object"),
    ("lobby_join", None, "the payload is not an object"),
    ("page_ping", {"seq": 1.5}, "seq is not i"),
    ("page_ping", {"seq": True}, "seq is not i"),
    ("page_ping", {"seq": 2**60}, "seq is not i"),
    ("scene_advance", {"scene_id": "instructions", "values": {"x": float("nan")}}, "values is not j"),
    ("client_log", {"level": "info", "text": "x", "t_ms": "now"}, "t_ms is not f"),
    ("data_chunk", {**CHUNK, "rows": "{}"}, "rows is not [s]"),
    ("data_chunk", {**CHUNK, "rows": [1]}, "rows is not [s]"),
    ("episode_seal", {"session_id": "s"}, "episode is not i"),
    ("session_assigned", {}, "does not travel C->S"),
    ("game_over", {}, "unknown event 'game_over'"),
]


@pytest.mark.parametrize(("event", "payload", "said"), MALFORMED)
async def test_a_malformed_payload_is_answered_and_the_server_goes_on(
    server: Any, event: str, payload: Any, said: str
) -> None:
    page = await server.page()
    await page.hello(await server.begin())
    answer = await page.ask(event, payload)
    assert (answer["ok"], answer["code"]) == (False, "invalid_payload")
    assert said in answer["detail"]
    told = await page.told("event_error")
    assert (told["event"], told["code"]) == (event, "invalid_payload")
    assert await page.ask("page_ping", {"seq": 1}) == {"ok": True, "seq": 1}


async def test_two_payloads_are_one_too_many(server: Any) -> None:
    page = await server.page()
    await page.hello(await server.begin())
    answer = await page.client.call("page_ping", ({"seq": 1}, {"seq": 2}), timeout=10)
    assert answer["code"] == "invalid_payload"


async def test_nothing_is_taken_before_the_hello(server: Any) -> None:
    page = await server.page()
    assert (await page.ask("page_ping", {"seq": 1}))["code"] == "no_hello"
    assert (await page.hello("nobody"))["code"] == "unknown_participant"
    assert (await page.ask("page_hello", {"participant_id": "x", "page_id": "y", "registry_version": 99}))[
        "code"
    ] == "outdated"


async def matched(server: Any) -> tuple[list[Any], list[dict[str, Any]]]:
    """Two pages at the start of a session, in the order of their seats."""
    pages = []
    for name in ("first", "second"):
        page = await server.page()
        answer = await page.hello(await server.begin(), name)
        assert answer["ok"]
        assert answer["runtime"]["entry"] == "kitchen:Kitchen"
        assert (await page.ask("scene_advance", {"scene_id": "instructions", "values": {}}))["ok"]
        assert (await page.ask("lobby_join", {"scene_id": "kitchen"}))["ok"]
        pages.append(page)
    return pages, [await page.told("session_assigned") for page in pages]


async def test_two_pages_are_matched_in_the_order_of_their_arrival(server: Any) -> None:
    _, assigned = await matched(server)
    assert [one["seat"] for one in assigned] == [0, 1]
    assert assigned[0]["session_id"] == assigned[1]["session_id"]
    assert assigned[0]["seed"] == assigned[1]["seed"]


async def test_signals_go_to_the_peer_with_the_seat_of_the_sender(server: Any) -> None:
    (first, second), (assigned, _) = await matched(server)
    signal = {
        "session_id": assigned["session_id"],
        "seat": 1,
        "generation": 0,
        "kind": "offer",
        "payload": {"sdp": "x"},
    }
    assert (await first.ask("link_signal", signal))["ok"]
    assert await second.told("link_signal") == {**signal, "seat": 0}
    assert (await first.ask("link_signal", {**signal, "seat": 5}))["code"] == "no_such_seat"
    assert (await first.ask("link_signal", {**signal, "session_id": "other"}))["code"] == "not_a_member"


async def test_a_chunk_is_stored_before_it_is_acknowledged_and_only_from_its_own_seat(server: Any) -> None:
    (first, second), (assigned, _) = await matched(server)
    chunk = {**CHUNK, "session_id": assigned["session_id"], "sha256": hashlib.sha256(ROW.encode()).hexdigest()}
    assert await first.ask("data_chunk", chunk) == {"ok": True, "stored_upto": 0}
    assert await first.ask("data_chunk", chunk) == {"ok": True, "stored_upto": 0}
    assert (await second.ask("data_chunk", chunk))["code"] == "not_a_member"
    assert (await first.ask("data_chunk", {**chunk, "sha256": "0" * 64}))["code"] == "wrong_digest"
    assert (await first.ask("data_chunk", {**chunk, "rows": ["[]"]}))["code"] == "wrong_rows"


async def test_a_second_tab_is_told_so_and_changes_nothing(server: Any) -> None:
    participant = await server.begin()
    first, second = await server.page(), await server.page()
    await first.hello(participant, "one", "tab 1")
    refused = await second.hello(participant, "two", "tab 2")
    assert (refused["ok"], refused["code"]) == (False, "duplicate_tab")
    assert "another window" in refused["message"]
    assert (await second.ask("page_ping", {"seq": 1}))["code"] == "no_hello"
    assert (await first.ask("page_ping", {"seq": 1}))["ok"]


async def test_a_reload_takes_over_from_its_old_connection(server: Any) -> None:
    """Also when that has not ended yet."""
    participant = await server.begin()
    old, new = await server.page(), await server.page()
    await old.hello(participant, "old")
    await new.hello(participant, "new")
    assert (await old.told("page_rejected"))["code"] == "duplicate"
    assert (await old.ask("page_ping", {"seq": 1}))["code"] == "no_hello"
    assert (await new.ask("page_ping", {"seq": 1}))["ok"]


async def test_whoever_leaves_ends_the_session_for_all(server: Any) -> None:
    (first, second), (assigned, _) = await matched(server)
    await first.ask("session_leave", {"session_id": assigned["session_id"], "reason": "test"})
    for page in (first, second):
        end = await page.told("session_end")
        assert (end["reason"], end["outcome"], end["next"]) == ("partner_left", "partial", "advance")
        assert (await page.told("scene_activate"))["config"]["completion_code"]


def test_every_event_of_a_page_has_a_handler_and_every_handler_an_event() -> None:
    class Deaf:
        def on(self, *_: object) -> None: ...

    incoming = {name for name, event in events.EVENTS.items() if event.direction != "S->C"}
    assert Gateway(Deaf()).handled == incoming
