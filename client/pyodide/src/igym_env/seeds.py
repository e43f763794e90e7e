"""The seed of an episode, derived so that two episodes of a session start differently (NETC-06)."""

from __future__ import annotations

import hashlib


def episode_seed(session_seed: int, scene_id: str, episode: int) -> int:
    """First 4 bytes, big-endian, of SHA-256 of "session_seed|scene_id|episode"; 0 <= seed < 2**32."""
    text = f"{session_seed}|{scene_id}|{episode}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
