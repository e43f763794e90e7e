"""One participant over the documents of its page: after a reload the next one knows nothing of what the one before said. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Status = Mapping[str, Any]

OF_THE_SESSION = ("sessionId", "seat", "worker", "keys", "actions")
"""A document that took part in no session says null; then what the one before said still holds."""
ADDED_UP = ("seals", "errors")


@dataclass
class Documents:
    """The statuses of one page, joined. `origin` names a document: when it began, ms of the page's clock."""

    origin: float | None = None
    _earlier: dict[str, Any] = field(default_factory=dict)
    _now: dict[str, Any] = field(default_factory=dict)

    def is_another(self, origin: float) -> bool:
        """Whether a document that is not the first one has taken the place of the last."""
        return self.origin is not None and origin != self.origin

    def take(self, origin: float, status: Status | None) -> dict[str, Any] | None:
        """The joined status after this look; None while no document told any."""
        if self.is_another(origin):
            self._earlier, self._now = join(self._earlier, self._now), {}
        self.origin = origin
        if status is not None:
            self._now = dict(status)
        return join(self._earlier, self._now) or None


def join(earlier: Status, now: Status) -> dict[str, Any]:
    """What two documents told, the later one over the earlier."""
    known = {name: earlier[name] for name in OF_THE_SESSION if now.get(name) is None and earlier.get(name) is not None}
    added = {
        name: [*(earlier.get(name) or ()), *(now.get(name) or ())]
        for name in ADDED_UP
        if earlier.get(name) or now.get(name)
    }
    return {**(now or earlier), **known, **added}
