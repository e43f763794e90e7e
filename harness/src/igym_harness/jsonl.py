"""JSON lines: one value a line, appended and flushed, so that a killed run leaves what it knew."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any


def line(value: Mapping[str, Any]) -> str:
    """One line with its end; values JSON does not know become their text."""
    return json.dumps(value, separators=(",", ":"), default=str, ensure_ascii=False) + "\n"


def append(path: Path, values: Iterable[Mapping[str, Any]]) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.writelines(line(value) for value in values)


def read(path: Path) -> list[dict[str, Any]]:
    """Every line; an absent file is an empty list."""
    if not path.exists():
        return []
    return [json.loads(text) for text in path.read_text(encoding="utf-8").splitlines() if text.strip()]


def read_json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, indent=2, default=str, ensure_ascii=False) + "\n", encoding="utf-8")
