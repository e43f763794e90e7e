"""Which trap each fault of a run gets: `inert` is every fault's, `f1=cleared-rules,f2=inert` names faults.

inert             the injector does nothing                     no-heal           the heal comes when nobody looks any more
cleared-rules     SAB-03, heal by an empty list of rules        legacy-zero       SAB-04, heal by the legacy command
legacy-loss       SAB-05, loss by the legacy command            detached-session  SAB-06, another session than the page's
set-offline       SAB-07, the context's own switch              entry-offline     SAB-08, `offline` in a rule's entry
foreign-thread    SAB-09, commands of another thread: broken    focus-emulation   SAB-10, SAB-11, a page that is never hidden
hidden-by-script  SAB-12, the page is only told                 toxicity-zero     SAB-13, a toxic that hits no connection
cpu-throttle      SAB-21, of the main thread                    main-stall        SAB-22, in place of the worker's
spare-renderer    SAB-23, the signal goes to another process    old-nonce         SAB-24, what answers has the dead server's name
spare-tab         another tab is closed or crashes              quit              the browser leaves by itself, nothing kills it
same-document     a navigation within the document, offered as a reload
stranger-tab      another participant's tab                     page-clock        the worker's clock does not jump
spare-service     the signal goes to another helper             another-origin    another site's storage is cleared
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from igym_harness.errors import UsageError
from igym_harness.sabotage import OF_THE_RUN
from igym_harness.sabotage_documents import AnotherOrigin, PageClock, SameDocument, SpareService, StrangerTab
from igym_harness.sabotage_endings import Quit, SpareTab
from igym_harness.sabotage_network import (
    ClearedRules,
    DetachedSession,
    EntryOffline,
    ForeignThread,
    LegacyLoss,
    LegacyZero,
    SetOffline,
)
from igym_harness.sabotage_pages import CpuThrottle, FocusEmulation, HiddenByScript, MainStall, SpareRenderer
from igym_harness.sabotage_server import OldNonce, ToxicityZero
from igym_harness.sabotage_trap import Inert, NoHeal, Trap

INERT = "inert"
NO_HEAL = "no-heal"
TRAPS: Mapping[str, type[Trap]] = MappingProxyType(
    {
        INERT: Inert,
        NO_HEAL: NoHeal,
        "cleared-rules": ClearedRules,
        "legacy-zero": LegacyZero,
        "legacy-loss": LegacyLoss,
        "detached-session": DetachedSession,
        "set-offline": SetOffline,
        "entry-offline": EntryOffline,
        "foreign-thread": ForeignThread,
        "focus-emulation": FocusEmulation,
        "hidden-by-script": HiddenByScript,
        "toxicity-zero": ToxicityZero,
        "old-nonce": OldNonce,
        "cpu-throttle": CpuThrottle,
        "main-stall": MainStall,
        "spare-renderer": SpareRenderer,
        "spare-tab": SpareTab,
        "quit": Quit,
        "same-document": SameDocument,
        "stranger-tab": StrangerTab,
        "page-clock": PageClock,
        "spare-service": SpareService,
        "another-origin": AnotherOrigin,
    }
)


def traps_of(sabotage: str | None, faults: Sequence[str], *, settle_s: float) -> dict[str, Trap]:
    """A trap for each fault of a run. Raises UsageError for a name or a fault that does not exist."""
    names = _names(sabotage, faults)
    return {
        fault: TRAPS[names[fault]](settle_s=settle_s) if fault in names else Trap(settle_s=settle_s) for fault in faults
    }


def checked(text: str) -> str:
    """The same text. Raises UsageError for a sabotage that does not exist."""
    for name in _parts(text).values() if "=" in text else [text]:
        if name not in TRAPS and (name not in OF_THE_RUN or "=" in text):
            raise UsageError(
                f"no sabotage {name!r}; there is: {', '.join((*OF_THE_RUN, *TRAPS))}; or FAULT=NAME,FAULT=NAME"
            )
    return text


def _names(sabotage: str | None, faults: Sequence[str]) -> Mapping[str, str]:
    if sabotage is None or checked(sabotage) in OF_THE_RUN:
        return {}
    if "=" not in sabotage:
        return dict.fromkeys(faults, sabotage)
    parts = _parts(sabotage)
    if strange := sorted(set(parts) - set(faults)):
        raise UsageError(
            f"--sabotage: no fault {strange[0]!r} in this scenario; there is: {', '.join(faults) or 'none'}"
        )
    return parts


def _parts(text: str) -> dict[str, str]:
    return {fault.strip(): name.strip() for fault, _, name in (part.partition("=") for part in text.split(","))}
