"""The tables are the law: every listed pair, and no other."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from igym import lifecycle
from igym.lifecycle import PARTICIPANT, SESSION, TransitionError

PARTICIPANTS = list(itertools.product(get_args(lifecycle.ParticipantState), get_args(lifecycle.ParticipantEvent)))
SESSIONS = list(itertools.product(get_args(lifecycle.SessionState), get_args(lifecycle.SessionEvent)))


@pytest.mark.parametrize("pair", PARTICIPANT, ids="-".join)
def test_a_participants_listed_pair(pair: tuple[lifecycle.ParticipantState, lifecycle.ParticipantEvent]) -> None:
    assert lifecycle.after(*pair) == PARTICIPANT[pair]


@pytest.mark.parametrize("pair", SESSION, ids="-".join)
def test_a_sessions_listed_pair(pair: tuple[lifecycle.SessionState, lifecycle.SessionEvent]) -> None:
    assert lifecycle.session_after(*pair) == SESSION[pair]


@pytest.mark.parametrize("pair", [pair for pair in PARTICIPANTS if pair not in PARTICIPANT], ids="-".join)
def test_a_participants_other_pair_is_an_error(
    pair: tuple[lifecycle.ParticipantState, lifecycle.ParticipantEvent],
) -> None:
    with pytest.raises(TransitionError, match=f"participant: no '{pair[1]}' in '{pair[0]}'"):
        lifecycle.after(*pair)


@pytest.mark.parametrize("pair", [pair for pair in SESSIONS if pair not in SESSION], ids="-".join)
def test_a_sessions_other_pair_is_an_error(pair: tuple[lifecycle.SessionState, lifecycle.SessionEvent]) -> None:
    with pytest.raises(TransitionError, match=f"session: no '{pair[1]}' in '{pair[0]}'"):
        lifecycle.session_after(*pair)


def test_the_ends_are_ends() -> None:
    assert "done" not in {state for state, _ in PARTICIPANT}
    assert {"completed", "cut"}.isdisjoint({state for state, _ in SESSION})
