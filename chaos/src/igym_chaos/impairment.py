"""What happens to packet i of one direction: a pure function of a policy and a stream of draws (chaos handbook 3.1, 3.2).

packet 0, 1, 2, ... of the direction since the fault began ─▶ Decider ─▶ Fate(dropped, delay, copies, corrupted)
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from igym_chaos import draws

ASPECTS = ("loss", "burst", "jitter", "reorder", "duplicate", "corrupt")


@dataclass(frozen=True)
class Policy:
    """Shares are 0..1, times ms. The default changes nothing.

    burst: a two-state chain; a packet in the bad state is lost with `bad_loss`, `to_bad` and `to_good` are the chances to change state
    before each packet. reorder: a packet is held `hold_ms` longer, so that later ones overtake it. jitter: uniform ± `jitter_ms`.
    """

    delay_ms: float = 0.0
    jitter_ms: float = 0.0
    loss: float = 0.0
    to_bad: float = 0.0
    to_good: float = 1.0
    bad_loss: float = 1.0
    reorder: float = 0.0
    hold_ms: float = 0.0
    duplicate: float = 0.0
    corrupt: float = 0.0
    blackout: bool = False


@dataclass(frozen=True)
class Fate:
    """What was decided for one packet."""

    index: int
    dropped: bool = False
    delay_ms: float = 0.0
    copies: int = 1
    corrupted: bool = False
    held: bool = False


class Decider:
    """The fates of one direction under one policy, in order. Two deciders of one seed and direction decide alike."""

    def __init__(self, policy: Policy, *, seed: int, sender: str, receiver: str) -> None:
        self._policy = policy
        way = f"{sender}>{receiver}"
        self._streams = {aspect: draws.stream(seed, "relay", "", "", way, aspect) for aspect in ASPECTS}
        self._next = 0
        self._bad = False

    def decide(self) -> Fate:
        """The fate of the next packet."""
        i, policy, streams = self._next, self._policy, self._streams
        self._next += 1
        if policy.to_bad:
            self._bad = draws.hit(streams["burst"], 2 * i, 1 - policy.to_good if self._bad else policy.to_bad)
        lost_in_burst = self._bad and draws.hit(streams["burst"], 2 * i + 1, policy.bad_loss)
        dropped = policy.blackout or lost_in_burst or draws.hit(streams["loss"], i, policy.loss)
        held = draws.hit(streams["reorder"], i, policy.reorder)
        spread_ms = policy.jitter_ms * (2.0 * draws.share(streams["jitter"], i) - 1.0)
        delay_ms = policy.delay_ms + spread_ms + (policy.hold_ms if held else 0.0)
        copies = 2 if draws.hit(streams["duplicate"], i, policy.duplicate) else 1
        corrupted = draws.hit(streams["corrupt"], i, policy.corrupt)
        return Fate(i, dropped, max(0.0, delay_ms), copies, corrupted, held)


def plan(policy: Policy, count: int, *, seed: int, sender: str, receiver: str) -> list[Fate]:
    """The first `count` fates of a direction, as a decider gives them."""
    decider = Decider(policy, seed=seed, sender=sender, receiver=receiver)
    return [decider.decide() for _ in range(count)]


def digest(fates: Iterable[Fate]) -> str:
    """SHA-256 of the decisions, hex."""
    text = "\n".join(f"{f.index} {f.dropped:d} {f.delay_ms:.6f} {f.copies} {f.corrupted:d}" for f in fates)
    return hashlib.sha256(text.encode()).hexdigest()


def loss_runs(dropped: Iterable[bool]) -> list[int]:
    """Lengths of the runs of packets that were lost one after another."""
    return [len(list(run)) for lost, run in groupby(dropped) if lost]
