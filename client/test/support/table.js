/**
 * A whole session in memory: one `Match` for each seat, joined pairwise by channels, under one virtual clock.
 *
 * @module
 */

import { Host } from "../../src/game/host.js";
import { InputSource } from "../../src/game/input-source.js";
import { Match } from "../../src/game/match.js";
import { VirtualClock } from "./clock.js";
import { channelPair } from "./memory-channel.js";
import { Random } from "./random.js";
import { toyHost } from "./toy-host.js";

/** @import { ChunkMessage, FromWorker, GameEvent, Seal, SessionConfig } from "../../src/game/messages.js" */
/** @import { Wire } from "../../src/game/links.js" */
/** @import { Rule } from "./link.js" */
/** @import { End } from "./memory-channel.js" */

/** The tick of the table: how often each seat looks at its clock. */
const STEP_MS = 2;

export class Seat {
  /** @type {FromWorker[]} */
  posted = [];
  /** @type {GameEvent[]} */
  events = [];
  /** @type {Error | null} */
  error = null;
  stopped = false;
  match;

  /** @param {{config: SessionConfig, host: Host, clock: VirtualClock, random: Random}} parts */
  constructor({ config, host, clock, random }) {
    const input = new InputSource(host.spec);
    let action = 0;
    input.script(Array.from({ length: 4000 }, () => (action = random.chance(0.2) ? random.int(0, host.spec.actions.length - 1) : action)));
    const post = (/** @type {FromWorker} */ message) => void this.posted.push(message);
    const onEvent = (/** @type {string} */ kind, /** @type {object} */ detail) => void this.events.push({ ...detail, kind, tMs: clock.nowMs });
    this.match = new Match({ config, host, input, post, onEvent, nowMs: clock.nowMs });
  }

  /** @returns {Seal[]} by episode */
  get seals() {
    return this.posted.flatMap((message) => (message.type === "seal" ? [message.seal] : []));
  }

  /** @param {number} episode @returns {string[]} rows as uploaded */
  rows(episode) {
    const chunks = /** @type {ChunkMessage[]} */ (this.posted.filter((message) => message.type === "chunk"));
    return chunks.filter((chunk) => chunk.episode === episode).flatMap(({ rows }) => rows);
  }

  /** @param {string} kind */
  count(kind) {
    return this.events.filter((event) => event.kind === kind).length;
  }
}

export class Table {
  clock = new VirtualClock();
  /** @type {Seat[]} */
  seats = [];
  /** @type {End[]} */
  ends = [];
  #random;

  /**
   * @param {object} options
   * @param {number} [options.seats]
   * @param {number} [options.episodes]
   * @param {number} [options.maxSteps]
   * @param {number} [options.seed]
   * @param {Rule} [options.input] what happens on the `input` channels
   * @param {Rule} [options.control] latency of the `control` channels
   * @param {(seat: number) => {leak?: boolean, seedOffset?: number}} [options.planted] a bug of one seat's world
   */
  constructor({ seats = 2, episodes = 1, maxSteps = 120, seed = 1, input = {}, control = {}, planted = () => ({}) } = {}) {
    this.#random = new Random(seed);
    for (let seat = 0; seat < seats; seat += 1) {
      const host = new Host(toyHost({ seats, maxSteps, ...planted(seat) }));
      const config = sessionConfig({ seat, seats, episodes });
      this.seats.push(new Seat({ config, host, clock: this.clock, random: new Random(seed * 31 + seat) }));
    }
    for (let a = 0; a < seats; a += 1) for (let b = a + 1; b < seats; b += 1) this.#join(a, b, { input, control });
    for (const seat of this.seats) this.#tick(seat);
  }

  /** Until every seat is done (or failed), at most so long. @param {number} [limitMs] */
  run(limitMs = 60_000) {
    this.clock.run({ limitMs, done: () => this.seats.every((seat) => seat.stopped || seat.error !== null || seat.match.state === "done") });
    return this.seats;
  }

  /** @param {number} untilMs */
  runUntil(untilMs) {
    this.clock.run({ limitMs: untilMs, done: () => this.clock.nowMs >= untilMs });
  }

  /** A seat that says and hears nothing any more. @param {number} seat */
  vanish(seat) {
    this.seats[seat].stopped = true;
    for (const end of this.ends) end.listen(() => {});
  }

  /** @param {number} a @param {number} b @param {{input: Rule, control: Rule}} rules */
  #join(a, b, rules) {
    for (const label of /** @type {const} */ (["input", "control"])) {
      const ends = channelPair(label, { clock: this.clock, random: this.#random, rule: rules[label] });
      this.ends.push(...ends);
      this.#attach(this.seats[a], b, ends[0]);
      this.#attach(this.seats[b], a, ends[1]);
    }
  }

  /** @param {Seat} seat @param {number} peerSeat @param {End} end */
  #attach(seat, peerSeat, { label, channel, listen }) {
    /** @type {Wire} */
    const wire = { peerSeat, label, channel };
    listen((data) => this.#guarded(seat, () => seat.match.packet(wire, { data, nowMs: this.clock.nowMs })));
    seat.match.attach(wire, this.clock.nowMs);
  }

  /** @param {Seat} seat */
  #tick(seat) {
    this.clock.after(STEP_MS, () => {
      if (seat.stopped || seat.error !== null) return;
      this.#guarded(seat, () => seat.match.step(this.clock.nowMs));
      this.#tick(seat);
    });
  }

  /** @param {Seat} seat @param {() => void} act */
  #guarded(seat, act) {
    try {
      act();
    } catch (error) {
      seat.error = /** @type {Error} */ (error);
    }
  }
}

/** @param {{seat: number, seats: number, episodes: number}} of @returns {SessionConfig} */
function sessionConfig({ seat, seats, episodes }) {
  return {
    ...{ session_id: "00112233445566ff", scene_id: "toy", registry_version: 1, seat, seats, seed: 7, episodes, max_steps: null },
    ...{ input_delay_frames: 2, prediction_limit_frames: 12, upload_interval_ms: 200, countdown_ms: 500, keys: {}, ice: {}, profile: "test" },
  };
}
