"""The path to the server suffers while the game goes on between the browsers (chaos handbook 12.5)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass


@pytest.mark.parametrize("env", [pytest.param("kitchen", marks=pytest.mark.smoke), "volley"])
@pytest.mark.parametrize("scenario", ["signal-latency-500"])
def test_a_slow_server_path_loses_no_row(play: Callable[..., RunResult], scenario: str, env: str) -> None:
    raise_unless_pass(play(scenario, env=env).verdict)
