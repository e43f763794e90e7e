"""Three and four browsers, and a world that is as slow as this field's: still one set of rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from igym_harness.run import RunResult
from igym_harness.verdict import raise_unless_pass


@pytest.mark.parametrize("scenario", ["p2p-three-loss-5", "p2p-four-loss-5"])
def test_a_full_mesh_stores_the_same_rows_at_every_seat(play: Callable[..., RunResult], scenario: str) -> None:
    raise_unless_pass(play(scenario, env="kitchen").verdict)
