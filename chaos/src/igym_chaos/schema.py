"""The form of a scenario file as a JSON Schema, made from the same tables as the loader: `python -m igym_chaos.schema`.

Editors complete and check a TOML file with the published copy, scenario.schema.json. The loader says more (windows, knobs, who
needs what), and has the last word.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from igym_chaos import scenario
from igym_chaos.faults import KINDS, fault_class, injectors_of

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT: Schema = {"type": "string", "minLength": 1}
TEXTS: Schema = {"type": "array", "items": {"type": "string"}}
DURATION: Schema = {"type": "string", "pattern": r"^\d+(\.\d+)?(ms|s)$"}
SEED: Schema = {"type": "integer", "minimum": 0, "maximum": 2**32 - 1}


def schema() -> Schema:
    """Draft 2020-12."""
    fields: Mapping[str, Schema] = {
        "name": TEXT,
        "doc": TEXT,
        "suite": {"enum": list(scenario.SUITES)},
        "tier": {"oneOf": [{"enum": list(scenario.TIERS)}, {"type": "array", "items": {"enum": list(scenario.TIERS)}}]},
        "seed": SEED,
        "tags": TEXTS,
        "covers": TEXTS,
        "fault": {"type": "array", "items": {"$ref": "#/$defs/fault"}},
        "heal": table(scenario.HEAL, {"by": TEXT, "settle": DURATION}),
        "budget": table(scenario.BUDGET, {"boot": DURATION, "wall": DURATION}),
        "participants": {"type": "object", "minProperties": 1, "additionalProperties": _participant()},
        "topology": _topology(),
        "workload": _workload(),
        "expect": _expect(),
    }
    top = table(scenario.TOP, fields, required=("name", "doc", "suite", "participants", "workload", "expect"))
    return {"$schema": DIALECT, "title": "Interactive Gym chaos scenario", **top, "$defs": _definitions()}


def table(
    keys: Sequence[str], fields: Mapping[str, Schema], *, required: Sequence[str] = (), description: str = ""
) -> Schema:
    """An object with exactly these keys; a key without a form is a mistake of this module."""
    assert set(keys) == set(fields), f"keys {sorted(keys)} and forms {sorted(fields)} are not the same"
    made: Schema = {"type": "object", "additionalProperties": False, "properties": dict(fields)}
    if required:
        made["required"] = list(required)
    return {"description": description, **made} if description else made


def _participant() -> Schema:
    return table(
        scenario.PARTICIPANT,
        {
            "engine": {"const": "chromium"},
            "process": {"enum": ["shared", "own"]},
            "join": TEXT,
        },
    )


def _topology() -> Schema:
    return table(
        scenario.TOPOLOGY,
        {
            "p2p": {"enum": ["mesh", "relay-udp", "relay-tcp"]},
            "udp_relay": {"type": "boolean"},
            "server_path": {"enum": ["direct", "toxiproxy"]},
        },
    )


def _workload() -> Schema:
    inputs = table(
        scenario.INPUTS,
        {
            "kind": {"enum": ["seeded", "idle"]},
            "via": {"enum": ["keys", "frames"]},
            "changes_per_s": {"type": "number", "exclusiveMinimum": 0, "maximum": 30},
        },
    )
    return table(
        scenario.WORKLOAD,
        {
            "experiment": TEXT,
            "seats": {"type": "integer", "minimum": 1, "maximum": 8},
            "episodes": {"type": "integer", "minimum": 1, "maximum": 1000},
            "frames": {"type": "integer", "minimum": 1, "maximum": scenario.LONGEST},
            "fps": {"type": "integer", "minimum": 1, "maximum": 60},
            "inputs": inputs,
        },
        required=("experiment",),
    )


def _expect() -> Schema:
    outcomes: Schema = {"type": "object", "additionalProperties": TEXT}
    return table(scenario.EXPECT, {"sometimes": TEXTS, "outcomes": outcomes, "checks": TEXTS}, required=("outcomes",))


def _definitions() -> Schema:
    pair: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}
    some: Schema = {"type": "array", "items": {"type": "number"}, "minItems": 1}
    forms = {"uniform": pair, "log_uniform": pair, "choice": some}
    return {
        "number": {"oneOf": [{"type": "number"}, *(one_key(form, forms[form]) for form in scenario.DRAWS)]},
        "anchor": {
            "oneOf": [
                TEXT,
                one_key("uniform", {**TEXTS, "minItems": 2, "maxItems": 2}),
                one_key("choice", {**TEXTS, "minItems": 1}),
            ]
        },
        "fault": _fault(),
    }


def one_key(key: str, form: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "required": [key], "properties": {key: form}}


def _fault() -> Schema:
    """A kind and an injector decide which parameters there are."""
    fields: Mapping[str, Schema] = {
        "id": {"type": "string", "pattern": "^[a-z0-9-]+$"},
        "do": {"enum": sorted(KINDS)},
        "via": TEXT,
        "on": {"oneOf": [TEXT, {**TEXTS, "minItems": 1}]},
        "at": {"$ref": "#/$defs/anchor"},
        "for": DURATION,
        "with": {"type": "object"},
        "effect": {"type": "object"},
    }
    made = table(scenario.FAULT, fields, required=("id", "do", "at"))
    of_server = [do for do in sorted(KINDS) if KINDS[do].of_server]
    targets: Schema = {"if": {"not": {"properties": {"do": {"enum": of_server}}}}, "then": {"required": ["on"]}}
    removing = [do for do in sorted(KINDS) if KINDS[do].removes]
    instant: Schema = {"if": {"properties": {"do": {"enum": removing}}}, "then": {"properties": {"for": False}}}
    made["allOf"] = [targets, instant, *(rule for do in sorted(KINDS) for rule in _rules(do))]
    return made


def _rules(do: str) -> list[Schema]:
    """Injectors of a kind; then, for each, its parameters."""
    known = injectors_of(do)
    rules: list[Schema] = [
        {"if": {"properties": {"do": {"const": do}}}, "then": {"properties": {"via": {"enum": list(known)}}}}
    ]
    for via in known:
        this: Schema = {"properties": {"do": {"const": do}, "via": {"const": via}}}
        if via != known[0]:  # the first is meant where none is written
            this["required"] = ["via"]
        rules.append({"if": this, "then": {"properties": {"with": _parameters(do, via)}}})
    return rules


def _parameters(do: str, via: str) -> Schema:
    kind = fault_class(do, via)
    forms: Schema = {name: _form(kind.words.get(name)) for name in kind.parameters()}
    text = " ".join((kind.__doc__ or "").split())
    return table(tuple(forms), forms, description=text)


def _form(words: Sequence[str] | None) -> Schema:
    """A number, or one of the words."""
    if words is None:
        return {"$ref": "#/$defs/number"}
    one: Schema = {"enum": list(words)}
    return {"oneOf": [one, one_key("choice", {"type": "array", "items": one, "minItems": 1})]}


def published() -> str:
    """The text of scenario.schema.json."""
    return json.dumps(schema(), indent=1) + "\n"


if __name__ == "__main__":
    sys.stdout.write(published())
