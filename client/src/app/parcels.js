/**
 * What the worker hands over for upload, in the names of the server's events. Pure.
 *
 * @typedef {import("./types.js").FromWorker} FromWorker
 * @typedef {import("./uploads.js").Parcel} Parcel
 */

/**
 * @param {Extract<FromWorker, {type: "chunk"}>} message
 * @param {{session_id: string, seat: number}} session
 * @returns {Parcel}
 */
export function chunkParcel({ kind, episode, seq, firstFrame, lastFrame, rows, sha256 }, { session_id, seat }) {
  return {
    event: "data_chunk",
    payload: { session_id, episode, seat, kind, seq, first_frame: firstFrame, last_frame: lastFrame, rows, sha256 },
  };
}

/**
 * @param {Extract<FromWorker, {type: "desync"}>} message
 * @param {{session_id: string, seat: number}} session
 * @param {number} tMs
 */
export function desyncReport({ episode, frame, ownHash, peerSeat, peerHash, verifiedFrame, dump }, { session_id, seat }, tMs) {
  return { session_id, episode, seat, frame, own_hash: ownHash, peer_seat: peerSeat, peer_hash: peerHash, verified_frame: verifiedFrame, t_ms: tMs, dump };
}

/**
 * @param {Extract<FromWorker, {type: "seal"}>} message
 * @param {{session_id: string, seat: number}} session
 * @returns {Parcel}
 */
export function sealParcel({ episode, seal }, { session_id, seat }) {
  return {
    event: "episode_seal",
    payload: {
      session_id,
      episode,
      seat,
      end_frame: seal.endFrame,
      rows: seal.rows,
      chunks: seal.chunks,
      input_hash: seal.inputHash,
      state_hash: seal.stateHash,
      verified: seal.verified,
      reason: seal.reason,
      stats: seal.stats,
    },
  };
}
