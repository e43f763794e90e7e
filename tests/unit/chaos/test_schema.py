"""The published schema is the loader's own form: it takes every shipped file and every swarm, and refuses what the loader refuses."""

from __future__ import annotations

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from igym_chaos import scenario as scenarios
from igym_chaos import schema, swarm

FILES = sorted(scenarios.folder().glob("*.toml"))


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    text = (files("igym_chaos") / "scenario.schema.json").read_text(encoding="utf-8")
    assert text == schema.published(), "run: python -m igym_chaos.schema > chaos/src/igym_chaos/scenario.schema.json"
    loaded: dict[str, Any] = json.loads(text)
    jsonschema.Draft202012Validator.check_schema(loaded)
    return loaded


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_file_fits(published: dict[str, Any], path: Path) -> None:
    jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), published)


def test_a_text_parameter_is_one_of_its_words(published: dict[str, Any]) -> None:
    values = tomllib.loads((scenarios.folder() / "signal-answer-lost.toml").read_text(encoding="utf-8"))
    values["fault"][0]["with"]["event"] = {"choice": ["answer", "offer"]}
    jsonschema.validate(values, published)
    values["fault"][0]["with"]["event"] = "anser"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, published)


def test_every_swarm_fits(published: dict[str, Any]) -> None:
    for seed in range(40):
        jsonschema.validate(swarm.draw(seed), published)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("sede",), 1),
        (("suite",), "party"),
        (("budget", "bot"), "40s"),
        (("budget", "wall"), "soon"),
        (("workload", "seats"), 9),
        (("fault", 0, "do"), "p2p.lateness"),
        (("fault", 0, "via"), "T"),
        (("fault", 0, "with", "page_s"), 3),
        (("fault", 0, "with", "page_ms"), {"normal": [1, 2]}),
        (("topology",), {"p2p": "star"}),
    ],
)
def test_what_the_loader_refuses_does_not_fit(published: dict[str, Any], path: tuple[Any, ...], value: Any) -> None:
    text = (scenarios.folder() / "p2p-latency-100.toml").read_text(encoding="utf-8")
    values = place = tomllib.loads(text)
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(values, published)
