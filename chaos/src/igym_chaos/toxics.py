"""What each toxic of Toxiproxy 2.12 takes, checked here because the server accepts nonsense in silence, or dies of it (handbook 2.1)."""

from __future__ import annotations

from collections.abc import Mapping

from igym_chaos.errors import InjectorError

STREAMS = ("upstream", "downstream")
LARGE = 10_000_000

ATTRIBUTES: dict[str, dict[str, tuple[int, int]]] = {
    "latency": {"latency": (0, LARGE), "jitter": (0, LARGE)},
    "bandwidth": {"rate": (0, LARGE)},
    "slow_close": {"delay": (0, LARGE)},
    "timeout": {"timeout": (0, LARGE)},
    "reset_peer": {"timeout": (0, LARGE)},
    "slicer": {"average_size": (1, LARGE), "size_variation": (0, LARGE), "delay": (0, LARGE)},
    "limit_data": {"bytes": (0, LARGE)},
}
"""Toxic -> attribute -> range. Milliseconds, kB/s, bytes; the slicer's delay is in microseconds."""


def check_toxic(kind: str, *, stream: str, attributes: Mapping[str, int], toxicity: float = 1.0) -> None:
    """Raises InjectorError that names the wrong value and what is allowed."""
    if kind not in ATTRIBUTES:
        raise InjectorError(f"unknown toxic {kind!r}; known: {', '.join(ATTRIBUTES)}")
    if stream not in STREAMS:
        raise InjectorError(f"{kind}: stream is {stream!r}; give upstream or downstream")
    if not 0 <= toxicity <= 1:
        raise InjectorError(f"{kind}: toxicity is {toxicity!r}; give 0 to 1")
    ranges = ATTRIBUTES[kind]
    for name, value in attributes.items():
        if name not in ranges:
            raise InjectorError(f"{kind}: unknown attribute {name!r}; known: {', '.join(ranges)}")
        low, high = ranges[name]
        if type(value) is not int or not low <= value <= high:
            raise InjectorError(f"{kind}: {name} is {value!r}; give an integer from {low} to {high}")
    if missing := sorted(set(ranges) - set(attributes)):
        raise InjectorError(f"{kind}: {', '.join(missing)} missing; the server would take 0 in silence")
    if attributes.get("jitter", 0) > attributes.get("latency", 0):
        raise InjectorError(
            f"{kind}: jitter {attributes['jitter']} is above latency {attributes['latency']}; the excess acts as delay 0"
        )
    if kind == "slicer" and attributes["size_variation"] >= attributes["average_size"]:
        raise InjectorError(
            f"slicer: size_variation {attributes['size_variation']} must be below average_size {attributes['average_size']}"
        )
