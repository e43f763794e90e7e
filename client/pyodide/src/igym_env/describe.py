"""Prints what an environment declares, or what is wrong with it, as one line of JSON.

    python -m igym_env.describe ENTRY KWARGS_JSON [PATH ...]

{"spec": {...}} · {"problem": text} · {"unavailable": module}: an import that this Python does not have.
"""

from __future__ import annotations

import json
import sys

from igym_env.contract import ContractError
from igym_env.host import create


def describe(entry: str, kwargs_json: str) -> dict[str, object]:
    """Loads, resets and describes the environment."""
    try:
        host = create(entry, kwargs_json)
        host.start(json.dumps({"seed": 0, "episode": 0}))
    except ContractError as error:
        cause = error.__cause__
        if isinstance(cause, ModuleNotFoundError) and cause.name != entry.partition(":")[0]:
            return {"unavailable": cause.name}
        return {"problem": str(error)}
    except ImportError as error:
        return {"unavailable": error.name or str(error)}
    except Exception as error:  # noqa: BLE001 - whatever a stranger's class raises is told as its problem
        return {"problem": f"environment {entry!r}: {type(error).__name__}: {error}"}
    return {"spec": json.loads(host.describe())}


if __name__ == "__main__":
    sys.path[:0] = sys.argv[3:]
    sys.stdout.write("\n" + json.dumps(describe(sys.argv[1], sys.argv[2])) + "\n")
