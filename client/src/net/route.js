/**
 * Over which path two peers talk, read from the connection's statistics (WEBRTC-04). No addresses: they are personal data.
 *
 * @module
 */

/** @typedef {{local: string, remote: string, protocol: string | null, relay_protocol: string | null}} Candidates */
/** @typedef {{route: "direct" | "relay" | "unknown", candidates: Candidates | null}} Route */

/** @type {Route} */
const UNKNOWN = Object.freeze({ route: "unknown", candidates: null });

/**
 * @param {{values(): Iterable<any>, get(id: string): any}} stats an RTCStatsReport
 * @returns {Route} of the candidate pair in use
 */
export function routeOf(stats) {
  const pair = selectedPair(stats);
  const local = pair && stats.get(pair.localCandidateId);
  const remote = pair && stats.get(pair.remoteCandidateId);
  if (!local || !remote) return UNKNOWN;
  const relayed = local.candidateType === "relay" || remote.candidateType === "relay";
  return {
    route: relayed ? "relay" : "direct",
    candidates: {
      local: local.candidateType,
      remote: remote.candidateType,
      protocol: local.protocol ?? null,
      relay_protocol: local.relayProtocol ?? null,
    },
  };
}

/**
 * @param {{values(): Iterable<any>, get(id: string): any}} stats
 * @returns {any} undefined before a pair was selected
 */
function selectedPair(stats) {
  const all = [...stats.values()];
  const chosen = all.find((report) => report.type === "transport" && report.selectedCandidatePairId !== undefined);
  if (chosen !== undefined) return stats.get(chosen.selectedCandidatePairId);
  // Firefox has no transport report and marks the pair itself.
  return all.find((report) => report.type === "candidate-pair" && report.selected === true);
}
