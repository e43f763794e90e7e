"""A wrong bit of one participant's state: the checkers fail, and say at which frame and in which field (chaos handbook 4.1, game.corrupt)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass

pytestmark = pytest.mark.judges

FRAME = 150


def test_a_corrupted_state_fails_and_is_named(play: Callable[..., RunResult]) -> None:
    result = play("game-corrupt", env="kitchen")
    if result.verdict.outcome == "broken":
        raise_unless_pass(result.verdict)
    assert result.verdict.outcome == "fail", result.verdict.headline
    (finding,) = (one for one in result.findings if one.check == "PAR-2")
    assert finding.outcome == "violated"
    assert finding.first_bad is not None
    assert (finding.first_bad["episode"], finding.first_bad["frame"]) == (0, FRAME)
    assert [one["path"] for one in finding.first_bad["fields"]] == ["value['frame']"]
    (fault,) = result.evidence.faults
    assert fault.effect is not None
    assert fault.effect.in_band, fault.effect
