"""What was away, and when."""

from __future__ import annotations

from typing import Any

from igym_harness.absences import Absence, absences
from igym_harness.run_sheet import Lane


def lane(*events: dict[str, Any]) -> Lane:
    return Lane("a", events=events)


def link(t_ms: float, state: str, seat: int = 1) -> dict[str, Any]:
    return {"t_ms": t_ms, "kind": "link", "peerSeat": seat, "state": state}


def socket(t_ms: float, phase: str) -> dict[str, Any]:
    return {"t_ms": t_ms, "kind": "connection", "phase": phase}


def page(t_ms: float, *, hidden: bool, focused: bool) -> dict[str, Any]:
    return {"t_ms": t_ms, "kind": "visibility", "hidden": hidden, "focused": focused}


def test_connecting_for_the_first_time_is_no_absence() -> None:
    assert absences(lane(socket(1, "greeting"), socket(2, "up"), link(3, "connecting"), link(4, "connected")), 9) == []


def test_a_link_that_was_lost_is_away_until_it_is_back_state_by_state() -> None:
    told = [link(1, "connected"), link(5, "disconnected"), link(7, "failed"), link(9, "connected"), link(12, "closed")]
    assert absences(lane(*told), 20) == [Absence("link", "disconnected", 5, 7), Absence("link", "failed", 7, 9)]


def test_links_to_two_seats_are_two_links() -> None:
    told = [link(1, "connected", 1), link(1, "connected", 2), link(5, "disconnected", 1), link(6, "connected", 2)]
    assert absences(lane(*told), 8) == [Absence("link", "disconnected", 5, 8)]


def test_a_socket_is_away_from_down_to_up() -> None:
    told = [socket(1, "up"), socket(4, "down"), socket(6, "greeting"), socket(7, "up")]
    assert absences(lane(*told), 9) == [Absence("socket", "down", 4, 6), Absence("socket", "greeting", 6, 7)]


def test_a_page_is_hidden_or_without_focus() -> None:
    told = [
        page(0, hidden=False, focused=True),
        page(3, hidden=False, focused=False),
        page(4, hidden=True, focused=False),
    ]
    back = page(8, hidden=False, focused=True)
    assert absences(lane(*told, back), 9) == [Absence("page", "without focus", 3, 4), Absence("page", "hidden", 4, 8)]
