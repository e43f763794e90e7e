"""tab.storage: what the browser keeps for the page is cleared, as by a person's own settings or by a full disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import ClassVar

from igym_chaos.documents import others_renewed
from igym_chaos.fault import Effect, Fault, unmeasured
from igym_chaos.page_path import controls_of, page_alive
from igym_chaos.readings import Question
from igym_chaos.samples import Telemetry, Window
from igym_chaos.subjects import Subject

ORACLE = "keys that the page finds in its own storages"
KEYS = "storage_keys"
MARK = "igym-chaos"
_COUNT = """
(async () => {
  const cookies = document.cookie === "" ? 0 : document.cookie.split(";").length;
  const others = (await caches.keys()).length + (await indexedDB.databases()).length;
  return localStorage.length + sessionStorage.length + cookies + others;
})()
"""
FILL = f"""
(async () => {{
  localStorage.setItem("{MARK}", "1");
  sessionStorage.setItem("{MARK}", "1");
  document.cookie = "{MARK}=1";
  await caches.open("{MARK}");
  await new Promise((done, failed) => {{
    const opening = indexedDB.open("{MARK}");
    opening.onsuccess = () => {{ opening.result.close(); done(); }};
    opening.onerror = () => failed(opening.error);
  }});
  return {_COUNT.strip()};
}})()
"""
"""A page that keeps nothing would look cleared whatever was done: each of its five storages gets one key first."""
KINDS_OF_STORAGE = 5


@dataclass(frozen=True)
class TabStorage(Fault):
    """No parameters. Local and session storage, cookies, databases and caches of the page's origin; the HTTP cache is `tab.cold`."""

    kind: ClassVar[str] = "tab.storage"
    injectors: ClassVar[tuple[str, ...]] = ("C",)
    knobs: ClassVar[tuple[str, ...]] = ("storage",)
    minimum_window_s: ClassVar[float] = 1.5
    ends_itself: ClassVar[bool] = True
    asks: ClassVar[Mapping[str, Question]] = MappingProxyType({KEYS: Question("page", _COUNT)})

    filled: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    """By participant: keys that its page found before they were cleared."""

    async def inject(self, on: Sequence[Subject]) -> None:
        for subject, control in zip(on, controls_of(on), strict=True):
            self.filled[subject.name] = int(await control.run(FILL))
            origin = str(await control.run("location.origin"))
            await control.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": "all"})
            session = {"securityOrigin": origin, "isLocalStorage": False}
            await control.send("DOMStorage.clear", {"storageId": session})

    async def heal(self, on: Sequence[Subject]) -> None:
        """Nothing brings back what was cleared."""

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """There were keys in every storage, and the page finds none any more."""
        asked, band = {"keys": 0.0}, (0.0, 0.0)
        found = [one.value for name in on for one in telemetry.readings(name, KEYS, window)]
        if any(not telemetry.readings(name, KEYS, window) for name in on):
            return unmeasured(asked, band, oracle=ORACLE, note="a page did not say what it finds", n=len(found))
        filled = min(self.filled.get(name, 0) for name in on)
        measured = {"keys": max(found), "keys_before": float(filled)}
        note = "" if filled >= KINDS_OF_STORAGE else "not every storage held a key that could have been cleared"
        return Effect(asked, measured, band, len(found), max(found) == 0.0 and not note, ORACLE, note)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """The page goes on."""
        return page_alive(telemetry, on, window)

    def untouched(self, telemetry: Telemetry, others: Sequence[str], window: Window, baseline: Window) -> list[str]:
        """Others who lost keys, or whose page is another document."""
        lost = {name for name in others if _least(telemetry, name, window) < _least(telemetry, name, baseline)}
        changed = {*others_renewed(telemetry, others, window, baseline)}
        return [name for name in others if name in lost | changed]


def _least(telemetry: Telemetry, name: str, window: Window) -> float:
    return min((one.value for one in telemetry.readings(name, KEYS, window)), default=0.0)
