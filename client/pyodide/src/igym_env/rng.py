"""A small seeded generator with the interface of `random.Random`, whose whole state is four integers.

xoshiro128** by Blackman and Vigna (2018), 32-bit words, seeded through SplitMix64: pure integer arithmetic, equal everywhere.
"""

from __future__ import annotations

from collections.abc import MutableSequence, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")
State = tuple[int, int, int, int]

_MASK32 = 0xFFFFFFFF
_MASK64 = 0xFFFFFFFFFFFFFFFF


def _split_mix(seed: int) -> State:
    words = []
    for step in (1, 2):
        z = (seed + step * 0x9E3779B97F4A7C15) & _MASK64
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK64
        z ^= z >> 31
        words += [z & _MASK32, z >> 32]
    return words[0], words[1], words[2], words[3]


def _rotate(x: int, k: int) -> int:
    return ((x << k) | (x >> (32 - k))) & _MASK32


class Generator:
    """`state` is a tuple of four integers: put it into `get_state`, assign it in `set_state`."""

    def __init__(self, seed: int = 0) -> None:
        self._state: State = _split_mix(int(seed))

    @property
    def state(self) -> State:
        return self._state

    @state.setter
    def state(self, state: Sequence[int]) -> None:
        words = tuple(map(int, state))
        if len(words) != 4 or min(words) < 0 or not 0 < max(words) <= _MASK32:
            raise ValueError(f"generator state must be four 32-bit integers, not all zero; got {state!r}")
        self._state = words

    def next_u32(self) -> int:
        """The next 32 bits."""
        a, b, c, d = self._state
        result = (_rotate((b * 5) & _MASK32, 7) * 9) & _MASK32
        shifted = (b << 9) & _MASK32
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        self._state = a, b, c ^ shifted, _rotate(d, 11)
        return result

    def random(self) -> float:
        """0 <= x < 1 with 53 bits."""
        high, low = self.next_u32() >> 5, self.next_u32() >> 6
        return (high * 67108864.0 + low) / 9007199254740992.0

    def getrandbits(self, k: int) -> int:
        """k random bits; k >= 0."""
        words = (k + 31) // 32
        value = 0
        for _ in range(words):
            value = (value << 32) | self.next_u32()
        return value >> (32 * words - k)

    def randrange(self, start: int, stop: int | None = None, step: int = 1) -> int:
        """As random.Random.randrange; unbiased by rejection."""
        choices = range(start) if stop is None else range(start, stop, step)
        if not choices:
            raise ValueError(f"empty range for randrange({start}, {stop}, {step})")
        return choices[self._below(len(choices))]

    def randint(self, a: int, b: int) -> int:
        """a <= n <= b."""
        return self.randrange(a, b + 1)

    def uniform(self, a: float, b: float) -> float:
        """a + (b - a) * random()."""
        return a + (b - a) * self.random()

    def choice(self, items: Sequence[Item]) -> Item:
        """One item; IndexError if there is none."""
        if not items:
            raise IndexError("cannot choose from an empty sequence")
        return items[self._below(len(items))]

    def shuffle(self, items: MutableSequence[Any]) -> None:
        """In place, Fisher and Yates."""
        for last in range(len(items) - 1, 0, -1):
            other = self._below(last + 1)
            items[last], items[other] = items[other], items[last]

    def sample(self, items: Sequence[Item], k: int) -> list[Item]:
        """k different positions, in random order."""
        if not 0 <= k <= len(items):
            raise ValueError(f"cannot sample {k} of {len(items)} items")
        pool = list(items)
        self.shuffle(pool)
        return pool[:k]

    def _below(self, n: int) -> int:
        bits = n.bit_length()
        value = self.getrandbits(bits)
        while value >= n:
            value = self.getrandbits(bits)
        return value
