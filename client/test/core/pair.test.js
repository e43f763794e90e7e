import assert from "node:assert/strict";
import { test } from "node:test";

import { Session } from "../../src/core/session.js";
import { decode, encode } from "../../src/wire/codec.js";
import { judge } from "../support/judge.js";
import { drawRule, PERIOD_MS, playMatch } from "../support/match.js";
import { Random } from "../support/random.js";

/** @import { MatchOptions } from "../support/match.js" */

const SEEDS = 120;
const FRAMES = 300;

/**
 * @param {number} seed
 * @returns {MatchOptions} everything of the match is drawn from the seed
 */
function drawn(seed) {
  const random = new Random(seed ^ 0x5eed);
  return {
    seed,
    seats: 2 + (seed % 3),
    frames: FRAMES,
    target: random.chance(0.5) ? random.int(250, 700) : undefined,
    delay: random.int(0, 4),
    limit: random.int(6, 20),
    rule: () => drawRule(random),
    hiccup: random.chance(0.3) ? { chance: 0.02, ms: 400 } : undefined,
  };
}

/** @returns {() => import("../support/link.js").Rule} six frames of one-way latency */
const sixFrames = () => () => ({ latencyMs: 6 * PERIOD_MS });

test(`${SEEDS} seeded matches of 2..4 seats end with the rows of a run without network`, (t) => {
  const totals = { rows: 0, rollbacks: 0, maxDepth: 0, stalls: 0, revokedEnds: 0, corrupt: 0, early: 0, corrected: 0, lost: 0 };
  for (let seed = 0; seed < SEEDS; seed += 1) {
    const match = playMatch(drawn(seed));
    assert.deepEqual(judge(match), [], `seed ${seed}`);
    for (const peer of match.peers) {
      const { rollbacks, maxDepth, stalls } = peer.session.stats;
      totals.rows += peer.rows.length;
      totals.rollbacks += rollbacks;
      totals.maxDepth = Math.max(totals.maxDepth, maxDepth);
      totals.stalls += stalls;
      totals.revokedEnds += peer.revokedEnds;
      totals.corrupt += peer.dropped.crc ?? 0;
      totals.early += peer.rows.length < FRAMES ? 1 : 0;
      totals.corrected += peer.record.stats.correctedRows;
      for (const link of peer.links.values()) totals.lost += link.counts.lost;
    }
  }
  t.diagnostic(JSON.stringify(totals));
  // Sometimes-assertions: the run proves nothing about what never happened in it.
  for (const [name, count] of Object.entries(totals)) assert.ok(count > 0, `${name} never happened`);
});

test("six frames of latency over a delay of two make both sides roll back", () => {
  const match = playMatch({ seed: 1, seats: 2, frames: FRAMES, rule: sixFrames() });
  assert.deepEqual(judge(match), []);
  for (const peer of match.peers) {
    const { rollbacks, maxDepth, stalls } = peer.session.stats;
    assert.ok(rollbacks >= 10, `${rollbacks} rollbacks`);
    assert.ok(maxDepth >= 4 && maxDepth <= 12, `depth ${maxDepth}`);
    assert.equal(stalls, 0);
  }
});

test("latency within the delay needs no rollback", () => {
  const startMs = [0, 1];
  const match = playMatch({ seed: 2, seats: 2, frames: FRAMES, delay: 4, startMs, rule: () => ({ latencyMs: 2 * PERIOD_MS }) });
  assert.deepEqual(judge(match), []);
  assert.deepEqual(match.peers.map((peer) => peer.session.stats.rollbacks), [0, 0]);
});

test("eight seats with loss finish equal", () => {
  const match = playMatch({ seed: 3, seats: 8, frames: 150, rule: () => ({ latencyMs: 120, jitterMs: 60, loss: 0.2 }) });
  assert.deepEqual(judge(match), []);
});

test("half of all packets lost, bursts of five seconds and asymmetric delay leave no gap", () => {
  /** @type {MatchOptions["rule"]} */
  const rule = (from) => ({ latencyMs: from === 0 ? 20 : 250, jitterMs: 50, loss: 0.5, burst: { everyMs: 9000, lengthMs: 5000 } });
  const match = playMatch({ seed: 4, seats: 3, frames: FRAMES, rule });
  assert.deepEqual(judge(match), []);
  assert.ok(match.peers.every((peer) => peer.session.stats.stalls > 100));
});

test("the network changes no canonical row: the same inputs over two networks give the same rows", () => {
  const calm = playMatch({ seed: 5, seats: 2, frames: 200, rule: () => ({}) });
  const storm = playMatch({ seed: 5, seats: 2, frames: 200, rule: () => ({ latencyMs: 150, jitterMs: 150, loss: 0.3 }) });
  assert.deepEqual(storm.peers[0].rows, calm.peers[1].rows);
});

test("a match is repeatable: the same seed gives the same trace", () => {
  const [one, two] = [playMatch(drawn(17)), playMatch(drawn(17))];
  const trace = (/** @type {typeof one} */ match) => match.peers.map((peer) => [peer.timeline, peer.session.stats, peer.record.stats]);
  assert.deepEqual(trace(two), trace(one));
});

test("pace: a start ten frames late and a clock that is 1 % fast end in a gap of at most two frames, without a stall", () => {
  /** @type {MatchOptions} */
  const options = { seed: 6, seats: 2, frames: 900, limit: 30, startMs: [0, 10 * PERIOD_MS], skew: [1, 1.01], rule: () => ({ latencyMs: 60 }) };
  const match = playMatch(options);
  assert.deepEqual(judge(match), []);
  const gapAt = (/** @type {number} */ timeMs) => {
    const [one, two] = match.peers.map((peer) => peer.timeline.findLast((tick) => tick.timeMs <= timeMs)?.frame ?? 0);
    return one - two;
  };
  assert.ok(gapAt(1_000) >= 8, `gap ${gapAt(1_000)} after one second`);
  for (let timeMs = 15_000; timeMs < 29_000; timeMs += 100) assert.ok(Math.abs(gapAt(timeMs)) <= 2, `gap ${gapAt(timeMs)} at ${timeMs} ms`);
  assert.deepEqual(match.peers.map((peer) => peer.session.stats.stalls), [0, 0]);
});

test("planted bug: an action altered on the way under a correct CRC is found", () => {
  /** @type {number | null} */
  let altered = null;
  /** @type {NonNullable<import("../support/link.js").Rule["tamper"]>} */
  const tamper = (packet) => {
    const decoded = decode(packet);
    if (!decoded.ok || decoded.message.type !== "input") return packet;
    const { message } = decoded;
    // Nulls stand for the input before the packet, so an input that is spelled out is altered, the same one in every packet.
    altered ??= message.frame >= 100 && message.inputs.at(-1) ? message.frame + message.inputs.length - 1 : null;
    const input = altered === null ? null : message.inputs[altered - message.frame];
    if (altered === null || !input) return packet;
    const inputs = message.inputs.with(altered - message.frame, { ...input, action: (input.action + 1) % 5 });
    return new Uint8Array(encode({ ...message, inputs }));
  };
  const match = playMatch({ seed: 7, seats: 2, frames: 150, rule: (from) => (from === 0 ? { tamper } : {}) });
  assert.deepEqual(judge(match), [
    `seat 1: different: frame ${altered}, column actions`,
    `seat 1: input of seat 0 for frame ${altered} was lost or altered`,
  ]);
});

test("planted bug: state that a load does not restore makes the rows differ", () => {
  const match = playMatch({ seed: 8, seats: 2, frames: 150, leakSeat: 1, rule: sixFrames() });
  assert.match(judge(match).join("\n"), /seat 1: different: frame \d+, column/);
});

test("planted bug: a fixed redundancy of three inputs never finishes after a burst", () => {
  class ThreeInputs extends Session {
    /** @param {number} peerSeat */
    outgoing(peerSeat) {
      const all = super.outgoing(peerSeat);
      const inputs = all.inputs.slice(-3);
      return { ...all, inputs, frame: all.frame + all.inputs.length - inputs.length };
    }
  }
  const rule = () => ({ latencyMs: 50, burst: { everyMs: 3000, lengthMs: 1000 } });
  const match = playMatch({ seed: 10, seats: 2, frames: 150, makeSession: (options) => new ThreeInputs(options), rule, limitMs: 60_000 });
  assert.match(judge(match).join("\n"), /unfinished/);
});
