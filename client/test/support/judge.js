/**
 * The judge of a simulated match: reads only its evidence and names everything that is wrong.
 *
 * The strongest oracle is `reference`: the world stepped once, without any network, with the inputs the participants gave.
 *
 * @module
 */

import { sameInput } from "../../src/core/input-queue.js";

/** @import { CanonicalRow, Input } from "../../src/core/types.js" */
/** @import { Match } from "./match.js" */
/** @import { Peer } from "./peer.js" */

/**
 * @param {Match} match
 * @returns {string[]} empty when the match is sound
 */
export function judge(match) {
  const problems = match.peers.flatMap((peer, seat) => peer.problems.slice(0, 3).map((text) => `seat ${seat}: ${text}`));
  const unfinished = match.peers.findIndex((peer) => !peer.done);
  if (unfinished !== -1) {
    const peer = match.peers[unfinished];
    return [...problems, `unfinished: seat ${unfinished} has ${peer.rows.length} rows after ${Math.round(match.endedMs)} ms`];
  }
  const expected = referenceRows(match);
  match.peers.forEach((peer, seat) => {
    problems.push(...compareRows(expected, peer.rows, seat), ...lostInputs(match, peer, seat));
    if (peer.session.stats.conflicts > 0) problems.push(`seat ${seat}: ${peer.session.stats.conflicts} conflicting inputs`);
  });
  return problems;
}

/**
 * @param {Match} match
 * @param {number} frame
 * @returns {Input[]} what every participant really gave
 */
function trueInputs({ peers, options }, frame) {
  const { inputDelayFrames, idleAction } = options[0];
  const idle = { action: idleAction, focused: true, auto: true };
  return peers.map((peer) => (frame < inputDelayFrames ? idle : (peer.given.get(frame) ?? idle)));
}

/**
 * @param {Match} match
 * @returns {CanonicalRow[]}
 */
function referenceRows(match) {
  /** @type {CanonicalRow[]} */
  const rows = [];
  for (let ended = false; !ended; ) {
    const step = match.reference.step(rows.length, trueInputs(match, rows.length));
    rows.push({ frame: step.frame, row: step.row, hash: step.hash });
    ended = step.ended;
  }
  return rows;
}

/**
 * @param {CanonicalRow[]} expected
 * @param {CanonicalRow[]} actual
 * @param {number} seat
 * @returns {string[]}
 */
function compareRows(expected, actual, seat) {
  if (expected.length !== actual.length) return [`seat ${seat}: different: ${actual.length} rows, ${expected.length} expected`];
  const frame = expected.findIndex((row, index) => row.row !== actual[index].row || row.hash !== actual[index].hash);
  if (frame === -1) return [];
  const cells = [expected[frame], actual[frame]].map((row) => Object.entries(JSON.parse(row.row)));
  const column = cells[0].findIndex(([, value], index) => JSON.stringify(value) !== JSON.stringify(cells[1][index][1]));
  return [`seat ${seat}: different: frame ${frame}, column ${cells[0][column]?.[0] ?? "hash"}`];
}

/**
 * @param {Match} match
 * @param {Peer} peer
 * @param {number} own
 * @returns {string[]}
 */
function lostInputs(match, peer, own) {
  const log = peer.session.inputLog(peer.rows.length);
  if (log.length !== peer.rows.length) return [`seat ${own}: input log of ${log.length} frames for ${peer.rows.length} rows`];
  for (const [frame, inputs] of log.entries()) {
    const seat = trueInputs(match, frame).findIndex((input, index) => !sameInput(input, inputs[index]));
    if (seat !== -1) return [`seat ${own}: input of seat ${seat} for frame ${frame} was lost or altered`];
  }
  return [];
}
