"""CLI checkers: no page complained."""

from __future__ import annotations

import dataclasses

import pytest

from igym_harness.checkers.client import cli_1
from igym_harness.evidence import Evidence, FaultRecord


@pytest.mark.parametrize("kind", ["error", "pageerror", "unhandledrejection", "crash"])
def test_cli_1_sees_every_kind_of_complaint(good: Evidence, kind: str) -> None:
    good.console["b"].append({"type": kind, "text": "TypeError: x is undefined\n  at f", "location": "worker.js:3"})
    finding = cli_1(good)
    assert finding.outcome == "violated"
    assert finding.message == f"b: {kind}: TypeError: x is undefined"
    assert finding.first_bad is not None
    assert finding.first_bad["location"] == "worker.js:3"


def test_cli_1_sees_what_the_page_itself_recorded(good: Evidence) -> None:
    good.statuses["a"]["errors"].append({"kind": "worker", "text": "boom"})
    assert "the page recorded an error: boom" in cli_1(good).message


def test_cli_1_forgives_network_complaints_only_to_whom_the_server_path_was_cut(good: Evidence) -> None:
    complaint = {"type": "error", "text": "WebSocket connection to 'ws://x' failed"}
    good.console["a"].append(complaint)
    assert cli_1(good).outcome == "violated"
    fault = dataclasses.replace(good.faults[0], do="signal.latency", on=("a",))
    cut = dataclasses.replace(good, faults=(fault,))
    assert cli_1(cut).outcome == "holds"
    cut.console["b"].append(complaint)
    assert cli_1(cut).outcome == "violated"


def test_cli_1_without_a_listener_has_no_data(good: Evidence) -> None:
    del good.console["b"]
    assert cli_1(good).outcome == "no-data"
    assert cli_1(dataclasses.replace(good, participants=())).outcome == "no-data"


def test_cli_1_forgives_the_crash_that_was_planned_and_no_other(killed: Evidence, removal: FaultRecord) -> None:
    assert removal.requested_ms is not None
    crash = {"type": "crash", "text": "the page crashed", "location": "", "t_ms": removal.requested_ms + 20.0}
    killed.console["a"].append(crash)
    assert cli_1(killed).outcome == "holds"
    assert cli_1(dataclasses.replace(killed, gone=())).outcome == "violated"
    crash["t_ms"] = removal.requested_ms - 1.0
    assert cli_1(killed).outcome == "violated"
    crash["t_ms"] = removal.requested_ms + 20.0
    killed.console["b"].append(crash)
    assert cli_1(killed).outcome == "violated"
