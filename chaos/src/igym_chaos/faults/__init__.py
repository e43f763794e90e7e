"""Every fault that is built, by its name in a scenario file and its injector. A new one is one module, and one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from igym_chaos.fault import Fault
from igym_chaos.faults.clock_jump import ClockJump
from igym_chaos.faults.game_corrupt import GameCorrupt
from igym_chaos.faults.game_idle import GameIdle
from igym_chaos.faults.game_storm import GameStorm
from igym_chaos.faults.net_offline import Offline
from igym_chaos.faults.p2p_bandwidth import PeerBandwidth
from igym_chaos.faults.p2p_bandwidth_turn import TurnBandwidth
from igym_chaos.faults.p2p_blackout import PeerBlackout
from igym_chaos.faults.p2p_blackout_relayed import RelayedBlackout
from igym_chaos.faults.p2p_burst import PeerBurst
from igym_chaos.faults.p2p_corrupt import PeerCorrupt
from igym_chaos.faults.p2p_duplicate import PeerDuplicate
from igym_chaos.faults.p2p_flap import PeerFlap
from igym_chaos.faults.p2p_hold import PeerHold
from igym_chaos.faults.p2p_jitter import PeerJitter
from igym_chaos.faults.p2p_jitter_relayed import RelayedJitter
from igym_chaos.faults.p2p_latency import PeerLatency
from igym_chaos.faults.p2p_latency_relayed import RelayedLatency
from igym_chaos.faults.p2p_latency_turn import TurnLatency
from igym_chaos.faults.p2p_loss import PeerLoss
from igym_chaos.faults.p2p_loss_relayed import RelayedLoss
from igym_chaos.faults.p2p_one_way import PeerOneWay
from igym_chaos.faults.p2p_partition import PeerPartition
from igym_chaos.faults.p2p_queue import PeerQueue
from igym_chaos.faults.p2p_rebind import PeerRebind
from igym_chaos.faults.p2p_relay_cut import RelayCut
from igym_chaos.faults.p2p_relay_reset import RelayReset
from igym_chaos.faults.p2p_reorder import PeerReorder
from igym_chaos.faults.p2p_slicer import PeerSlicer
from igym_chaos.faults.proc_crash import ProcCrash
from igym_chaos.faults.proc_kill import ProcKill
from igym_chaos.faults.proc_main_slow import ProcMainSlow
from igym_chaos.faults.proc_network_service import ProcNetworkService
from igym_chaos.faults.proc_slow import ProcSlow
from igym_chaos.faults.proc_stop import ProcStop
from igym_chaos.faults.server_db_locked import ServerDbLocked
from igym_chaos.faults.server_disk_full import ServerDiskFull
from igym_chaos.faults.server_kill import ServerKill
from igym_chaos.faults.server_pause import ServerPause
from igym_chaos.faults.server_restart import ServerRestart
from igym_chaos.faults.server_slow import ServerSlow
from igym_chaos.faults.signal_bandwidth import SignalBandwidth
from igym_chaos.faults.signal_down import SignalDown
from igym_chaos.faults.signal_frames import SignalFrames
from igym_chaos.faults.signal_half_open import SignalHalfOpen
from igym_chaos.faults.signal_hold import SignalHold
from igym_chaos.faults.signal_latency import SignalLatency
from igym_chaos.faults.signal_limit import SignalLimit
from igym_chaos.faults.signal_refuse import SignalRefuse
from igym_chaos.faults.signal_reset import SignalReset
from igym_chaos.faults.signal_slicer import SignalSlicer
from igym_chaos.faults.signal_slow_close import SignalSlowClose
from igym_chaos.faults.tab_blur import TabBlur
from igym_chaos.faults.tab_close import TabClose
from igym_chaos.faults.tab_cold import TabCold
from igym_chaos.faults.tab_duplicate import TabDuplicate
from igym_chaos.faults.tab_frozen import TabFrozen
from igym_chaos.faults.tab_hidden import TabHidden
from igym_chaos.faults.tab_hidden_script import TabHiddenScript
from igym_chaos.faults.tab_main_stall import TabMainStall
from igym_chaos.faults.tab_reload import TabReload
from igym_chaos.faults.tab_storage import TabStorage
from igym_chaos.faults.tab_worker_stall import TabWorkerStall

BUILT: tuple[type[Fault], ...] = (
    ClockJump,
    GameCorrupt,
    GameIdle,
    GameStorm,
    Offline,
    PeerBandwidth,
    PeerBlackout,
    PeerBurst,
    PeerCorrupt,
    PeerDuplicate,
    PeerFlap,
    PeerJitter,
    PeerLatency,
    PeerLoss,
    PeerOneWay,
    PeerPartition,
    PeerRebind,
    PeerReorder,
    ProcCrash,
    ProcKill,
    ProcMainSlow,
    ProcNetworkService,
    ProcSlow,
    ProcStop,
    RelayedBlackout,
    RelayedJitter,
    RelayedLatency,
    RelayedLoss,
    ServerDbLocked,
    ServerDiskFull,
    ServerKill,
    ServerPause,
    ServerRestart,
    ServerSlow,
    SignalLatency,
    SignalBandwidth,
    SignalDown,
    SignalFrames,
    SignalHalfOpen,
    SignalHold,
    SignalLimit,
    SignalRefuse,
    SignalReset,
    SignalSlicer,
    SignalSlowClose,
    TabBlur,
    TabClose,
    TabCold,
    TabDuplicate,
    TabFrozen,
    TabHidden,
    TabHiddenScript,
    TabMainStall,
    TabReload,
    TabStorage,
    TabWorkerStall,
    PeerHold,
    PeerQueue,
    PeerSlicer,
    RelayCut,
    RelayReset,
    TurnBandwidth,
    TurnLatency,
)

KINDS: Mapping[str, type[Fault]] = MappingProxyType({kind.kind: kind for kind in reversed(BUILT)})
"""The default of each kind: the first that is built."""


def injectors_of(do: str) -> tuple[str, ...]:
    """The means by which a kind can be done, the default first."""
    return tuple(via for kind in BUILT if kind.kind == do for via in kind.injectors)


def fault_class(do: str, via: str) -> type[Fault]:
    """Raises KeyError for a kind that cannot be done so."""
    for kind in BUILT:
        if kind.kind == do and via in kind.injectors:
            return kind
    raise KeyError(f"{do} via {via}")
