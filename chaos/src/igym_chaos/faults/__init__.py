"""Every kind of fault that is built, by its name in a scenario file. A new kind is one module, and one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from igym_chaos.fault import Fault
from igym_chaos.faults.p2p_blackout import PeerBlackout
from igym_chaos.faults.p2p_jitter import PeerJitter
from igym_chaos.faults.p2p_latency import PeerLatency
from igym_chaos.faults.p2p_loss import PeerLoss
from igym_chaos.faults.signal_latency import SignalLatency

KINDS: Mapping[str, type[Fault]] = MappingProxyType(
    {kind.kind: kind for kind in (PeerBlackout, PeerJitter, PeerLatency, PeerLoss, SignalLatency)}
)
