"""Faults of a page that comes back, done so that something happens and nothing of what was asked."""

from __future__ import annotations

from collections.abc import Sequence

from igym_chaos.fault import Fault, Subject
from igym_harness.sabotage_trap import Trap, control_of

SAME_DOCUMENT = "history.pushState(null, '', location.href); history.length"


class SameDocument(Trap):
    """A navigation that the browser reports like any other, and that keeps the document."""

    async def inject(self, fault: Fault, on: Sequence[Subject]) -> None:
        for subject in on:
            await control_of(subject).run(SAME_DOCUMENT)
