"""`python -m igym_chaos NAME`: the command is the harness's; it is found by its entry point, never imported from here."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

GROUP = "igym_chaos.commands"
MISSING_PART = 3


def main() -> int:
    """Exit code of the command; 3 and one line when the harness is not installed."""
    found = entry_points(group=GROUP, name="main")
    if not found:
        sys.stderr.write("igym_chaos: the harness is not installed: pip install 'interactive-gym[chaos]'\n")
        return MISSING_PART
    return int(next(iter(found)).load()())


if __name__ == "__main__":
    sys.exit(main())
