"""One run from boot to verdict, with pages and server played by the test: phases, guards, faults and files in order."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar, Literal

import pytest
from playwright.async_api import Error as PlaywrightError

from igym_chaos.anchors import parse
from igym_chaos.cdp import NetworkRules
from igym_chaos.endings import RemovingFault
from igym_chaos.fault import Effect, Fault
from igym_chaos.samples import Ending, Telemetry, Window
from igym_chaos.subjects import Subject
from igym_chaos.toxiproxy import ProxiedPath
from igym_harness import injection, jsonl, observer, phases, run
from igym_harness.collect import Expected
from igym_harness.evidence import Finding, StoreRecord
from igym_harness.injection import Planned
from igym_harness.options import Options
from igym_harness.participant import NoAnswerError, Participant
from igym_harness.plan import Plan
from igym_harness.probe import Answer
from igym_harness.processors import Processors
from igym_harness.run import RunResult
from igym_harness.run_folder import RunFolder
from igym_harness.workload import Workload

FRAMES = 240
FPS = 120
ORIGIN_MS = 1e6
METER = {
    **dict.fromkeys(("raf", "timers", "worker", "blurs", "hides", "freezes", "resumes"), 1),
    "hidden": False,
    "focused": True,
    "gaps": [],
}


class Page:
    """A participant without a browser: its game runs on the wall clock once Continue was pressed."""

    def __init__(self, name: str, seat: int, manner: str) -> None:
        self.name = name
        self.network: NetworkRules | None = None
        self.server_path: ProxiedPath | None = None
        self.turn_path: ProxiedPath | None = None
        self.relay = None
        self.frame_route = None
        self.player = None
        self.control = None
        self.endings: list[Ending] = []
        self.console: list[dict[str, Any]] = []
        self.alterer = None
        self._seat = seat
        self._manner = manner
        self._began_s: float | None = None
        self._asked = 0

    async def load(self, _: float) -> None: ...

    async def press(self, selector: str) -> float:
        if selector == "#continue":
            self._began_s = time.monotonic()
        return time.monotonic() * 1_000.0

    async def hooked(self) -> bool:
        return True

    async def scene(self) -> str:
        return "instructions" if self._began_s is None else "game"

    async def data_state(self) -> str:
        return self._state()

    async def clock_ms(self) -> float:
        return time.monotonic() * 1_000.0 + ORIGIN_MS

    async def ask(self, *, full: bool = False) -> Answer:
        if self.endings:
            raise NoAnswerError(f"{self.name} did not answer: the target is closed")
        self._asked += 1
        if self._manner == "crashes" and self._frame() > FRAMES / 2 and self.name == "b":
            self.end("crash")
        if self._manner == "throws" and self._frame() > FRAMES / 2:
            self.console.append({"t_ms": 0.0, "type": "pageerror", "text": "boom", "location": ""})
        pings = [[ORIGIN_MS + time.monotonic() * 1_000.0 - 5.0, 2.0]]
        link = {"seat": 1 - self._seat, "open": True, "pings": pings}
        link |= {"receivedInputs": self._frame(), "sentInputs": self._frame()}
        playing = self._state() == "playing"
        worker = {"state": "playing" if playing else "done", "episode": 0, "frame": self._frame(), "links": [link]}
        status = {
            "page": self._state(),
            "sessionId": "s1",
            "seat": self._seat,
            "serverPings": [],
            "worker": worker,
            "errors": [],
        }
        event = {"index": self._asked, "kind": "looked", "tMs": ORIGIN_MS + time.monotonic() * 1_000.0}
        return Answer(1.0, await self.clock_ms(), self._state(), status, [event], [], METER)

    async def close(self, trace: Path) -> None:
        if self.endings:
            raise PlaywrightError("Target page, context or browser has been closed")
        self.trace = trace

    def end(self, what: Literal["crash", "close"]) -> None:
        """As the browser tells it."""
        t_ms = time.monotonic() * 1_000.0
        self.endings.append(Ending(t_ms, what))
        self.console.append({"t_ms": t_ms, "type": what, "text": f"the page: {what}", "location": ""})

    async def tab(self) -> str:
        return f"tab of {self.name}"

    def _frame(self) -> int:
        return 0 if self._began_s is None else min(FRAMES, int((time.monotonic() - self._began_s) * FPS))

    def _state(self) -> str:
        if self._began_s is None:
            return "instructions"
        if self._manner == "leaves" and self._frame() == FRAMES:
            return "partner-left"
        return "playing" if self._frame() < FRAMES or self._manner == "stays" else "finished"


class Server:
    url, port, build_id, exit_code = "http://127.0.0.1:1", 1, "b1", None

    async def monotonic_ms(self) -> float:
        return time.monotonic() * 1_000.0

    async def get_json(self, path: str) -> Any:
        created = {"kind": "session_created", "session_id": "s", "members": ["p", "q"]}
        return {"events": [{**created, "monotonic_ms": await self.monotonic_ms()}]}

    def log_lines(self) -> list[str]:
        return ["listening"]


class Browser:
    """Has no list of tabs, so that only DevTools tells who is gone."""

    async def new_browser_cdp_session(self) -> Any:
        raise PlaywrightError("no browser")


class Around:
    """Stands in for Stage."""

    manner = "good"

    def __init__(self, options: Options, **_: Any) -> None:
        self.turn_paths: dict[str, ProxiedPath] = {}
        self.browser, self.server, self.paths, self.problems = Browser(), Server(), {}, []  # type: ignore[var-annotated]
        self.own: dict[str, Any] = {}
        self.relay = None
        self.audit = SimpleNamespace(look=lambda: None)
        self.versions = {"browser": "none"}
        self.server_died = False
        self.stores: list[StoreRecord] = []

    async def find_parts(self) -> None: ...

    async def open(self, folder: RunFolder, **_: Any) -> None:
        folder.server_log.write_text("listening\n", encoding="utf-8")
        if self.manner == "refuses":
            raise RuntimeError("no server today")

    async def close(self) -> tuple[str, ...]:
        return ()


@dataclass(frozen=True)
class Slow(Fault):
    """A fault whose oracle counts the pings of its window."""

    kind: ClassVar[str] = "p2p.latency"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ()
    log: list[str] = field(default_factory=list)

    async def inject(self, on: Sequence[Subject]) -> None:
        self.log.append("inject " + ",".join(one.name for one in on))

    async def heal(self, on: Sequence[Subject]) -> None:
        self.log.append("heal")

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        rtts = telemetry.link_rtts(on[0], window)
        return Effect({"page_ms": 1.0}, {"pings": float(len(rtts))}, (1.0, 1e9), len(rtts), bool(rtts), "ping")

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        return self.effect(telemetry, on, window, baseline)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        return []


@dataclass(frozen=True)
class Gone(RemovingFault):
    """The page of its target ends, if `works`."""

    kind: ClassVar[str] = "tab.close"
    oracle: ClassVar[str] = "DevTools"
    required: ClassVar[tuple[str, ...]] = ("close",)
    works: bool = True

    async def inject(self, on: Sequence[Subject]) -> None:
        for page in on:
            if self.works:
                assert isinstance(page, Page)
                page.end("close")


def removing(fault: Gone) -> dict[str, Any]:
    """What of the plan is another one: a is to be gone, and b to be told so."""
    planned = Planned("f1", fault.kind, "B", ("a",), parse("play+400ms"), None, None, fault, {})
    outcomes = {"a": "gone", "b": "partial"}
    expected = Expected("pretend", 2, 1, FRAMES, False, (), outcomes, planned_faults=("f1",))
    return {"faults": (planned,), "expected": expected}


def plan(fault: Fault) -> Plan:
    planned = Planned(
        "f1", fault.kind, "C", ("a",), parse("play+100ms"), None, parse("frame>=200"), fault, {"page_ms": 1.0}
    )
    expected = Expected("pretend", 2, 1, FRAMES, active=False, sometimes=(), outcomes={}, planned_faults=("f1",))
    idle = Workload(
        scenario="pretend", seed=1, kind="idle", via="keys", changes_per_s=4, frames=FRAMES, fps=FPS, duration_ms=1.0
    )
    return Plan(
        scenario="pretend",
        doc="Nothing real.",
        suite="parity",
        covers=(),
        topology="mesh",
        seed=1,
        participants=("a", "b"),
        proxied=(),
        turn_proxied=(),
        own=(),
        joins_after_s={},
        behind_relay=(),
        routed=(),
        experiment="kitchen",
        settings={},
        episodes=1,
        frames=FRAMES,
        fps=FPS,
        boot_s=5.0,
        wall_s=10.0,
        settle_s=0.6,
        faults=(planned,),
        checks=(),
        workload=idle,
        expected=expected,
    )


Execute = Callable[..., Any]


@pytest.fixture
def execute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Execute:
    scenario, lock = SimpleNamespace(source=b'name = "pretend"\n'), SimpleNamespace(to_json=lambda: "{}")

    async def go(fault: Fault, manner: str = "good", **changes: Any) -> RunResult:
        async def open_page(_: Any, name: str, **__: Any) -> Page:
            return Page(name, seat="ab".index(name), manner=manner)

        monkeypatch.setattr(Participant, "open", open_page)
        monkeypatch.setattr(run, "Stage", type("Set", (Around,), {"manner": manner}))
        monkeypatch.setattr(run, "plan_of", lambda *_: replace(plan(fault), **changes))
        monkeypatch.setattr(phases, "GATE_MS", 300.0)
        monkeypatch.setattr(phases, "EXPORT_S", 0.1)
        monkeypatch.setattr(phases, "PARTIAL_EXPORT_S", 0.1)
        monkeypatch.setattr(injection, "WITNESS_MS", 800.0)
        monkeypatch.setattr(observer, "POLL_S", 0.02)
        # The pages are played; how busy the machine of the tests is must not decide who is to blame.
        monkeypatch.setattr(Processors, "idle", lambda *_: math.nan)
        return await run.execute(scenario, lock, Options(runs=tmp_path / "runs"))  # type: ignore[arg-type]

    return go


def history(result: RunResult, kind: str) -> list[dict[str, Any]]:
    return [event for event in jsonl.read(result.folder / "history.jsonl") if event["kind"] == kind]


async def test_a_run_goes_through_its_phases_and_leaves_its_files(execute: Execute) -> None:
    fault = Slow()
    result: RunResult = await execute(fault)
    assert fault.log == ["inject a", "heal"]
    assert [event["phase"] for event in history(result, "phase")] == [
        "boot",
        "gate",
        "faults",
        "heal",
        "settle",
        "drain",
        "check",
    ]
    assert history(result, "run-ended-early") == []
    (record,) = result.evidence.faults
    assert record.effect is not None
    assert record.effect.in_band
    assert record.window is not None
    noted = [line["phase"] for line in jsonl.read(result.folder / "ledger.jsonl")]
    assert noted == ["planned", "requested", "acknowledged", "effect", "healed", "baseline"]
    for name in (
        "verdict.json",
        "checks.json",
        "env.json",
        "report.html",
        "participants/a/stats.jsonl",
        "server/events.jsonl",
    ):
        assert (result.folder / name).is_file(), name
    assert result.evidence.seat_of == {"a": 0, "b": 1}
    assert len(jsonl.read(result.folder.parent.parent / "log.jsonl")) == 1
    assert (result.folder.parent.parent / "latest").resolve() == result.folder.resolve()


async def test_without_exports_such_a_run_does_not_pass(execute: Execute) -> None:
    result: RunResult = await execute(Slow())
    assert result.verdict.outcome != "pass"


async def test_a_page_error_ends_the_run_at_once_and_heals(execute: Execute) -> None:
    fault = Slow()
    result: RunResult = await execute(fault, "throws")
    assert fault.log == ["inject a", "heal"]
    (early,) = history(result, "run-ended-early")
    assert "boom" in early["reason"]
    assert early["blame"] == "product"
    assert result.verdict.outcome == "fail"


async def test_a_game_that_never_ends_misses_the_budget(execute: Execute) -> None:
    result: RunResult = await execute(Slow(), "stays", wall_s=3.0)
    (early,) = history(result, "run-ended-early")
    assert (early["phase"], early["blame"]) == ("drain", "product")
    assert "within the budget of 3 s" in early["reason"]


async def test_what_breaks_in_boot_is_the_harness_and_has_a_verdict(execute: Execute) -> None:
    result: RunResult = await execute(Slow(), "refuses")
    assert result.verdict.outcome == "broken"
    assert "no server today" in result.verdict.headline
    assert (result.folder / "harness-error.txt").is_file()
    assert (result.folder / "verdict.json").is_file()


def finding(result: RunResult, check: str) -> Finding:
    return next(one for one in result.findings if one.check == check)


async def test_a_page_that_is_gone_as_planned_ends_no_run_and_is_judged_as_gone(execute: Execute) -> None:
    fault = Gone()
    result: RunResult = await execute(fault, "leaves", **removing(fault))
    assert history(result, "run-ended-early") == []
    assert result.evidence.gone == ("a",)
    assert result.evidence.outcomes["a"] == "gone"
    (record,) = result.evidence.faults
    assert record.effect is not None
    assert record.effect.in_band, record.effect
    assert record.recovered is not None
    assert record.recovered.in_band, record.recovered
    assert record.touched == ()
    assert finding(result, "HAR-1").outcome == "holds", "a page that is gone cannot be closed, and need not be"
    assert finding(result, "CLI-1").outcome == "holds"
    assert finding(result, "EFF-2").outcome == "holds"
    told = jsonl.read_json(result.folder / "verdict.json")["participants"]
    assert told["a"]["outcome"] == "gone"


async def test_a_page_that_nobody_removed_is_not_gone_and_the_run_is_unknown(execute: Execute) -> None:
    fault = Gone(works=False)
    result: RunResult = await execute(fault, "good", **removing(fault))
    assert result.evidence.gone == ()
    assert result.verdict.outcome == "unknown", result.verdict.reasons
    assert {"EFF-1", "EFF-2", "LIV-2"} <= set(result.verdict.violated)
    assert "a was to be gone, but its page is on the screen 'finished'" in finding(result, "LIV-2").message


async def test_a_crash_of_another_page_is_still_what_it_is(execute: Execute) -> None:
    fault = Gone()
    result: RunResult = await execute(fault, "crashes", **removing(fault))
    assert result.verdict.outcome == "fail"
    (early,) = history(result, "run-ended-early")
    assert early["reason"].startswith("b: crash")
