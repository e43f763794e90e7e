"""Swim lanes: what happened to whom, on one time axis."""

from __future__ import annotations

import dataclasses
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from igym_harness.run_sheet import RunSheet, load
from igym_harness.swimlanes import LEFT, RIGHT, WIDTH, Axis, draw


def svg(sheet: RunSheet) -> str:
    match = re.match(r"<svg.*?</svg>", draw(sheet), re.DOTALL)
    assert match
    return match[0]


def test_the_axis_stays_inside_the_picture() -> None:
    axis = Axis(1_000.0, 2_000.0)
    assert (axis.x(1_000.0), axis.x(2_000.0), axis.x(9_000.0)) == (LEFT, WIDTH - RIGHT, WIDTH - RIGHT)


def test_a_lane_shows_fault_frames_round_trips_and_rollbacks_of_its_participant_only(run_folder: Path) -> None:
    picture = svg(load(run_folder))
    root = ElementTree.fromstring(picture)  # noqa: S314 - our own output; well formed or it raises
    texts = [element.text for element in root.iter("text")]
    assert texts.count("f1 p2p.latency") == 1, "only a was disturbed"
    assert {"a", "b", "server", "seat 0", "seat 1", "faults", "0 s"} <= set(texts)
    assert picture.count("<polyline") == 4
    assert picture.count('stroke="var(--ink)"') == 9
    assert picture.count('stroke="var(--unknown)"') == 1


def test_a_fault_of_the_server_is_in_its_own_lane(run_folder: Path) -> None:
    sheet = load(run_folder)
    sheet.effects[0].update(on=["server"], do="server.pause")
    texts = [element.text for element in ElementTree.fromstring(svg(sheet)).iter("text")]  # noqa: S314 - our own output
    assert texts.count("f1 server.pause") == 1


def test_what_was_away_has_a_bar_that_says_so(run_folder: Path) -> None:
    sheet = load(run_folder)
    lane, t_ms = sheet.lanes["b"], sheet.lanes["b"].samples[3].t_ms
    told = [("up", t_ms), ("down", t_ms + 500), ("up", t_ms + 1_500)]
    events = tuple({"t_ms": at_ms, "kind": "connection", "phase": phase} for phase, at_ms in told)
    sheet.lanes["b"] = dataclasses.replace(lane, events=lane.events + events)
    titles = [element.text for element in ElementTree.fromstring(svg(sheet)).iter("title")]  # noqa: S314 - our own output
    assert titles == ["socket down, 1.00 s"]


def test_the_first_bad_frame_is_marked_at_everyone(failed_folder: Path) -> None:
    assert svg(load(failed_folder)).count(">frame 57<") == 2


def test_a_frame_that_is_waited_for_is_not_marked_yet(failed_folder: Path) -> None:
    """A page that is about to simulate frame n says n."""
    sheet = load(failed_folder)
    sheet.facts["first_bad"] = {"frame": 0, "episode": 0}
    lane = sheet.lanes["b"]
    waiting = [dataclasses.replace(one, frame=0) for one in lane.samples]
    sheet.lanes["b"] = dataclasses.replace(lane, samples=tuple(waiting))
    assert svg(sheet).count(">frame 0<") == 1


def test_an_empty_run_has_an_empty_picture(tmp_path: Path) -> None:
    ElementTree.fromstring(svg(RunSheet(tmp_path, {"scenario": "x & y"})))  # noqa: S314 - our own output
