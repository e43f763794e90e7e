"""SRV checkers: the server never threw."""

from __future__ import annotations

import dataclasses

import pytest

from igym_harness.checkers.server import srv_3
from igym_harness.evidence import Evidence

TRACEBACK = [
    "Traceback (most recent call last):",
    '  File "gateway.py", line 3, in join',
    "    raise KeyError(seat)",
    "KeyError: 3",
    "later",
]


def test_srv_3_names_the_exception(good: Evidence) -> None:
    good.server_log.extend(TRACEBACK)
    finding = srv_3(good)
    assert finding.outcome == "violated"
    assert finding.message == "server log line 4: KeyError: 3"
    assert finding.first_bad is not None
    assert finding.first_bad["line"] == 4


@pytest.mark.parametrize(
    "line",
    [
        "Task exception was never retrieved",
        "RuntimeWarning: coroutine 'f' was never awaited",
        '"POST /participants 1.1" 500 12',
    ],
)
def test_srv_3_sees_other_forms(good: Evidence, line: str) -> None:
    good.server_log.append(line)
    assert srv_3(good).outcome == "violated"


def test_srv_3_lets_a_broken_server_answer_5xx_but_not_throw(good: Evidence) -> None:
    fault = dataclasses.replace(good.faults[0], do="server.slow", on=())
    broken = dataclasses.replace(good, faults=(fault,))
    broken.server_log.append('"POST /participants 1.1" 503 12')
    assert srv_3(broken).outcome == "holds"
    broken.server_log.extend(TRACEBACK)
    assert srv_3(broken).outcome == "violated"


def test_srv_3_without_log_and_events_has_no_data(good: Evidence) -> None:
    assert srv_3(dataclasses.replace(good, server_log=[], server_events=[])).outcome == "no-data"
