"""Every pair that the tables list leads somewhere; every other one is an error."""

from __future__ import annotations

import itertools
from typing import get_args

import pytest

from igym import lifecycle


def test_participants() -> None:
    for state, event in itertools.product(get_args(lifecycle.ParticipantState), get_args(lifecycle.ParticipantEvent)):
        if (state, event) in lifecycle.PARTICIPANT:
            assert lifecycle.after(state, event) in get_args(lifecycle.ParticipantState)
        else:
            with pytest.raises(lifecycle.TransitionError, match=f"no '{event}' in '{state}'"):
                lifecycle.after(state, event)


def test_sessions() -> None:
    for state, event in itertools.product(get_args(lifecycle.SessionState), get_args(lifecycle.SessionEvent)):
        if (state, event) in lifecycle.SESSION:
            assert lifecycle.session_after(state, event) in get_args(lifecycle.SessionState)
        else:
            with pytest.raises(lifecycle.TransitionError, match=f"no '{event}' in '{state}'"):
                lifecycle.session_after(state, event)


def test_an_end_is_an_end() -> None:
    assert not [pair for pair in lifecycle.PARTICIPANT if pair[0] == "done"]
    assert not [pair for pair in lifecycle.SESSION if pair[0] in ("completed", "cut")]
