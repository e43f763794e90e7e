"""A certificate that says false fails the run; one that says nothing is no verdict."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from igym_harness.checkers.certified import cert_1
from igym_harness.evidence import Evidence

TRUE: dict[str, Any] = {"certified": True, "reason": "", "speed": {"timesRealTime": 180.0}}
FALSE: dict[str, Any] = {"certified": False, "reason": "seat 1, frame 7, rewards.0: the re-simulation differs"}
NULL: dict[str, Any] = {"certified": None, "reason": "node_missing", "detail": "Node is not on PATH"}


@pytest.mark.parametrize(
    ("certificates", "outcome", "said"),
    [
        ({}, "no-data", "no episode was exported"),
        ({"s/ep0": TRUE, "s/ep1": TRUE}, "holds", "2 episodes certified, at 180 times real time"),
        ({"s/ep0": TRUE, "s/ep1": FALSE}, "violated", "s/ep1 is not certified: seat 1, frame 7, rewards.0"),
        ({"s/ep0": NULL, "s/ep1": FALSE}, "violated", "s/ep1"),
        ({"s/ep0": NULL}, "no-data", "node_missing: Node is not on PATH"),
        ({"s/ep0": {}}, "no-data", "no certificate.json"),
    ],
)
def test_every_episode_must_be_certified(good: Evidence, certificates: dict[str, Any], outcome: str, said: str) -> None:
    finding = cert_1(replace(good, certificates=certificates))
    assert finding.outcome == outcome
    assert said in finding.message


def test_the_certificate_of_a_cut_episode_speaks_of_what_there_is(killed: Evidence) -> None:
    assert cert_1(killed).outcome == "holds"
    killed.certificates["s/ep0"]["covers"] = "episode"
    finding = cert_1(killed)
    assert (finding.outcome, "covers 'episode', not the prefix" in finding.message) == ("violated", True)
