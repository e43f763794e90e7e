"""Scenario files: data only, one per file, every key known and checked before anything starts (chaos handbook 5)."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from igym_chaos import conflicts
from igym_chaos.anchors import Anchor, AnchorError, parse
from igym_chaos.faults import KINDS, fault_class, injectors_of
from igym_chaos.fields import ScenarioError, Table, nearest
from igym_chaos.subjects import SERVER

__all__ = ["Scenario", "ScenarioError", "all_scenarios", "find", "load"]

SUITES = ("parity", "focus", "latency", "stress", "recovery", "soak", "self")
TIERS = ("browser", "sim")
TOP = (
    "name",
    "doc",
    "suite",
    "tier",
    "seed",
    "tags",
    "covers",
    "fault",
    "heal",
    "budget",
    "participants",
    "topology",
    "workload",
    "expect",
)
PARTICIPANT = ("engine", "process", "join")
TOPOLOGY = ("p2p", "udp_relay", "server_path")
WORKLOAD = ("experiment", "seats", "episodes", "frames", "fps", "inputs")
INPUTS = ("kind", "via", "changes_per_s")
FAULT = ("id", "do", "via", "on", "at", "for", "with", "effect")
HEAL = ("by", "settle")
BUDGET = ("boot", "wall")
EXPECT = ("sometimes", "outcomes", "checks")
DRAWS = ("uniform", "log_uniform", "choice")
LONGEST = 2**22 - 1
IN_A_RUN = frozenset({"scenario.toml", "minimized.toml"})
"""Files of a run's folder, which are not named after their scenario."""
OWN_PROCESS = frozenset(
    {"tab.hidden", "tab.frozen", "proc.stop", "proc.slow", "proc.crash", "proc.kill", "proc.network-service"}
)


@dataclass(frozen=True)
class PlannedFault:
    """One entry of `fault`, as written: draws are not resolved yet. `for_s` None: until `heal.by`."""

    id: str
    do: str
    via: str
    on: tuple[str, ...]
    at: Any
    for_s: float | None
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Heal:
    by: str | None
    settle_s: float


@dataclass(frozen=True)
class Budget:
    """Hard limits, s."""

    boot_s: float
    wall_s: float


@dataclass(frozen=True)
class ParticipantPlan:
    """`join_s`: how long after the others of the fleet they press the buttons that lead to the game."""

    engine: str
    process: str
    join_s: float


@dataclass(frozen=True)
class Topology:
    p2p: str
    udp_relay: bool
    server_path: str


@dataclass(frozen=True)
class Inputs:
    """`seeded` by real keys (`keys`) or by frame (`frames`), or `idle`."""

    kind: str
    via: str
    changes_per_s: float


@dataclass(frozen=True)
class Workload:
    """`frames` None: the environment's own max_steps."""

    experiment: str
    seats: int
    episodes: int
    frames: int | None
    fps: int
    inputs: Inputs


@dataclass(frozen=True)
class Expect:
    sometimes: tuple[str, ...]
    outcomes: Mapping[str, str]
    checks: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """One file, checked."""

    path: Path
    source: bytes
    """The file as it was read."""
    name: str
    doc: str
    suite: str
    tier: tuple[str, ...]
    seed: int
    tags: tuple[str, ...]
    covers: tuple[str, ...]
    faults: tuple[PlannedFault, ...]
    heal: Heal | None
    budget: Budget
    participants: Mapping[str, ParticipantPlan]
    topology: Topology
    workload: Workload
    expect: Expect

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.source).hexdigest()


def folder() -> Path:
    """Where the shipped files lie: beside the package in the wheel, in chaos/scenarios of a checkout."""
    here = Path(__file__).resolve().parent
    shipped = here / "_scenarios"
    return shipped if shipped.is_dir() else here.parents[1] / "scenarios"


def all_scenarios() -> tuple[Scenario, ...]:
    """Every shipped scenario, by name."""
    return tuple(load(path) for path in sorted(folder().glob("*.toml")))


def find(name: str) -> Scenario:
    """A shipped scenario. Raises ScenarioError with the nearest name."""
    path = folder() / f"{name}.toml"
    if not path.is_file():
        raise ScenarioError(f'no scenario "{name}"{nearest(name, (known.stem for known in folder().glob("*.toml")))}')
    return load(path)


def load(path: Path) -> Scenario:
    """Raises ScenarioError that names file, table, key and the fix."""
    try:
        data = path.read_bytes()
        values = tomllib.loads(data.decode())
    except OSError as error:
        raise ScenarioError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{path.name}: is not TOML: {error}") from error
    return _scenario(path, data, Table(values, path.name, TOP))


def _scenario(path: Path, source: bytes, top: Table) -> Scenario:
    name = top.text("name")
    if name != path.stem and path.name not in IN_A_RUN:
        raise ScenarioError(f'{path.name}: name is "{name}"; a file is named after its scenario: "{path.stem}"')
    participants = _participants(top)
    topology = _topology(top)
    faults = _faults(top, participants, topology)
    scenario = Scenario(
        path=path,
        source=source,
        name=name,
        doc=top.text("doc"),
        suite=top.text("suite", one_of=SUITES),
        tier=_tier(top),
        seed=top.whole("seed", 1, low=0, high=2**32 - 1),
        tags=top.texts("tags"),
        covers=top.texts("covers"),
        faults=faults,
        heal=_heal(top, faults),
        budget=_budget(top),
        participants=participants,
        topology=topology,
        workload=_workload(top),
        expect=_expect(top, participants),
    )
    if scenario.workload.seats > len(participants):
        raise ScenarioError(
            f"{top.where} [workload]: seats is {scenario.workload.seats}, but there are {len(participants)} participants"
        )
    if len(participants) % scenario.workload.seats:
        raise ScenarioError(
            f"{top.where} [workload]: {len(participants)} participants do not fill sessions of {scenario.workload.seats} seats;"
            " add or leave out some, or change seats"
        )
    conflicts.check(scenario)
    return scenario


def _tier(top: Table) -> tuple[str, ...]:
    tier = top.raw("tier", "browser")
    tiers = tuple(tier) if isinstance(tier, list) else (tier,)
    if not tiers or any(one not in TIERS for one in tiers):
        raise ScenarioError(f"{top.where}: tier is {tier!r}; write one of {', '.join(TIERS)}, or a list of them")
    return tiers


def _participants(top: Table) -> dict[str, ParticipantPlan]:
    values = top.raw("participants")
    if not isinstance(values, Mapping) or not values:
        raise ScenarioError(
            f"{top.where}: participants is missing: add a table [participants] with one line each, as a = {{}}"
        )
    plans = {}
    if SERVER in values:
        raise ScenarioError(
            f'{top.where} [participants]: "{SERVER}" is the server\'s name; call the participant otherwise'
        )
    for name, one in values.items():
        table = Table(one, f"{top.where} [participants] {name}", PARTICIPANT)
        plans[name] = ParticipantPlan(
            engine=table.text("engine", "chromium", one_of=("chromium",)),
            process=table.text("process", "shared", one_of=("shared", "own")),
            join_s=_join_s(table),
        )
    return plans


def _join_s(table: Table) -> float:
    text = table.text("join", "boot")
    anchor = _anchor(text, f"{table.where}: join")
    if anchor.base != "boot" or anchor.offset_ms < 0:
        raise ScenarioError(f'{table.where}: join is "{text}"; write boot, or boot+2s to come so much later')
    return anchor.offset_ms / 1000.0


def _topology(top: Table) -> Topology:
    table = Table(top.raw("topology", {}), f"{top.where} [topology]", TOPOLOGY)
    return Topology(
        p2p=table.text("p2p", "mesh", one_of=("mesh", "relay-udp", "relay-tcp")),
        udp_relay=table.flag("udp_relay", default=False),
        server_path=table.text("server_path", "direct", one_of=("direct", "toxiproxy")),
    )


def _workload(top: Table) -> Workload:
    table = Table(top.raw("workload"), f"{top.where} [workload]", WORKLOAD)
    inputs = Table(table.raw("inputs", {}), f"{top.where} [workload] inputs", INPUTS)
    changes = inputs.raw("changes_per_s", 4)
    if type(changes) not in (int, float) or not 0 < changes <= 30:
        raise ScenarioError(f"{inputs.where}: changes_per_s is {changes!r}; write a number above 0, up to 30")
    return Workload(
        experiment=table.text("experiment"),
        seats=table.whole("seats", 2, low=1, high=8),
        episodes=table.whole("episodes", 1, low=1, high=1000),
        frames=table.whole("frames", None, low=1, high=LONGEST) if "frames" in table else None,
        fps=table.whole("fps", 30, low=1, high=60),
        inputs=Inputs(
            kind=inputs.text("kind", "seeded", one_of=("seeded", "idle")),
            via=inputs.text("via", "frames", one_of=("keys", "frames")),
            changes_per_s=float(changes),
        ),
    )


def _heal(top: Table, faults: Sequence[PlannedFault]) -> Heal | None:
    if "heal" not in top:
        return None
    table = Table(top.raw("heal"), f"{top.where} [heal]", HEAL)
    by = table.text("by") if "by" in table else None
    hangs_on = _anchor(by, f"{table.where}: by").fault if by is not None else None
    if hangs_on is not None and hangs_on not in {fault.id for fault in faults}:
        raise ScenarioError(f'{table.where}: by hangs on "{hangs_on}", which is no fault of this file')
    return Heal(by, table.seconds("settle", "5s"))


def _budget(top: Table) -> Budget:
    table = Table(top.raw("budget", {}), f"{top.where} [budget]", BUDGET)
    return Budget(table.seconds("boot", "40s"), table.seconds("wall", "90s"))


def _expect(top: Table, participants: Mapping[str, ParticipantPlan]) -> Expect:
    table = Table(top.raw("expect", {}), f"{top.where} [expect]", EXPECT)
    outcomes = Table(table.raw("outcomes", {}), f"{table.where} outcomes", tuple(participants))
    if missing := [name for name in participants if name not in outcomes]:
        raise ScenarioError(
            f"{table.where}: outcomes says nothing of {', '.join(missing)}; write one for every participant"
        )
    return Expect(table.texts("sometimes"), {name: outcomes.text(name) for name in participants}, table.texts("checks"))


def _faults(top: Table, participants: Mapping[str, ParticipantPlan], topology: Topology) -> tuple[PlannedFault, ...]:
    values = top.raw("fault", [])
    if not isinstance(values, list):
        raise ScenarioError(f"{top.where}: fault is {values!r}; write a list of tables")
    faults: list[PlannedFault] = []
    for number, one in enumerate(values):
        fault = _fault(
            Table(one, f"{top.where} fault {number}", FAULT),
            participants,
        )
        if fault.id in {other.id for other in faults}:
            raise ScenarioError(f'{top.where} fault {number}: id "{fault.id}" is used twice')
        proxied = fault.via == "T" or fault_class(fault.do, fault.via).needs_upgrades
        if proxied and topology.server_path != "toxiproxy":
            raise ScenarioError(
                f'{top.where} fault {number}: {fault.do} via {fault.via} needs server_path = "toxiproxy" in [topology]'
            )
        if fault.via == "U" and not topology.udp_relay:
            raise ScenarioError(f"{top.where} fault {number}: {fault.do} via U needs udp_relay = true in [topology]")
        if fault.via == "R" and topology.p2p != "relay-tcp":
            raise ScenarioError(f'{top.where} fault {number}: {fault.do} via R needs p2p = "relay-tcp" in [topology]')
        if fault.via == "C" and topology.udp_relay and fault.do.startswith("p2p."):
            raise ScenarioError(
                f'{top.where} fault {number}: {fault.do} via C and the UDP relay do not go together: write via = "U", or leave udp_relay out'
            )
        if fault.do in OWN_PROCESS and (shared := [name for name in fault.on if participants[name].process != "own"]):
            raise ScenarioError(
                f"{top.where} fault {number}: {fault.do} needs {shared[0]} in a browser of its own:"
                f' write {shared[0]} = {{ process = "own" }} in [participants]'
            )
        wanted = fault_class(fault.do, fault.via).targets
        if wanted is not None and len(fault.on) != wanted:
            raise ScenarioError(
                f"{top.where} fault {number}: {fault.do} takes {wanted} participants in on, there are {len(fault.on)}"
            )
        faults.append(fault)
    for fault in faults:
        for anchor in anchors_of(fault.at):
            if anchor.fault is not None and anchor.fault not in {other.id for other in faults}:
                raise ScenarioError(
                    f'{top.where} fault "{fault.id}": at hangs on "{anchor.fault}", which is no fault of this file'
                )
    _refuse_circles(faults, top.where)
    return tuple(faults)


def _refuse_circles(faults: Sequence[PlannedFault], where: str) -> None:
    """Raises ScenarioError naming a fault that waits for itself, at once or around others: it would never begin."""
    waits = {fault.id: {anchor.fault for anchor in anchors_of(fault.at)} - {None} for fault in faults}
    for start in waits:
        reached, ahead = set[str | None](), list[str | None](waits[start])
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead += waits[str(name)]
        if start in reached:
            raise ScenarioError(
                f'{where} fault "{start}": at waits for itself; hang it on play, or on an earlier fault'
            )


def _fault(table: Table, participants: Mapping[str, ParticipantPlan]) -> PlannedFault:
    do = table.text("do")
    if do not in KINDS:
        raise ScenarioError(f'{table.where}: do is "{do}", which is not built{nearest(do, KINDS)}')
    via = table.text("via", injectors_of(do)[0], one_of=injectors_of(do))
    kind = fault_class(do, via)
    parameters = table.raw("with", {})
    Table(parameters, f"{table.where} with", kind.parameters())
    for name, value in parameters.items():
        _parameter(f"{table.where} with: {name}", value, text=name in kind.words)
    fault = PlannedFault(
        id=table.text("id"),
        do=do,
        via=via,
        on=_of_server(table) if kind.of_server else _targets(table, participants),
        at=table.raw("at"),
        for_s=table.seconds("for") if "for" in table else None,
        parameters=dict(parameters),
    )
    _check_values(fault, table.where)
    anchors = [_anchor(text, f"{table.where}: at") for text in _texts_of(fault.at, table.where)]
    if (
        isinstance(fault.at, Mapping)
        and "uniform" in fault.at
        and len({(one.base, one.episode) for one in anchors}) > 1
    ):
        raise ScenarioError(
            f"{table.where}: at is {fault.at!r}; uniform draws between two anchors of one base and episode: use choice"
        )
    return fault


def _check_values(fault: PlannedFault, where: str) -> None:
    """Both ends of a spread, and each value of a choice, are something that the injector can do."""
    drawable = {name: _drawable(value) for name, value in fault.parameters.items()}
    for turn in range(max(map(len, drawable.values()), default=1)):
        parameters = {name: values[min(turn, len(values) - 1)] for name, values in drawable.items()}
        try:
            fault_class(fault.do, fault.via)(**parameters)
        except TypeError as error:
            raise ScenarioError(
                f"{where} with: {fault.do} takes {', '.join(fault_class(fault.do, fault.via).parameters()) or 'nothing'}: {error}"
            ) from error
        except ValueError as error:
            raise ScenarioError(f"{where} with: {error}") from error


def _of_server(table: Table) -> tuple[str, ...]:
    if "on" in table and table.raw("on") not in (SERVER, [SERVER]):  # a lock's own form
        raise ScenarioError(f"{table.where}: {table.text('do')} is a fault of the server: leave on out")
    return (SERVER,)


def _targets(table: Table, participants: Mapping[str, ParticipantPlan]) -> tuple[str, ...]:
    on = table.raw("on")
    names = (on,) if isinstance(on, str) else tuple(on) if isinstance(on, list) else ()
    if not names or not all(isinstance(name, str) for name in names):
        raise ScenarioError(f"{table.where}: on is {on!r}; write a participant or a list of them")
    if len(set(names)) < len(names):
        raise ScenarioError(f"{table.where}: on is {on!r}; name each participant once")
    for name in names:
        if name not in participants:
            raise ScenarioError(f'{table.where}: on names "{name}"{nearest(name, participants)}')
    return names


def _drawable(value: Any) -> list[Any]:
    return list(next(iter(value.values()))) if isinstance(value, Mapping) else [value]


def _parameter(where: str, value: Any, *, text: bool) -> None:
    if isinstance(value, Mapping):
        Table(value, where, DRAWS)
        if text and "choice" not in value:
            raise ScenarioError(f"{where} is {value!r}; a text is drawn by {{ choice = [...] }}")
        spread = next(iter(value.values()), None)
        if (
            len(value) != 1
            or not isinstance(spread, list)
            or len(spread) < 1
            or ("choice" not in value and len(spread) != 2)
        ):
            raise ScenarioError(
                f"{where} is {value!r}; write {{ uniform = [low, high] }}, {{ log_uniform = [low, high] }} or {{ choice = [...] }}"
            )


def _texts_of(at: Any, where: str) -> tuple[str, ...]:
    drawn = isinstance(at, Mapping) and len(at) == 1
    form, texts = next(iter(at.items())) if drawn else ("choice", [at])
    right_length = isinstance(texts, list) and (len(texts) == 2 if form == "uniform" else len(texts) >= 1)
    if form not in ("uniform", "choice") or not right_length or not all(isinstance(text, str) for text in texts):
        raise ScenarioError(
            f"{where}: at is {at!r}; write an anchor as play+2s, {{ uniform = [anchor, anchor] }} or {{ choice = [anchor, ...] }}"
        )
    return tuple(texts)


def anchors_of(at: Any) -> tuple[Anchor, ...]:
    """The anchors that an `at` can come to."""
    texts = next(iter(at.values())) if isinstance(at, Mapping) else (at,)
    return tuple(parse(text) for text in texts)


def _anchor(text: str, where: str) -> Anchor:
    try:
        return parse(text)
    except AnchorError as error:
        raise ScenarioError(f"{where}: {error}") from error
