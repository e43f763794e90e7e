"""EFF: every fault really happened, to whom it was meant, and ended (chaos handbook 7). Violated means unknown."""

from __future__ import annotations

from dataclasses import dataclass

from igym_chaos.fault import Effect
from igym_harness.evidence import Evidence, FaultRecord, Finding, Outcome, holds, no_data, violated
from igym_harness.expectations import evaluate, input_changes, parse

INPUT_CHANGES_NEEDED = 20


def eff_1(evidence: Evidence) -> Finding:
    """Every planned fault was applied and measured in its band."""
    recorded = {fault.id for fault in evidence.faults}
    lost = [
        _Unproven(planned, f"fault {planned} was planned but never applied")
        for planned in evidence.planned_faults
        if planned not in recorded
    ]
    found = [unproven for fault in evidence.faults if (unproven := _not_in_effect(fault)) is not None]
    return _all_named("EFF-1", [*lost, *found], held=_all_faults(evidence, "measured in band"))


def eff_2(evidence: Evidence) -> Finding:
    """Every fault was healed and its oracle is back at the baseline."""
    found = [unproven for fault in evidence.faults if (unproven := _not_over(fault)) is not None]
    return _all_named("EFF-2", found, held=_all_faults(evidence, "back at the baseline"))


def eff_3(evidence: Evidence) -> Finding:
    """No fault touched a participant that it was not aimed at."""
    check = "EFF-3"
    for fault in evidence.faults:
        if fault.touched:
            return violated(
                check,
                f"{_name(fault)} also touched {', '.join(fault.touched)}",
                fault=fault.id,
                touched=list(fault.touched),
            )
        if fault.window is None:
            return no_data(check, f"{_name(fault)}: no window in which the others were observed")
    return holds(check, _all_faults(evidence, "confined to their targets"))


def eff_4(evidence: Evidence) -> Finding:
    """Everything that must happen sometimes did, and the seats of an active scenario really played."""
    check = "EFF-4"
    shown: list[str] = []
    for text in evidence.expected:
        answer = evaluate(parse(text), evidence)
        values = ", ".join(f"{name}: {value:g}" for name, value in answer.values.items())
        if answer.holds is None:
            return no_data(check, f"{text}: not recorded for everyone ({values or 'no value at all'})")
        if not answer.holds:
            return violated(check, f"{text} did not happen ({values})", expectation=text)
        shown.append(f"{text} ({values})")
    if evidence.active:
        for name in evidence.participants:
            changes = input_changes(evidence, name)
            if changes is None:
                return no_data(check, f"the inputs of {name} were not recorded")
            if changes < INPUT_CHANGES_NEEDED:
                message = f"{name} changed its input {changes:g} times; an active scenario needs {INPUT_CHANGES_NEEDED}"
                return violated(check, message, participant=name, changes=changes)
            shown.append(f"{name} changed its input {changes:g} times")
    return holds(check, "; ".join(shown) or "nothing was required to happen")


@dataclass(frozen=True)
class _Unproven:
    """One fault about which a check can say nothing good. `measured` false: nothing was there to be measured."""

    fault: str
    message: str
    measured: bool = True


def _not_in_effect(fault: FaultRecord) -> _Unproven | None:
    if fault.acknowledged_ms is None:
        return _Unproven(fault.id, f"{_name(fault)}: its injector never acknowledged it")
    if fault.effect is None or fault.effect.n <= 0:
        note = f": {fault.effect.note}" if fault.effect is not None and fault.effect.note else ""
        return _Unproven(fault.id, f"{_name(fault)}: nothing was measured while it was in force{note}", measured=False)
    if not fault.effect.in_band:
        return _Unproven(fault.id, f"{_name(fault)} not in effect: {describe(fault.effect)}")
    return None


def _not_over(fault: FaultRecord) -> _Unproven | None:
    if fault.healed_ms is None:
        return _Unproven(fault.id, f"{_name(fault)} was never healed")
    if fault.recovered is None or fault.recovered.n <= 0:
        return _Unproven(fault.id, f"{_name(fault)}: nothing was measured after its heal", measured=False)
    if not fault.recovered.in_band:
        return _Unproven(fault.id, f"{_name(fault)} still in effect after its heal: {describe(fault.recovered)}")
    return None


def _all_named(check: str, unproven: list[_Unproven], *, held: str) -> Finding:
    """Every fault that is unproven, the first one first; a measured one outweighs one of which nothing is known."""
    if not unproven:
        return holds(check, held)
    unproven = sorted(unproven, key=lambda one: not one.measured)
    message, faults = "; ".join(one.message for one in unproven), [one.fault for one in unproven]
    outcome: Outcome = "violated" if unproven[0].measured else "no-data"
    return Finding(check, outcome, message, {"fault": faults[0], "faults": faults})


def describe(effect: Effect) -> str:
    """ "asked page_ms=100; measured rtt_ms=3.2; band 190..215; n 60 (ping)"."""
    low, high = effect.band
    note = f"; {effect.note}" if effect.note else ""
    strength = f"asked {_values(effect.asked)}; measured {_values(effect.measured)}; band {low:g}..{high:g}"
    return f"{strength}; n {effect.n} ({effect.oracle}){note}"


def _values(values: dict[str, float]) -> str:
    return " ".join(f"{name}={value:.4g}" for name, value in values.items()) or "nothing"


def _name(fault: FaultRecord) -> str:
    return f"{fault.id} ({fault.do} on {', '.join(fault.on) or 'the server'})"


def _all_faults(evidence: Evidence, state: str) -> str:
    return f"{len(evidence.faults)} faults {state}" if evidence.faults else "no fault was planned"
