"""Where no direct path exists, the relay carries the game, and the record says that it did (WEBRTC-03, WEBRTC-04)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass


@pytest.mark.parametrize("scenario", ["relay-udp", pytest.param("relay-tcp", marks=pytest.mark.smoke)])
def test_play_through_a_relay_is_the_same_play_and_recorded_as_such(
    play: Callable[..., RunResult], scenario: str
) -> None:
    raise_unless_pass(play(scenario, env="kitchen").verdict)
