"""One registry: both languages hold the same, every event has a sender and a receiver, nonsense is named."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest
import socketio

from igym import assets, coordinator, events, gateway
from igym.events import EVENTS, MAX_SAFE, problem

CLIENT = assets.find().client
FROM_PAGES = {name for name, event in EVENTS.items() if event.direction != "S->C"}
TO_PAGES = {name for name, event in EVENTS.items() if event.direction != "C->S"}
HELLO = {"participant_id": "p", "page_id": "g", "registry_version": 1}
LOG = {"level": "error", "text": "x", "t_ms": 1.5}
CHUNK: dict[str, Any] = {"session_id": "s", "episode": 0, "seat": 0, "seq": 0, "first_frame": 0, "last_frame": 0}
CHUNK |= {"rows": ["{}"], "sha256": "d"}
REPORT: dict[str, Any] = {"session_id": "s", "peer_seat": 1, "state": "up", "route": "host", "t_ms": 1}
SIGNAL: dict[str, Any] = {"session_id": "s", "seat": 1, "generation": 0, "kind": "offer", "payload": {"sdp": ""}}


def text_of(*folders: Path) -> str:
    files = [path for folder in folders for path in folder.rglob("*") if path.suffix in (".py", ".js")]
    return "\n".join(
        path.read_text(encoding="utf-8") for path in files if path.name not in ("events.py", "registry.js")
    )


def test_javascript_has_the_same_registry() -> None:
    file = CLIENT / "app" / "registry.js"
    assert file.read_text(encoding="utf-8") == events.javascript(), (
        "run python -m igym.events > client/src/app/registry.js"
    )


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("page_hello", HELLO),
        ("client_log", LOG),
        ("client_log", {**LOG, "t_ms": 3}),
        ("data_chunk", CHUNK),
        ("data_chunk", {**CHUNK, "rows": []}),
        ("link_report", REPORT),
        ("link_report", {**REPORT, "candidates": None}),
        ("link_report", {**REPORT, "candidates": [1, {"a": None}]}),
        ("link_signal", SIGNAL),
        ("page_ping", {"seq": MAX_SAFE}),
    ],
)
def test_a_payload_as_registered(name: str, payload: object) -> None:
    assert problem(name, payload, "C->S") is None


@pytest.mark.parametrize(
    ("name", "payload", "message"),
    [
        ("no_such", {}, "unknown event 'no_such'"),
        ("session_end", {}, "session_end does not travel C->S"),
        ("page_hello", None, "page_hello: the payload is not an object"),
        ("page_hello", [HELLO], "page_hello: the payload is not an object"),
        ("page_hello", "hi", "page_hello: the payload is not an object"),
        ("page_hello", {**HELLO, "page_id": 5}, "page_hello: page_id is not s"),
        ("page_hello", {**HELLO, "page_id": "x" * 1_000_001}, "page_hello: page_id is not s"),
        ("page_hello", {**HELLO, "registry_version": True}, "page_hello: registry_version is not i"),
        ("page_hello", {**HELLO, "registry_version": 1.0}, "page_hello: registry_version is not i"),
        ("page_hello", {**HELLO, "more": 1}, "page_hello: more is unknown"),
        (
            "page_hello",
            {"participant_id": "p", "page_id": 1},
            "page_hello: page_id is not s, registry_version is not i",
        ),
        ("page_ping", {"seq": MAX_SAFE + 1}, "page_ping: seq is not i"),
        ("client_log", {**LOG, "t_ms": float("nan")}, "client_log: t_ms is not f"),
        ("client_log", {**LOG, "t_ms": 10**400}, "client_log: t_ms is not f"),
        ("client_log", {**LOG, "t_ms": True}, "client_log: t_ms is not f"),
        ("data_chunk", {**CHUNK, "rows": "{}"}, "data_chunk: rows is not [s]"),
        ("data_chunk", {**CHUNK, "rows": ["{}", None]}, "data_chunk: rows is not [s]"),
        ("link_signal", {**SIGNAL, "payload": None}, "link_signal: payload is not j"),
        ("link_signal", {**SIGNAL, "payload": {"sdp": [float("inf")]}}, "link_signal: payload is not j"),
    ],
)
def test_a_malformed_payload_is_named(name: str, payload: object, message: str) -> None:
    assert problem(name, payload, "C->S") == message


@pytest.mark.parametrize("kind", ["x", "", "[q]"])
def test_an_unknown_field_type_is_our_own_mistake(kind: str) -> None:
    with pytest.raises(ValueError, match="no field type"):
        events.fits(kind, ["a"])


def test_every_field_type_is_known() -> None:
    kinds = {kind for event in EVENTS.values() for kind in event.fields.values()}
    assert not [kind for kind in kinds if kind.strip("[]?") not in tuple("sifbj")]


def test_every_event_of_pages_has_a_handler_and_every_handler_an_event() -> None:
    assert gateway.Gateway(socketio.AsyncServer(async_mode="asgi")).handled == FROM_PAGES


@pytest.mark.parametrize("name", sorted(TO_PAGES))
def test_the_server_emits_what_it_may_and_the_page_listens(name: str) -> None:
    assert f'"{name}"' in inspect.getsource(coordinator) + inspect.getsource(gateway)
    assert f'"{name}"' in text_of(CLIENT)


@pytest.mark.parametrize("name", sorted(FROM_PAGES))
def test_the_page_emits_what_it_may(name: str) -> None:
    assert f'"{name}"' in text_of(CLIENT), f"no page sends {name}: delete it"
    assert f'"{name}"' in inspect.getsource(gateway)
