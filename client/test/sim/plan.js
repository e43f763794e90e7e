/**
 * What is done to a simulated match: every number is in the plan, so the plan alone replays it and can be made smaller.
 *
 * The ranges of the faults are drawn first (a swarm): one match has only loss, another everything at once.
 *
 * @module
 */

import { Random } from "../support/random.js";

/** @import { Machine } from "../support/table.js" */
/** @import { Rule } from "../support/link.js" */

/**
 * @typedef {object} Plan
 * @property {number} seed of inputs, worlds and every packet's fate
 * @property {number} seats 2..8
 * @property {number} frames of each episode
 * @property {number} episodes
 * @property {number} [target] points at which the world ends an episode by itself
 * @property {{[fromTo: string]: Rule}} links "0>1" -> what that direction suffers
 * @property {Machine[]} machines by seat
 * @property {number[]} joinMs by seat: when its channels open; a slow handshake
 * @property {{seat: number, atMs: number} | null} kill a seat that is gone for good; the others are cut as the server would
 * @property {{seat: number, frame: number} | null} [flip] one bit of this seat's state is wrong after this frame: all must find it
 * @property {number | null} [limitFrames] of prediction; null measures
 */

const SIZES = Object.freeze([2, 3, 4, 5, 6, 7, 8]);
const FRAME_MS = 1000 / 30;
/** Faults end before the last part of an episode, so that every match must recover. */
const QUIET_SHARE = 0.8;

/**
 * @param {number} seed
 * @param {{frames: number}} options
 * @returns {Plan}
 */
export function drawPlan(seed, { frames }) {
  const random = new Random(Math.imul(seed, 0x9e3779b1) ^ 0x51ed270b);
  const seats = drawSeats(random);
  const severity = drawSeverity(random);
  const spanMs = frames * FRAME_MS * QUIET_SHARE;
  /** @type {{[fromTo: string]: Rule}} */
  const links = {};
  for (let from = 0; from < seats; from += 1) {
    for (let to = 0; to < seats; to += 1) if (from !== to) links[`${from}>${to}`] = drawRule(random, severity, spanMs);
  }
  const machines = Array.from({ length: seats }, () => drawMachine(random, severity, spanMs));
  const joinMs = machines.map(() => (random.chance(severity.late) ? random.int(100, 4000) : 0));
  const episodes = random.chance(0.1) ? 2 : 1;
  const kill = random.chance(0.06) ? { seat: random.int(0, seats - 1), atMs: Math.round(5000 + random.next() * spanMs) } : null;
  const target = random.chance(0.3) ? Math.round(frames * seats * (0.3 + random.next())) : undefined;
  const flip = kill === null && random.chance(0.1) ? { seat: random.int(0, seats - 1), frame: random.int(0, frames - 1) } : null;
  const limitFrames = random.chance(0.3) ? random.int(8, 60) : null;
  return { seed, seats, frames, episodes, target, links, machines, joinMs, kill, flip, limitFrames };
}

/** A match costs the square of its size, and most sessions are small: a size comes up in proportion to one over it. @param {Random} random */
function drawSeats(random) {
  let left = random.next() * SIZES.reduce((sum, seats) => sum + 1 / seats, 0);
  for (const seats of SIZES) {
    left -= 1 / seats;
    if (left < 0) return seats;
  }
  return SIZES[SIZES.length - 1];
}

/** @typedef {{latencyMs: number, jitterMs: number, loss: number, bursts: number, duplicate: number, reorder: number, corrupt: number, bandwidth: number, outages: number, oneWay: number, skew: number, freezes: number, hidden: number, slow: number, delays: number, late: number}} Severity */

/** @param {Random} random @returns {Severity} largest values, or shares of links and seats */
function drawSeverity(random) {
  const some = (/** @type {number} */ most) => (random.chance(0.5) ? random.next() * most : 0);
  return {
    ...{ latencyMs: some(200), jitterMs: some(80), loss: some(0.3), bursts: some(0.6), duplicate: some(0.3), reorder: some(0.3) },
    ...{ corrupt: some(0.05), bandwidth: some(0.4), outages: some(0.5), oneWay: some(0.5), skew: some(300), freezes: some(0.6), hidden: some(0.5) },
    ...{ slow: some(0.5), delays: some(0.6), late: some(0.5) },
  };
}

/**
 * @param {Random} random
 * @param {Severity} most
 * @param {number} spanMs
 * @returns {Rule}
 */
function drawRule(random, most, spanMs) {
  const upTo = (/** @type {number} */ value) => random.next() * value;
  return {
    latencyMs: Math.round(upTo(most.latencyMs)),
    jitterMs: Math.round(upTo(most.jitterMs)),
    loss: upTo(most.loss),
    duplicate: upTo(most.duplicate),
    reorder: upTo(most.reorder),
    reorderMs: random.int(20, 200),
    corrupt: upTo(most.corrupt),
    bursts: random.chance(most.bursts) ? { toBad: 0.02, toGood: 0.2, loss: 0.5 + upTo(0.5) } : null,
    bandwidth: random.chance(most.bandwidth) ? { bytesPerS: random.int(6000, 40_000), queueBytes: random.int(2000, 16_000) } : null,
    outages: drawSpans(random, Math.max(most.outages, most.oneWay), { spanMs, longestMs: 4000 }),
  };
}

/**
 * @param {Random} random
 * @param {Severity} most
 * @param {number} spanMs
 * @returns {Machine}
 */
function drawMachine(random, most, spanMs) {
  const skewPpm = Math.round((random.next() * 2 - 1) * most.skew);
  const freezes = drawSpans(random, most.freezes, { spanMs, longestMs: 3000 });
  const hidden = drawSpans(random, most.hidden, { spanMs, longestMs: 4000 });
  const slow = drawSpans(random, most.slow, { spanMs, longestMs: 3000 }).map(([fromMs, toMs]) => ({ fromMs, toMs, stepMs: random.int(1, 8) }));
  return { skewPpm, freezes, hidden, slow, delayChanges: drawDelays(random, most, spanMs) };
}

/**
 * @param {Random} random
 * @param {Severity} most
 * @param {number} spanMs
 * @returns {[frame: number, delayFrames: number][]}
 */
function drawDelays(random, most, spanMs) {
  const last = Math.max(2, Math.round(spanMs / FRAME_MS));
  const frames = Array.from({ length: 2 }, () => random.int(1, last)).sort((a, b) => a - b);
  return frames.flatMap((frame) => (random.chance(most.delays) ? [/** @type {[number, number]} */ ([frame, random.int(0, 8)])] : []));
}

/**
 * @param {Random} random
 * @param {number} share chance of each of three spans
 * @param {{spanMs: number, longestMs: number}} limits
 * @returns {[number, number][]}
 */
function drawSpans(random, share, { spanMs, longestMs }) {
  /** @type {[number, number][]} */
  const spans = [];
  for (let count = 0; count < 3; count += 1) {
    const fromMs = Math.round(1500 + random.next() * spanMs);
    const toMs = fromMs + random.int(50, longestMs);
    if (random.chance(share)) spans.push([fromMs, toMs]);
  }
  return spans;
}
