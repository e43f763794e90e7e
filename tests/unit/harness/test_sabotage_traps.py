"""Which trap a fault gets, and what each trap does in place of what was asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest

from igym_chaos.cdp import COMMAND, NetworkRules
from igym_chaos.errors import InjectorError, NotArmedError
from igym_chaos.fault import Effect, Fault
from igym_chaos.faults.clock_jump import ClockJump
from igym_chaos.faults.p2p_loss import PeerLoss
from igym_chaos.faults.server_kill import ServerKill
from igym_chaos.faults.signal_hold import SignalHold
from igym_chaos.faults.tab_hidden import TabHidden
from igym_chaos.faults.tab_reload import TabReload
from igym_chaos.faults.tab_storage import TabStorage
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import ServerIdentity, Subject
from igym_harness.errors import UsageError
from igym_harness.sabotage import OF_THE_RUN
from igym_harness.sabotage_network import LEGACY
from igym_harness.sabotage_trap import NoHeal, StandIn, Trap
from igym_harness.sabotage_traps import TRAPS, checked, traps_of


@dataclass(frozen=True)
class Pretend(Fault):
    """Notes what it was asked to do."""

    kind: ClassVar[str] = "p2p.pretend"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ()
    log: list[str] = field(default_factory=list)

    async def inject(self, on: Sequence[Subject]) -> None:
        self.log.append("inject")

    async def heal(self, on: Sequence[Subject]) -> None:
        self.log.append("heal")

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        raise AssertionError

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        raise AssertionError

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        raise AssertionError


class Control:
    """A page that remembers its commands."""

    own_process = True

    def __init__(self) -> None:
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.ran: list[str] = []

    async def send(self, method: str, parameters: dict[str, Any]) -> None:
        self.sent.append((method, parameters))

    async def run(self, expression: str) -> None:
        self.ran.append(expression)

    async def cover(self) -> None:
        self.sent.append(("cover", {}))


def person(**parts: Any) -> Any:
    return StandIn(
        **{"name": "a", "network": None, "server_path": None, "relay": None, "control": None, "server": None, **parts}
    )


def trap(name: str) -> Trap:
    return TRAPS[name](settle_s=0.0)


def test_one_name_is_every_faults_and_pairs_are_single_faults() -> None:
    assert [type(one) for one in traps_of("inert", ["f1", "f2"], settle_s=1.0).values()] == [TRAPS["inert"]] * 2
    mixed = traps_of("f2=cleared-rules", ["f1", "f2"], settle_s=1.0)
    assert {name: type(one) for name, one in mixed.items()} == {"f1": Trap, "f2": TRAPS["cleared-rules"]}
    for nothing in (None, *OF_THE_RUN):
        assert {type(one) for one in traps_of(nothing, ["f1"], settle_s=1.0).values()} == {Trap}


@pytest.mark.parametrize(
    ("text", "word"),
    [("nonsense", "nonsense"), ("f1=nonsense", "nonsense"), ("f1=arm-late", "arm-late"), ("", "inert")],
)
def test_a_sabotage_that_does_not_exist_is_refused(text: str, word: str) -> None:
    with pytest.raises(UsageError, match=word):
        checked(text)


def test_a_fault_that_does_not_exist_is_named() -> None:
    with pytest.raises(UsageError, match="f9"):
        traps_of("f9=inert", ["f1"], settle_s=1.0)


async def test_inert_does_nothing_and_honest_does_all() -> None:
    fault = Pretend()
    for name, log in (("inert", []), (None, ["inject", "heal"])):
        chosen = Trap(settle_s=0.0) if name is None else trap(name)
        await chosen.inject(fault, [person()])
        await chosen.heal(fault, [person()])
        assert fault.log == log


async def test_no_heal_heals_when_the_oracle_has_looked_or_the_run_is_over() -> None:
    fault, late = Pretend(), NoHeal(settle_s=60.0)
    await late.inject(fault, [person()])
    await late.heal(fault, [person()])
    await asyncio.sleep(0)
    assert fault.log == ["inject"]
    await late.close()
    assert fault.log == ["inject", "heal"]
    soon = NoHeal(settle_s=-0.5)
    await soon.heal(fault, [person()])
    async with asyncio.timeout(5):
        await soon.over()
    assert fault.log == ["inject", "heal", "heal"]


async def test_a_heal_by_an_empty_list_comes_after_the_real_one() -> None:
    fault, control = Pretend(), Control()
    await trap("cleared-rules").heal(fault, [person(control=control)])
    assert fault.log == ["heal"]
    assert control.sent == [(COMMAND, {"offline": False, "matchedNetworkConditions": []})]


async def test_loss_by_the_legacy_command_has_no_latency() -> None:
    control = Control()
    await trap("legacy-loss").inject(PeerLoss(15), [person(control=control)])
    ((method, parameters),) = control.sent
    assert (method, parameters["packetLoss"], parameters["latency"]) == (LEGACY, 15, 0)


async def test_offline_stands_in_the_entry_only() -> None:
    control = Control()
    await trap("entry-offline").inject(Pretend(), [person(control=control)])
    ((_, parameters),) = control.sent
    assert (parameters["offline"], parameters["matchedNetworkConditions"][0]["offline"]) == (False, True)


async def test_focus_emulation_comes_before_the_cover() -> None:
    control = Control()
    await trap("focus-emulation").inject(TabHidden(), [person(control=control)])
    assert [method for method, _ in control.sent] == ["Emulation.setFocusEmulationEnabled", "cover"]


async def test_a_page_that_is_told_that_it_is_hidden_is_not_covered() -> None:
    control = Control()
    await trap("hidden-by-script").inject(TabHidden(), [person(control=control)])
    assert control.sent == []
    assert "hidden" in control.ran[0]


async def test_a_toxic_without_toxicity_is_added_where_it_was_asked() -> None:
    added: list[float] = []

    class Path:
        async def add(self, *_: Any, toxicity: float = 1.0, **__: Any) -> None:
            added.append(toxicity)

    await trap("toxicity-zero").inject(SignalHold(), [person(server_path=Path())])
    assert added == [0.0, 0.0]


async def test_an_impostor_answers_with_the_name_of_the_dead() -> None:
    class Server:
        def __init__(self) -> None:
            self.starts = 0

        async def end(self, _: int) -> int:
            return -9

        async def start(self) -> None:
            self.starts += 1

        async def identity(self) -> ServerIdentity:
            return ServerIdentity(self.starts, f"nonce {self.starts}")

    fault, one, on = ServerKill(), trap("old-nonce"), [person(server=Server())]
    await one.inject(fault, on)
    await one.heal(fault, on)
    assert on[0].server.starts == 1
    assert (fault.lives.exit_code, fault.lives.before) == (-9, fault.lives.after)
    assert not fault.lives.renewed


async def test_commands_of_another_thread_run_there() -> None:
    seen: list[str] = []

    class Elsewhere(Pretend):
        async def inject(self, on: Sequence[Subject]) -> None:
            seen.append(threading.current_thread().name)

    await trap("foreign-thread").inject(Elsewhere(), [person()])
    assert seen
    assert seen[0] != threading.current_thread().name


async def test_a_navigation_within_the_document_loads_nothing() -> None:
    control = Control()
    await trap("same-document").inject(TabReload(), [person(control=control)])
    assert "pushState" in control.ran[0]
    assert control.sent == []


async def test_the_clock_of_the_worker_stays_when_only_the_page_is_told() -> None:
    class Threads(Control):
        async def run_in_worker(self, expression: str) -> None:
            raise AssertionError("the worker was reached")

    control, one = Threads(), trap("page-clock")
    await one.inject(ClockJump(60_000), [person(control=control)])
    await one.heal(ClockJump(60_000), [person(control=control)])
    assert len(control.ran) == 2


async def test_the_storage_of_another_site_is_cleared() -> None:
    class Filled(Control):
        async def run(self, expression: str) -> Any:
            return "http://127.0.0.1:1" if expression == "location.origin" else 5

    control = Filled()
    await trap("another-origin").inject(TabStorage(), [person(control=control)])
    (method, parameters), (other, _) = control.sent
    assert (method, parameters["origin"]) == ("Storage.clearDataForOrigin", "http://elsewhere.example")
    assert other != "DOMStorage.clear"


WITHOUT_A_PAGE = [
    "cleared-rules",
    "legacy-loss",
    "set-offline",
    "detached-session",
    "spare-renderer",
    "same-document",
    "stranger-tab",
    "page-clock",
    "spare-service",
    "another-origin",
]


@pytest.mark.parametrize("name", WITHOUT_A_PAGE)
async def test_a_participant_without_a_page_is_named(name: str) -> None:
    one = trap(name)
    with pytest.raises(InjectorError, match="a"):
        await (one.heal if name == "cleared-rules" else one.inject)(Pretend(), [person()])


async def test_rules_that_were_never_armed_are_refused_not_ignored() -> None:
    """SAB-02 without a lie: a page that is known to be unarmed makes the run broken."""

    async def send(method: str, parameters: dict[str, Any]) -> None: ...

    with pytest.raises(NotArmedError):
        await NetworkRules(send).set(latency=100)
