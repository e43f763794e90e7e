"""`igym chaos ...`: the command of the network-chaos harness, found by its entry point and never imported from here."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import entry_points

GROUP = "igym_chaos.commands"
MISSING_PART = 3
REMEDY = "pip install 'interactive-gym[chaos]'"


def run(arguments: Sequence[str]) -> int:
    """The exit code of the command: 0 pass, 1 fail, 2 unknown, 3 broken or a missing part, 4 usage."""
    found = entry_points(group=GROUP, name="main")
    if not found:
        sys.stderr.write(f"igym chaos: the harness is not installed: {REMEDY}\n")
        return MISSING_PART
    try:
        command = next(iter(found)).load()
    except ModuleNotFoundError as error:
        sys.stderr.write(f"igym chaos: the harness needs {error.name}, which is not installed: {REMEDY}\n")
        return MISSING_PART
    return int(command(arguments))
