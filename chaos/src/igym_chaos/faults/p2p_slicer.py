"""p2p.slicer: the TCP stream between a page and the relay comes in small pieces with pauses between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import ClassVar

from igym_chaos.fault import Effect, require_range, unmeasured
from igym_chaos.faults.p2p_latency import PeerLatency
from igym_chaos.peer_path import MINIMUM_PINGS, mean_packet_bytes, passages, quartile, rtts
from igym_chaos.samples import Telemetry, Window
from igym_chaos.server_path import MINIMUM_PROBES
from igym_chaos.turn_path import TurnPathFault, answers_of

ORACLE = "peer ping lower quartile over baseline against the pieces of a packet, and reads of the harness's own answers"
FRAMING_BYTES = 4
"""TURN ChannelData (RFC 8656 12.4)."""
VARIATION = 1
LOW, HIGH = 0.5, 3.0
"""Of the pauses in a packet of the mean size, and in one twice as large: a ping is larger than the acknowledgements in the mean, and
waits behind up to two packets that are being cut (measured: 19 ms where the mean packet asks for 4, one twice as large for 12)."""
READS = 0.5
"""Of an answer's pieces: a busy reader finds two at once."""
READS_FACTOR = 1.5
"""After the heal, over before the fault."""
LOST_PERCENT = 1.0


@dataclass(frozen=True)
class PeerSlicer(TurnPathFault):
    """`bytes`: a piece is at most one larger; `delay_ms`: time after each piece, so a packet takes pieces x delay."""

    kind: ClassVar[str] = "p2p.slicer"
    toxic: ClassVar[str] = "slicer"
    minimum_window_s: ClassVar[float] = 4.0

    bytes: float
    delay_ms: float

    def __post_init__(self) -> None:
        require_range(self.kind, "bytes", self.bytes, 2, 1_000)
        require_range(self.kind, "delay_ms", self.delay_ms, 1, 1_000)

    def attributes(self) -> Mapping[str, int]:
        return {"average_size": round(self.bytes), "size_variation": VARIATION, "delay": round(1000 * self.delay_ms)}

    def effect(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Answers of the relay come in pieces; a round trip is longer by the pauses in one packet out and one back; nothing is lost."""
        before, during = rtts(telemetry, on, baseline), rtts(telemetry, on, window)
        packet = mean_packet_bytes(telemetry, on, baseline)
        count = 0 if packet is None else pieces(round(packet) + FRAMING_BYTES, round(self.bytes))
        most = 0 if packet is None else pieces(2 * round(packet) + FRAMING_BYTES, round(self.bytes))
        pause_ms = 2.0 * self.delay_ms * (2 if len(on) > 1 else 1)
        asked = {"rtt_ms": pause_ms * (count - 1)}
        band = (LOW * pause_ms * (count - 1), HIGH * pause_ms * (most - 1))
        found = passages(telemetry, on, window)
        answers = [one for one in answers_of(telemetry, on, window) if one.end == "fin"]
        if min(len(before), len(during)) < MINIMUM_PINGS or len(answers) < MINIMUM_PROBES or not found or count < 2:
            note = f"{len(during)} pings and {len(answers)} answers during the fault; a packet has {count} pieces"
            return unmeasured(asked, band, oracle=ORACLE, note=note, n=len(during))
        share = median(one.reads / pieces(one.received, round(self.bytes)) for one in answers)
        sent, received = sum(one.sent for one in found), sum(one.received for one in found)
        lost = 100 * (1 - received / max(1, sent))
        added = quartile(during) - quartile(before)
        measured = {
            "rtt_ms": round(added, 2),
            "pieces": float(count),
            "lost_percent": round(lost, 2),
            "reads_share": share,
        }
        in_band = band[0] <= added <= band[1] and share >= READS and abs(lost) <= LOST_PERCENT
        return Effect(asked, measured, band, len(during), in_band, ORACLE)

    def recovered(self, telemetry: Telemetry, on: Sequence[str], window: Window, baseline: Window) -> Effect:
        """Round trips as before, and the relay's answers in as few reads as before: pauses of a few ms could be anything."""
        back = PeerLatency(self.delay_ms).recovered(telemetry, on, window, baseline)
        before, after = (
            [one.reads for one in answers_of(telemetry, on, when) if one.end == "fin"] for when in (baseline, window)
        )
        if not before or not after:
            note = "no answer of the relay before the fault, or none after the heal"
            return unmeasured(back.asked, back.band, oracle=ORACLE, note=note, n=back.n)
        factor = median(after) / max(1.0, median(before))
        measured = {**back.measured, "reads_factor": round(factor, 1)}
        return replace(back, measured=measured, in_band=back.in_band and factor < READS_FACTOR, oracle=ORACLE)


def pieces(length: int, size: int) -> int:
    """Into how many Toxiproxy cuts a chunk: it halves until no piece is larger than the size and its variation (toxics/slicer.go)."""
    if length <= size + VARIATION:
        return 1
    return pieces(length // 2, size) + pieces(length - length // 2, size)
