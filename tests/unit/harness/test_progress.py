"""The live line."""

from __future__ import annotations

import io

from igym_harness.progress import ProgressLine, Scene, text

SCENE = Scene("faults", 12.34, {"a": 300, "b": None}, {"p2p.loss on b": {"percent": 14.6789}, "x on a": {}})


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_line_names_phase_frames_and_measured_faults() -> None:
    assert text(SCENE) == "  12.3 s  faults   a 300  b -  [p2p.loss on b: percent 14.68]  [x on a: not yet measured]"


def test_on_a_terminal_it_is_written_over_itself() -> None:
    out = Terminal()
    line = ProgressLine(out)
    line.show(SCENE)
    line.show(Scene("heal", 13.0, {}))
    line.end()
    first, second = out.getvalue().removeprefix("\r").split("\r")
    assert len(second.rstrip("\n")) == len(first)
    assert second.endswith("\n")


def test_elsewhere_it_is_written_now_and_then_and_at_each_phase() -> None:
    out, now_s = io.StringIO(), 0.0
    line = ProgressLine(out, monotonic_s=lambda: now_s)
    written = []
    for now_s, phase in ((0.0, "gate"), (1.0, "gate"), (5.0, "gate"), (5.5, "heal")):
        line.show(Scene(phase, now_s, {}))
        written.append(out.getvalue().count("\n"))
    assert written == [1, 1, 2, 3]


def test_the_first_violation_is_told_at_once_and_once() -> None:
    """Between two lines of 5 s, and on a terminal below the line."""
    for out in (io.StringIO(), Terminal()):
        line = ProgressLine(out, monotonic_s=lambda: 0.0)
        line.show(Scene("drain", 0.0, {}))
        for text_of in ("a differs", "a differs", "b differs"):
            line.show(Scene("drain", 0.5, {}, violation=text_of))
        assert out.getvalue().count("first violation: ") == out.getvalue().count("first violation: a differs\n") == 1
