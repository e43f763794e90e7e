"""The harness's own connections through each participant's proxy of the relay: one STUN question after another (RFC 8489 5, 7.2.2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from igym_chaos.samples import ProbeSample
from igym_harness.server_probe import LIMIT_S, Question, exchange, keep_asking

HEADER_BYTES = 20
BINDING_REQUEST = b"\x00\x01\x00\x00\x21\x12\xa4\x42"
"""Type, length of no attributes, magic cookie; 12 bytes of transaction id follow."""


async def ask_stun(port: int, *, limit_s: float = LIMIT_S) -> ProbeSample:
    """One binding request, which a relay answers without credentials."""
    return await exchange(port, Question(BINDING_REQUEST + secrets.token_bytes(12), whole=_whole), limit_s=limit_s)


async def keep_asking_stun(ports: Mapping[str, int], record: Callable[[str, ProbeSample], None]) -> None:
    """Until cancelled."""
    await keep_asking(ports, record, ask_stun)


def _whole(answer: bytes) -> bool:
    return len(answer) >= HEADER_BYTES + int.from_bytes(answer[2:4])
