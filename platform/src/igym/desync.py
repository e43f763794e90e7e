"""Where two seats first differ: from the bytes that both hashed to the field path (DETECT-03, DETECT-05). Pure."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from typing import Any

from igym_env.decoding import differences
from igym_env.encoding import short_hash

HASH = re.compile(r"[0-9a-f]{16}")
DUMP_LIMIT = 6_000_000


def problem(report: Mapping[str, Any], *, seats: int, episodes: int) -> str | None:
    """The first thing that is wrong with a desync_report whose payload has the registered types."""
    if not 0 <= report["episode"] < episodes:
        return f"episode is {report['episode']}; the session has {episodes}"
    for name in ("seat", "peer_seat"):
        if not 0 <= report[name] < seats:
            return f"{name} is {report[name]}; 0..{seats - 1}"
    if report["seat"] == report["peer_seat"] or report["frame"] < 0:
        return "seat and peer_seat must differ, frame must not be negative"
    if not all(HASH.fullmatch(report[name]) for name in ("own_hash", "peer_hash")):
        return "own_hash and peer_hash are 16 hex characters"
    if len(report["dump"]) > DUMP_LIMIT:
        return f"dump has more than {DUMP_LIMIT} characters"
    try:
        dump = dump_of(report)
    except binascii.Error:
        return "dump is not base64"
    if dump and short_hash(dump) != report["own_hash"]:
        return "dump has another hash than own_hash"
    return None


def dump_of(report: Mapping[str, Any]) -> bytes:
    """The bytes that were hashed; empty if the page no longer had them."""
    return base64.b64decode(report["dump"], validate=True)


def first_diff(reports: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """{"frame", "seats", "fields": [{"path", "a", "b"}]} of the lowest frame of which two different dumps are here."""
    for frame in sorted({report["frame"] for report in reports}):
        dumps = {one["seat"]: dump for one in reports if one["frame"] == frame and (dump := dump_of(one))}
        seats = sorted(dumps)
        for a in seats:
            for b in seats:
                if a < b and dumps[a] != dumps[b]:
                    return {"frame": frame, "seats": [a, b], "fields": differences(dumps[a], dumps[b])}
    return None
