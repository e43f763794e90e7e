"""A participant goes on over the documents of its page: what the one before told is not lost with it."""

from __future__ import annotations

from typing import Any

from igym_harness.documents import Documents

PLAYED: dict[str, Any] = {
    "page": "playing",
    "sessionId": "s1",
    "seat": 0,
    "worker": {"frame": 150},
    "seals": [{"episode": 0}],
    "errors": [],
}
FRESH: dict[str, Any] = {
    "page": "partner-left",
    "sessionId": None,
    "seat": None,
    "worker": None,
    "seals": [],
    "errors": [],
}


def test_one_document_is_told_as_it_is() -> None:
    documents = Documents()
    assert documents.take(1.0, None) is None
    assert documents.take(1.0, PLAYED) == {name: value for name, value in PLAYED.items() if name != "errors"} | {
        "errors": []
    }
    assert documents.take(1.0, {**PLAYED, "page": "finished"})["page"] == "finished"  # type: ignore[index]


def test_the_session_of_the_document_before_is_kept_and_the_screen_is_the_new_ones() -> None:
    documents = Documents()
    documents.take(1.0, PLAYED)
    assert not documents.is_another(1.0)
    assert documents.is_another(2.0)
    joined = documents.take(2.0, FRESH)
    assert joined is not None
    assert (joined["page"], joined["sessionId"], joined["seat"]) == ("partner-left", "s1", 0)
    assert joined["worker"] == {"frame": 150}
    assert joined["seals"] == [{"episode": 0}]


def test_a_document_that_says_nothing_yet_changes_nothing() -> None:
    documents = Documents()
    documents.take(1.0, PLAYED)
    joined = documents.take(2.0, None)
    assert joined is not None
    assert (joined["page"], joined["sessionId"]) == ("playing", "s1")


def test_a_document_that_plays_again_adds_its_seals_once() -> None:
    documents = Documents()
    documents.take(1.0, PLAYED)
    again = {**FRESH, "sessionId": "s1", "seat": 0, "worker": {"frame": 160}, "seals": [{"episode": 1}]}
    for _ in range(3):
        joined = documents.take(2.0, again)
    assert joined is not None
    assert joined["worker"] == {"frame": 160}
    assert joined["seals"] == [{"episode": 0}, {"episode": 1}]
    third = documents.take(3.0, FRESH)
    assert third is not None
    assert third["seals"] == [{"episode": 0}, {"episode": 1}]
