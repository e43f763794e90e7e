"""Who is to blame for a silent page: the product, unless the machine had no processor left before the first fault."""

from __future__ import annotations

import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from igym_chaos.samples import Window
from igym_harness.clock import monotonic_ms
from igym_harness.phases import Phases
from igym_harness.processors import Processors, counted
from igym_harness.watcher import Trouble

STAT = "cpu  100 5 50 800 20 3 2 20 0 0\ncpu0 1 2 3 4 5 6 7 8 0 0\n"
SILENT = Trouble("b", "LIV-2", "the page has not answered for 5.2 s")


def test_idle_counts_waiting_for_disks_and_not_what_the_host_took(tmp_path: Path) -> None:
    stat = tmp_path / "stat"
    stat.write_text(STAT, encoding="ascii")
    assert counted(stat) == (820, 1_000)


def test_the_idle_share_is_that_of_the_window() -> None:
    processors = Processors([(0.0, 0, 0), (1_000.0, 90, 100), (2_000.0, 91, 200), (3_000.0, 92, 300)])
    assert processors.idle(Window(0.0, 1_000.0)) == 0.9
    assert processors.idle(Window(1_000.0, 3_000.0)) == 0.01


def test_nothing_counted_is_no_number() -> None:
    assert math.isnan(Processors().idle(Window(0.0, 1_000.0)))
    assert math.isnan(Processors([(1.0, 5, 9), (2.0, 5, 9)]).idle(Window(0.0, 9.0)))


async def test_a_system_that_does_not_count_is_not_asked_again(tmp_path: Path) -> None:
    processors = Processors()
    await processors.probe(tmp_path / "stat")
    assert processors.samples == []


def phases(phase: str, *, idle: int) -> Phases:
    """In a phase, on a machine with so many percent idle in the last seconds."""
    now_ms = monotonic_ms()
    processors = Processors([(now_ms - 2_000.0, 0, 0), (now_ms - 1_000.0, idle, 100)])
    rig: Any = SimpleNamespace(phasing=SimpleNamespace(name=phase), processors=processors)
    return Phases(rig, sabotage=None)


@pytest.mark.parametrize(
    ("phase", "idle", "blame"),
    [
        ("gate", 2, "harness"),
        ("boot", 2, "harness"),
        ("gate", 30, "product"),
        ("faults", 2, "product"),
        ("drain", 2, "product"),
    ],
)
def test_only_before_the_first_fault_is_a_machine_without_processor_to_blame(phase: str, idle: int, blame: str) -> None:
    assert phases(phase, idle=idle).blame_for(SILENT) == blame


def test_a_page_error_is_the_products_on_any_machine() -> None:
    assert phases("gate", idle=0).blame_for(Trouble("b", "CLI-1", "pageerror: boom")) == "product"


def test_the_message_says_how_much_was_left() -> None:
    assert phases("gate", idle=2).surroundings() == " (processors 2 % idle)"
