/**
 * A whole match of N peers over seeded links, from the first tick to the last promoted row.
 *
 * @module
 */

import { Session } from "../../src/core/session.js";
import { VirtualClock } from "./clock.js";
import { Link } from "./link.js";
import { Peer } from "./peer.js";
import { Random } from "./random.js";
import { TOY_ACTIONS, ToyWorld } from "./toy-world.js";

/** @import { Input, SessionOptions } from "../../src/core/types.js" */
/** @import { Rule } from "./link.js" */

/**
 * @typedef {object} MatchOptions
 * @property {number} seed
 * @property {number} seats
 * @property {number} frames upper bound of the episode
 * @property {number} [target] points that end the episode earlier
 * @property {number} [delay] input delay in frames
 * @property {number} [limit] prediction limit in frames
 * @property {(from: number, to: number) => Rule} rule
 * @property {{chance: number, ms: number}} [hiccup]
 * @property {number[]} [startMs] of each seat's first tick
 * @property {number[]} [skew] factor of each seat's period
 * @property {number} [limitMs] virtual time
 * @property {number} [leakSeat] planted bug: the world of this seat has state that a load does not restore
 * @property {(options: SessionOptions) => Session} [makeSession] planted bugs in the session
 */

/**
 * @typedef {object} Match
 * @property {Peer[]} peers by seat
 * @property {ToyWorld} reference a fresh world, for the judge
 * @property {SessionOptions[]} options by seat
 * @property {number} endedMs virtual time
 */

export const PERIOD_MS = 1000 / 30;
const EPOCH = 1;

/**
 * @param {MatchOptions} options
 * @returns {Match}
 */
export function playMatch(options) {
  const random = new Random(options.seed);
  const clock = new VirtualClock();
  const worldSeed = random.int(0, 2 ** 32 - 1);
  const scripts = Array.from({ length: options.seats }, () => participant(random.fork()));
  const peers = scripts.map((_, seat) => makePeer(options, { seat, worldSeed, scripts, clock, random: random.fork() }));
  connect(peers, options, { clock, random });
  peers.forEach((peer, seat) => clock.after(options.startMs?.[seat] ?? random.next() * PERIOD_MS, () => peer.tick()));
  clock.run({ limitMs: options.limitMs ?? 120_000, done: () => peers.every((peer) => peer.done) });
  return {
    peers,
    reference: makeWorld(options, worldSeed, false),
    options: peers.map((_, seat) => sessionOptions(options, seat)),
    endedMs: clock.nowMs,
  };
}

/**
 * @param {Random} random
 * @returns {(frame: number) => Input} holds a key for a few frames, sometimes looks away; the same frame has the same input
 */
function participant(random) {
  /** @type {Input[]} */
  const inputs = [];
  return (frame) => {
    while (inputs.length <= frame) {
      const last = inputs.at(-1);
      const keep = last !== undefined && random.chance(0.8);
      const away = random.chance(0.05);
      const fresh = { action: away ? 0 : random.int(0, TOY_ACTIONS - 1), focused: !away, auto: away };
      inputs.push(keep ? last : fresh);
    }
    return inputs[frame];
  };
}

/**
 * @param {MatchOptions} options
 * @param {number} seat
 * @returns {SessionOptions}
 */
function sessionOptions(options, seat) {
  return {
    seats: options.seats,
    localSeat: seat,
    inputDelayFrames: options.delay ?? 2,
    predictionLimitFrames: options.limit ?? 12,
    idleAction: 0,
    epoch: EPOCH,
  };
}

/**
 * @param {MatchOptions} options
 * @param {number} seed
 * @param {boolean} leak
 * @returns {ToyWorld}
 */
function makeWorld({ seats, frames, target }, seed, leak) {
  return new ToyWorld({ seats, seed, maxSteps: frames, target, leak });
}

/**
 * @param {MatchOptions} options
 * @param {{seat: number, worldSeed: number, scripts: ((frame: number) => Input)[], clock: VirtualClock, random: Random}} parts
 * @returns {Peer}
 */
function makePeer(options, { seat, worldSeed, scripts, clock, random }) {
  const settings = sessionOptions(options, seat);
  return new Peer({
    session: options.makeSession?.(settings) ?? new Session(settings),
    options: settings,
    world: makeWorld(options, worldSeed, options.leakSeat === seat),
    script: (who, frame) => scripts[who](frame),
    clock,
    random,
    periodMs: PERIOD_MS * (options.skew?.[seat] ?? 1),
    hiccup: options.hiccup ?? { chance: 0, ms: 0 },
  });
}

/**
 * @param {Peer[]} peers
 * @param {MatchOptions} options
 * @param {{clock: VirtualClock, random: Random}} parts
 */
function connect(peers, { rule }, { clock, random }) {
  peers.forEach((sender, from) => {
    peers.forEach((receiver, to) => {
      if (from === to) return;
      const deliver = (/** @type {Uint8Array} */ packet) => receiver.receive(packet);
      sender.links.set(to, new Link({ clock, random: random.fork(), rule: rule(from, to), deliver }));
    });
  });
}

/**
 * A rule drawn from a seed: from a good local network to one that loses bursts of packets and reorders the others.
 *
 * @param {Random} random
 * @returns {Rule}
 */
export function drawRule(random) {
  return {
    latencyMs: random.int(0, 200),
    jitterMs: random.int(0, 80),
    loss: random.chance(0.5) ? random.next() * 0.4 : 0,
    duplicate: random.chance(0.5) ? random.next() * 0.3 : 0,
    reorder: random.chance(0.5) ? random.next() * 0.2 : 0,
    reorderMs: random.int(0, 300),
    corrupt: random.chance(0.3) ? 0.02 : 0,
    burst: random.chance(0.25) ? { everyMs: random.int(1500, 4000), lengthMs: random.int(100, 1200) } : null,
  };
}
