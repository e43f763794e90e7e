"""What a fault is: it injects and heals, and pure oracles over recorded telemetry say what it really did.

inject ─▶ settle ─▶ [ window: effect ] ─▶ heal ─▶ settle ─▶ [ window: recovered ]      untouched: the others, same window
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from types import MappingProxyType
from typing import ClassVar

from igym_chaos.readings import Question
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject


@dataclass(frozen=True)
class Effect:
    """What an oracle found. `in_band` is false when there was nothing to measure; `note` says so."""

    asked: dict[str, float]
    measured: dict[str, float]
    band: tuple[float, float]
    n: int
    in_band: bool
    oracle: str
    note: str = ""


def unmeasured(asked: dict[str, float], band: tuple[float, float], *, oracle: str, note: str, n: int = 0) -> Effect:
    """An effect that could not be measured: never in band."""
    return Effect(asked, {}, band, n, in_band=False, oracle=oracle, note=note)


class Fault(ABC):
    """One kind of disturbance; the fields of a subclass are its parameters, units in their names.

    A parameter outside what the injector can do raises ValueError naming the parameter and its range.
    """

    kind: ClassVar[str]
    injectors: ClassVar[tuple[str, ...]]
    """The means, the default first: C CDP rule, U UDP relay, T Toxiproxy, ... (chaos handbook, terms)."""
    knobs: ClassVar[tuple[str, ...]]
    """What it writes: two faults that write one knob of one participant at one time do not add up and are refused."""
    targets: ClassVar[int | None] = None
    """How many participants it takes; None: any number."""
    of_server: ClassVar[bool] = False
    """Its target is the server."""
    minimum_window_s: ClassVar[float] = 0.0
    """A shorter window cannot hold the oracle's band."""
    heal_s: ClassVar[float] = 0.0
    """How long its heal may take."""
    needs_speed: ClassVar[bool] = False
    """Its oracle compares how fast the threads of its targets' pages work."""
    asks: ClassVar[Mapping[str, Question]] = MappingProxyType({})
    """What its oracle has the harness ask every participant, by name."""
    ends_itself: ClassVar[bool] = False
    """There is nothing to heal: it is done once, or is over when its time is."""
    renews: ClassVar[bool] = False
    """Its targets' pages begin anew: what ran in their document is over, whether or not they take part again."""
    removes: ClassVar[bool] = False
    """Its targets' pages are gone for good: nothing is done to them any more, and they are to end `gone`."""
    needs_upgrades: ClassVar[bool] = False
    """Its oracle asks for WebSockets; its targets need a proxy of their own to the server."""
    words: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    """Parameters that are texts, each with what it may be; every other one is a number."""

    @abstractmethod
    async def inject(self, on: Sequence[Subject]) -> None:
        """Puts the fault in force. Raises InjectorError."""

    @abstractmethod
    async def heal(self, on: Sequence[Subject]) -> None:
        """Takes it away; may be called twice, and after a failed inject."""

    @abstractmethod
    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """What happened to the participants it was aimed at, while it was in force."""

    @abstractmethod
    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Whether they are back at their baseline after the heal."""

    @abstractmethod
    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Names of participants that were touched although nobody aimed at them."""

    @classmethod
    def parameters(cls) -> tuple[str, ...]:
        """Names of the parameters."""
        return tuple(field.name for field in fields(cls) if field.init)  # type: ignore[arg-type]  # every kind is a dataclass


def require_range(kind: str, parameter: str, value: float, low: float, high: float) -> None:
    """Raises ValueError naming the parameter, its value and the range."""
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if not number or not low <= value <= high:
        raise ValueError(f"{kind}: {parameter} is {value!r}; give a number from {low:g} to {high:g}")


def require_word(fault: Fault, parameter: str) -> None:
    """Raises ValueError naming the parameter, its value and the nearest of what it may be."""
    value, known = getattr(fault, parameter), fault.words[parameter]
    if value not in known:
        near = get_close_matches(str(value), known, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"write one of {', '.join(known)}"
        raise ValueError(f"{fault.kind}: {parameter} is {value!r}; {hint}")
