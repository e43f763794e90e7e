"""What the harness asks a page: one expression for everything, and the init script behind it.

`Runtime.evaluate` on the page's one CDP session is not subject to the page's content security policy, and leaves no
line per question in the trace.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

PINGS_PER_ANSWER = 64
"""Newest round trips that one answer carries; four answers a second and five pings a second leave a wide margin."""

INIT_SCRIPT = """
(() => {
  const Native = globalThis.RTCPeerConnection;
  if (Native === undefined || globalThis.__igymConnections !== undefined) return;
  const connections = [];
  Object.defineProperty(globalThis, "__igymConnections", { value: connections });
  globalThis.RTCPeerConnection = class RTCPeerConnection extends Native {
    constructor(...options) {
      super(...options);
      connections.push(this);
    }
  };

  const now = () => performance.timeOrigin + performance.now();
  const meter = { raf: 0, timers: 0, worker: 0, blurs: 0, hides: 0, freezes: 0, resumes: 0, keys: 0, gaps: [] };
  Object.defineProperty(globalThis, "__igymMeter", { value: meter });
  const last = { main: now(), worker: null };
  const beat = (thread) => {
    const t = now(), gap = last[thread] === null ? 0 : t - last[thread];
    last[thread] = t;
    if (gap >= GAP_MS) meter.gaps.push([thread, t, gap]);
    if (meter.gaps.length > GAPS_KEPT) meter.gaps.shift();
  };
  // The page's own frames are counted; one is asked for only when the page itself draws nothing.
  const nativeFrame = globalThis.requestAnimationFrame.bind(globalThis);
  globalThis.requestAnimationFrame = (run) => nativeFrame((t) => { meter.raf += 1; run(t); });
  let asked = false, seen = 0;
  const frame = () => { meter.raf += 1; asked = false; };
  const ask = () => {
    if (!asked && meter.raf === seen) { asked = true; nativeFrame(frame); }
    seen = meter.raf;
  };
  setInterval(() => { meter.timers += 1; beat("main"); ask(); }, 50);
  addEventListener("keydown", () => { meter.keys += 1; }, true);
  addEventListener("blur", () => { meter.blurs += 1; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) meter.hides += 1; });
  document.addEventListener("freeze", () => { meter.freezes += 1; });
  document.addEventListener("resume", () => { meter.resumes += 1; });
  const NativeWorker = globalThis.Worker;
  globalThis.Worker = class Worker extends NativeWorker {
    constructor(...options) {
      super(...options);
      this.addEventListener("message", () => { meter.worker += 1; beat("worker"); });
    }
  };
})();
"""

INIT_SCRIPT = INIT_SCRIPT.replace("GAP_MS", "250").replace("GAPS_KEPT", "64")

CLOCK = "performance.timeOrigin + performance.now()"

_QUESTION = """
(async () => {
  const since = SINCE, origin = ORIGIN, keep = KEEP;
  const ufrag = (description) => /a=ice-ufrag:(\\S+)/.exec(description?.sdp ?? "")?.[1] ?? null;
  const ask = async (pc, index) => {
    const answer = { index, state: pc.connectionState, ice: pc.iceConnectionState,
      localUfrag: ufrag(pc.localDescription), remoteUfrag: ufrag(pc.remoteDescription) };
    if (pc.connectionState === "closed") return answer;
    const stats = await pc.getStats();
    for (const report of stats.values()) {
      if (report.type === "transport") {
        answer.packetsSent = report.packetsSent;
        answer.packetsReceived = report.packetsReceived;
        answer.bytesReceived = report.bytesReceived;
        const pair = stats.get(report.selectedCandidatePairId);
        answer.stunRttTotalS = pair?.totalRoundTripTime ?? 0;
        answer.stunResponses = pair?.responsesReceived ?? 0;
        answer.localCandidate = stats.get(pair?.localCandidateId)?.candidateType ?? null;
        answer.remoteCandidate = stats.get(pair?.remoteCandidateId)?.candidateType ?? null;
        answer.protocol = stats.get(pair?.localCandidateId)?.protocol ?? null;
        answer.localPort = stats.get(pair?.localCandidateId)?.port ?? 0;
      }
    }
    return answer;
  };
  const connections = await Promise.all([...(globalThis.__igymConnections ?? [])].map(ask));
  const hook = globalThis.igym;
  const status = hook?.status() ?? null;
  if (status !== null && keep > 0) {
    status.serverPings = status.serverPings.slice(-keep);
    for (const link of status.worker?.links ?? []) link.pings = link.pings.slice(-keep);
  }
  const events = hook?.events(performance.timeOrigin === origin ? since : 0) ?? [];
  return { origin: performance.timeOrigin, clockMs: performance.timeOrigin + performance.now(),
    state: document.body?.dataset.state ?? null, status, events, connections,
    meter: { ...globalThis.__igymMeter, hidden: document.hidden, focused: document.hasFocus(),
      reloaded: performance.getEntriesByType("navigation")[0]?.type === "reload" } };
})()
"""


@dataclass
class Cursor:
    """Which events of a page were already taken; a new document starts again."""

    origin: float | None = None
    since: int = 0

    def question(self, *, full: bool = False) -> str:
        """The expression; `full` asks for every kept round trip."""
        origin = "null" if self.origin is None else repr(self.origin)
        keep = 0 if full else PINGS_PER_ANSWER
        return _QUESTION.replace("SINCE", str(self.since)).replace("ORIGIN", origin).replace("KEEP", str(keep))

    def take(self, answer: Answer) -> None:
        """Moves behind the events of this answer."""
        if answer.origin != self.origin:
            self.origin, self.since = answer.origin, 0
        if answer.events:
            self.since = int(answer.events[-1]["index"]) + 1


@dataclass(frozen=True)
class Connection:
    """One RTCPeerConnection of a page; counters are cumulative, None without a transport."""

    index: int
    state: str
    ice: str
    local_ufrag: str | None
    remote_ufrag: str | None
    packets_sent: int | None = None
    packets_received: int | None = None
    stun_rtt_total_s: float = 0.0
    stun_responses: int = 0
    bytes_received: int = 0
    route: str = ""
    local_port: int = 0
    """Of the selected pair; 0: none is selected."""


@dataclass(frozen=True)
class Answer:
    """A page's answer; `clock_ms` on its own clock, read after the statistics."""

    origin: float
    clock_ms: float
    state: str | None
    status: dict[str, Any] | None
    events: list[dict[str, Any]] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    meter: dict[str, Any] = field(default_factory=dict)
    """Counters of the init script; empty where it did not run."""

    @property
    def worker(self) -> dict[str, Any]:
        worker = (self.status or {}).get("worker")
        return worker if isinstance(worker, dict) else {}


def parse(value: dict[str, Any]) -> Answer:
    """The answer as values. Raises KeyError or TypeError on another shape."""
    return Answer(
        origin=float(value["origin"]),
        clock_ms=float(value["clockMs"]),
        state=value["state"],
        status=value["status"],
        events=list(value["events"]),
        connections=[_connection(one) for one in value["connections"]],
        meter=value.get("meter") or {},
    )


def _connection(one: dict[str, Any]) -> Connection:
    route = (
        f"{one.get('localCandidate')}/{one.get('remoteCandidate')}/{one.get('protocol')}"
        if "packetsSent" in one
        else ""
    )
    return Connection(
        index=int(one["index"]),
        state=str(one["state"]),
        ice=str(one["ice"]),
        local_ufrag=one["localUfrag"],
        remote_ufrag=one["remoteUfrag"],
        packets_sent=one.get("packetsSent"),
        packets_received=one.get("packetsReceived"),
        stun_rtt_total_s=float(one.get("stunRttTotalS") or 0.0),
        stun_responses=int(one.get("stunResponses") or 0),
        bytes_received=int(one.get("bytesReceived") or 0),
        route=route,
        local_port=int(one.get("localPort") or 0),
    )
