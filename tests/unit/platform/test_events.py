"""One registry for both languages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

import igym
from igym import events

ROOT = Path(__file__).parents[3]
SOURCE = Path(igym.__file__).parent


def test_the_javascript_half_is_the_one_that_python_writes() -> None:
    written = (ROOT / "client" / "src" / "app" / "registry.js").read_text(encoding="utf-8")
    assert written == events.javascript(), "run: python -m igym.events > client/src/app/registry.js"


def test_every_event_of_the_server_has_an_emitter_and_a_listener() -> None:
    python = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*.py") if path.name != "events.py")
    page = (ROOT / "client" / "src" / "app" / "page.js").read_text(encoding="utf-8")
    for name, event in events.EVENTS.items():
        if event.direction != "C->S":
            assert f'"{name}"' in python, f"nobody emits {name}"
            assert re.search(rf'on\("{name}"', page), f"no page listens to {name}"


def test_every_event_of_a_page_has_an_emitter() -> None:
    client = "\n".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "client" / "src").rglob("*.js")
        if path.name != "registry.js"
    )
    for name, event in events.EVENTS.items():
        if event.direction != "S->C":
            assert f'"{name}"' in client, f"no page emits {name}"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("s", ["", "x"], [None, 1, b"x", "x" * 1_000_001]),
        ("i", [0, -1, 2**53 - 1], [1.0, True, None, "1", 2**53]),
        ("f", [0, 1.5, -2], [True, None, "1", float("nan"), float("inf"), 10**400]),
        ("b", [True, False], [0, 1, None]),
        ("j", [0, "", [], {}], [None, {"x": float("nan")}]),
        ("[s]", [[], ["a"]], ["a", [1], None, ["a", None]]),
        ("i?", [None, 1], [1.5, "1"]),
    ],
)
def test_types(kind: str, good: list[Any], bad: list[Any]) -> None:
    assert [value for value in good if not events.fits(kind, value)] == []
    assert [value for value in bad if events.fits(kind, value)] == []


def test_an_unknown_type_is_our_own_nonsense() -> None:
    with pytest.raises(ValueError, match="no field type 'q'"):
        events.fits("q", 1)


VERSION = events.VERSION
HELLO = {"participant_id": "p", "page_id": "g", "registry_version": VERSION}
REPORT: dict[str, Any] = {"session_id": "s", "peer_seat": 1, "state": "up", "route": "host", "frame": 7, "t_ms": 1}


@pytest.mark.parametrize(
    ("name", "payload", "said"),
    [
        ("page_hello", HELLO, None),
        ("link_report", REPORT, None),
        ("link_report", {**REPORT, "candidates": [1, {"a": None}]}, None),
        ("no_such", {}, "unknown event 'no_such'"),
        ("session_end", {}, "session_end does not travel C->S"),
        ("page_hello", None, "page_hello: the payload is not an object"),
        ("page_hello", [HELLO], "page_hello: the payload is not an object"),
        ("page_hello", {**HELLO, "page_id": 5}, "page_hello: page_id is not s"),
        ("page_hello", {**HELLO, "more": 1}, "page_hello: more is unknown"),
        (
            "page_hello",
            {"participant_id": "p", "page_id": 1},
            "page_hello: page_id is not s, registry_version is not i",
        ),
        ("link_report", {**REPORT, "candidates": float("inf")}, "link_report: candidates is not j?"),
    ],
)
def test_what_is_wrong_with_a_payload_is_named(name: str, payload: object, said: str | None) -> None:
    assert events.problem(name, payload, "C->S") == said
