"""Every random decision as a pure function of (stream, index), equal in Python and JavaScript (chaos handbook 3.1).

Counter based: removing one fault never moves another's draws, and one decision can be computed alone.
"""

from __future__ import annotations

import hashlib

_MASK = 0xFFFFFFFF


def stream(seed: int, scenario: str, fault: str, participant: str, direction: str, aspect: str) -> int:
    """The 32-bit start of a stream of draws."""
    text = f"igym-chaos/1|{seed}|{scenario}|{fault}|{participant}|{direction}|{aspect}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def draw(start: int, index: int) -> int:
    """Draw `index` of a stream: 32 bits."""
    x = (start + index * 0x9E3779B9) & _MASK
    x = ((x ^ (x >> 16)) * 0x21F0AAAD) & _MASK
    x = ((x ^ (x >> 15)) * 0x735A2D97) & _MASK
    return x ^ (x >> 15)


def share(start: int, index: int) -> float:
    """Draw `index` as 0 <= x < 1."""
    return draw(start, index) / 2**32


def hit(start: int, index: int, probability: float) -> bool:
    """Whether a decision of this probability falls on draw `index`."""
    return draw(start, index) < int(probability * 2**32)
