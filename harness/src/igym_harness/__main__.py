"""`python -m igym_harness`."""

from __future__ import annotations

import sys

from igym_harness.cli import main

if __name__ == "__main__":
    sys.exit(main())
