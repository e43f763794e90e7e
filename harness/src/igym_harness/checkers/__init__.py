"""Pure functions from evidence to findings: one module per family, listed here and nowhere else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from types import MappingProxyType

from igym_harness.checkers import (
    certified,
    client,
    data,
    effects,
    harness,
    liveness,
    parity,
    partial,
    path,
    sequence,
    server,
    silence,
)
from igym_harness.checkers.by_session import in_each_session
from igym_harness.evidence import Checker, Evidence, Finding

CORE: Mapping[str, Checker] = MappingProxyType(
    {
        "PAR-1": in_each_session(parity.par_1),
        "PAR-2": in_each_session(parity.par_2),
        "PAR-4": in_each_session(parity.par_4),
        "SEQ-1": sequence.seq_1,
        "SEQ-5": in_each_session(sequence.seq_5),
        "DAT-1": in_each_session(data.dat_1),
        "DAT-4": in_each_session(data.dat_4),
        "CERT-1": in_each_session(certified.cert_1),
        "PATH-1": in_each_session(path.path_1),
        "LIV-2": liveness.liv_2,
        "SRV-3": server.srv_3,
        "SRV-4": server.srv_4,
        "CLI-1": client.cli_1,
        "EFF-1": effects.eff_1,
        "EFF-2": effects.eff_2,
        "EFF-3": effects.eff_3,
        "EFF-4": effects.eff_4,
        "HAR-1": harness.har_1,
        "HAR-2": harness.har_2,
        "HAR-3": harness.har_3,
        "HAR-4": harness.har_4,
    }
)
# Checks that a scenario may ask for beyond core.
FURTHER: Mapping[str, Checker] = MappingProxyType(
    {
        "LIV-1": liveness.liv_1,
        "LIV-3": liveness.liv_3,
        "LIV-5": in_each_session(silence.liv_5, concerns=silence.somebody_is_silenced),
        "PAR-5": in_each_session(partial.par_5, concerns=partial.is_cut),
        "SRV-2": server.srv_2,
        "SRV-6": server.srv_6,
    }
)


class UnknownCheckError(ValueError):
    """A scenario asks for a check that does not exist."""


def run_all(evidence: Evidence, selected: Sequence[str] = ()) -> list[Finding]:
    """Every core check, then the selected further ones; "core" itself may be named. Raises UnknownCheckError."""
    known = {**CORE, **FURTHER}
    return [known[name](evidence) for name in (*CORE, *further(selected))]


def further(selected: Sequence[str]) -> list[str]:
    """The selected checks beyond core. Raises UnknownCheckError."""
    found = [name for name in dict.fromkeys(selected) if name != "core" and name not in CORE]
    for name in found:
        if name not in FURTHER:
            near = get_close_matches(name, [*CORE, *FURTHER], n=1)
            raise UnknownCheckError(f"unknown check {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return found
