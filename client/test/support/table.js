/**
 * A whole session in memory: one `Match` for each seat, joined pairwise by channels, under one virtual clock.
 *
 * @module
 */

import { Host } from "../../src/game/host.js";
import { InputSource } from "../../src/game/input-source.js";
import { Match } from "../../src/game/match.js";
import { Book } from "./book.js";
import { VirtualClock } from "./clock.js";
import { channelPair } from "./memory-channel.js";
import { Random } from "./random.js";
import { SESSION, toyHost } from "./toy-host.js";

/** @import { Label } from "../../src/net/channel.js" */
/** @import { ChunkKind, ChunkMessage, FromWorker, GameEvent, Seal, SessionConfig } from "../../src/game/messages.js" */
/** @import { Request } from "../../src/core/types.js" */
/** @import { Wire } from "../../src/game/links.js" */
/** @import { Rule } from "./link.js" */
/** @import { End } from "./memory-channel.js" */
/** @import { Planted } from "./toy-host.js" */
/** @import { Answer } from "./toy-world.js" */

/** From the crash of a participant to the end of the session. */
export const CUT_AFTER_MS = 3000;
/** At the start of each episode; a machine may change it in play. */
export const INPUT_DELAY_FRAMES = 2;
/** How often each seat looks at its clock. */
const STEP_MS = 4;

/**
 * What is wrong with one participant's machine: a clock that runs by another rate, times at which nothing runs at all, frames that
 * cost time, and changes of the input delay in play.
 *
 * @typedef {object} Machine
 * @property {number} [skewPpm]
 * @property {[fromMs: number, toMs: number][]} [freezes]
 * @property {[fromMs: number, toMs: number][]} [hidden]
 * @property {{fromMs: number, toMs: number, stepMs: number}[]} [slow] each simulated frame takes so long
 * @property {[frame: number, delayFrames: number][]} [delayChanges]
 */

export class Seat {
  /** Everything but statuses, of which there are many. @type {FromWorker[]} */
  posted = [];
  /** @type {GameEvent[]} */
  events = [];
  /** @type {Error | null} */
  error = null;
  stopped = false;
  match;
  /** What was seen of it, by episode. @type {Book[]} */
  books = [];
  #config;
  #input;
  #clock;
  #machine;
  /** Packets that came while the machine was frozen. @type {(() => void)[]} */
  #held = [];
  /** Until then a batch is running. */
  #busyUntilMs = 0;

  /** @param {{config: SessionConfig, host: Host, clock: VirtualClock, random: Random, frames: number, machine: Machine}} parts */
  constructor({ config, host, clock, random, frames, machine }) {
    this.#config = config;
    this.#clock = clock;
    this.#machine = machine;
    const input = new InputSource(host.spec);
    this.#input = input;
    let action = 0;
    const script =Array.from({ length: frames + 64 }, () => (action = random.chance(0.2) ? random.int(0, host.spec.actions.length - 1) : action));
    input.script(script);
    const sample = input.sample.bind(input);
    input.sample = (frame) => {
      const sampled = sample(frame);
      this.books.at(-1)?.gave(frame, sampled);
      return sampled;
    };
    const post = (/** @type {FromWorker} */ message) => {
      if (message.type === "seal") this.books[message.episode].sealed();
      if (message.type !== "status" && message.type !== "draw") this.posted.push(message);
    };
    const onEvent = (/** @type {string} */ kind, /** @type {object} */ detail) => void this.events.push({ ...detail, kind, tMs: clock.nowMs });
    this.match = new Match({ config, host, input, post, onEvent, nowMs: this.nowMs, measureMs: () => Math.max(clock.nowMs, this.#busyUntilMs) });
  }

  /** @returns {number} the participant's own clock */
  get nowMs() {
    return this.#clock.nowMs * (1 + (this.#machine.skewPpm ?? 0) / 1e6);
  }

  /** @returns {boolean} */
  get frozen() {
    const { nowMs } = this.#clock;
    if (nowMs < this.#busyUntilMs) return true;
    return (this.#machine.freezes ?? []).some(([fromMs, toMs]) => nowMs >= fromMs && nowMs < toMs);
  }

  /** An episode begins. */
  begun() {
    const { seats, seat } = this.#config;
    this.books.push(new Book({ seats, seat, epoch: this.books.length + 1, delayFrames: INPUT_DELAY_FRAMES }));
  }

  /** @param {Wire} wire @param {ArrayBuffer} data */
  packet(wire, data) {
    this.books.at(-1)?.reached(wire.peerSeat, wire.label, data);
    this.match.packet(wire, { data, nowMs: this.nowMs });
  }

  /** A batch was carried out: it may have taken its time. @param {Request[]} requests @param {Answer} answer */
  ran(requests, { ended, rows }) {
    this.books.at(-1)?.ran(requests, rows, this.nowMs);
    this.#worked(ended.length);
  }

  /** @param {number} count of simulated frames */
  #worked(count) {
    const { nowMs } = this.#clock;
    const slow = (this.#machine.slow ?? []).find(({ fromMs, toMs }) => nowMs >= fromMs && nowMs < toMs);
    if (slow !== undefined) this.#busyUntilMs = Math.max(nowMs, this.#busyUntilMs) + count * slow.stepMs;
  }

  /** @returns {boolean} */
  get hidden() {
    const { nowMs } = this.#clock;
    return (this.#machine.hidden ?? []).some(([fromMs, toMs]) => nowMs >= fromMs && nowMs < toMs);
  }

  /** One look at the clock. */
  step() {
    if (this.#input.hidden !== this.hidden) this.#input.visibility({ hidden: this.hidden, focused: !this.hidden });
    this.match.step(this.nowMs);
  }

  /** Runs now, or when the machine runs again. @param {() => void} act */
  run(act) {
    if (this.frozen) {
      this.#held.push(act);
      return;
    }
    try {
      for (const held of this.#held.splice(0)) held();
      act();
    } catch (error) {
      this.error = /** @type {Error} */ (error);
    }
  }

  /** @returns {Seal[]} by episode */
  get seals() {
    return this.posted.flatMap((message) => (message.type === "seal" ? [message.seal] : []));
  }

  /** @param {number} episode @returns {string[]} rows as uploaded */
  rows(episode) {
    return this.texts("rows", episode);
  }

  /** @param {ChunkKind} kind @param {number} episode @returns {string[]} as uploaded */
  texts(kind, episode) {
    const chunks = /** @type {ChunkMessage[]} */ (this.posted.filter((message) => message.type === "chunk"));
    return chunks.filter((chunk) => chunk.episode === episode && chunk.kind === kind).flatMap(({ rows }) => rows);
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
  /** What each seat said of itself when one of them was killed. @type {ReturnType<Match["status"]>[] | null} */
  atKill = null;
  #random;
  /** @type {number[]} */
  #joinMs = [];

  /**
   * @param {object} options
   * @param {number} [options.seats]
   * @param {number} [options.episodes]
   * @param {number} [options.maxSteps]
   * @param {number} [options.seed]
   * @param {Rule} [options.input] what happens on the `input` channels
   * @param {Rule} [options.control] and on the `control` channels
   * @param {(from: number, to: number) => Rule} [options.rule] of one direction between two seats, for both channels; instead of the two above
   * @param {(seat: number) => Machine} [options.machine]
   * @param {number} [options.target] points that end an episode earlier
   * @param {number | null} [options.limitFrames] of prediction; null measures
   * @param {number[]} [options.joinMs] by seat: when its channels open
   * @param {{seat: number, atMs: number} | null} [options.kill] the others are cut CUT_AFTER_MS later
   * @param {(seat: number) => Planted} [options.planted] a bug of one seat's world
   */
  constructor({ seats = 2, episodes = 1, maxSteps = 120, seed = 1, input = {}, control = {}, rule, machine = () => ({}), planted = () => ({}), joinMs = [], kill = null, limitFrames = null, target } = {}) {
    this.#random = new Random(seed);
    for (let seat = 0; seat < seats; seat += 1) {
      const onStart = () => this.seats[seat].begun();
      const onRun = (/** @type {Request[]} */ requests, /** @type {Answer} */ answer) => this.seats[seat].ran(requests, answer);
      const host = new Host(toyHost({ seats, maxSteps, target, onStart, onRun, ...planted(seat) }));
      const config = sessionConfig({ seat, seats, episodes, limitFrames, delayChanges: machine(seat).delayChanges ?? [] });
      const parts = { config, host, clock: this.clock, random: new Random(seed * 31 + seat), frames: maxSteps, machine: machine(seat) };
      this.seats.push(new Seat(parts));
    }
    this.#joinMs = joinMs;
    if (kill !== null) this.clock.after(kill.atMs, () => this.#kill(kill.seat));
    const rules = { input: rule ?? (() => input), control: rule ?? (() => control) };
    for (let a = 0; a < seats; a += 1) for (let b = a + 1; b < seats; b += 1) this.#join(a, b, rules);
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

  /** A crashed browser; the server tells the others when it gives up. @param {number} seat */
  #kill(seat) {
    const victim = this.seats[seat];
    if (victim.match.state === "done") return;
    this.atKill = this.seats.map((one) => one.match.status(one.nowMs));
    this.vanish(seat);
    this.clock.after(CUT_AFTER_MS, () => {
      for (const other of this.seats) if (other !== victim) other.run(() => other.match.cut(other.nowMs));
    });
  }

  /** @param {number} a @param {number} b @param {{[L in Label]: (from: number, to: number) => Rule}} rules */
  #join(a, b, rules) {
    for (const label of /** @type {Label[]} */ (["input", "control"])) {
      const both = /** @type {[Rule, Rule]} */ ([rules[label](a, b), rules[label](b, a)]);
      const ends = channelPair(label, { clock: this.clock, random: this.#random, rules: both });
      this.ends.push(...ends);
      this.#attach(this.seats[a], b, ends[0]);
      this.#attach(this.seats[b], a, ends[1]);
    }
  }

  /** @param {Seat} seat @param {number} peerSeat @param {End} end */
  #attach(seat, peerSeat, { label, channel, listen }) {
    /** @type {Wire} */
    const wire = { peerSeat, label, channel };
    listen((data) => seat.run(() => seat.packet(wire, data)));
    const atMs = Math.max(this.#joinMs[this.seats.indexOf(seat)] ?? 0, this.#joinMs[peerSeat] ?? 0);
    if (atMs === 0) seat.match.attach(wire, seat.nowMs);
    else this.clock.after(atMs, () => seat.run(() => seat.match.attach(wire, seat.nowMs)));
  }

  /** @param {Seat} seat */
  #tick(seat) {
    this.clock.after(STEP_MS, () => {
      if (seat.stopped || seat.error !== null) return;
      if (!seat.frozen) seat.run(() => seat.step());
      this.#tick(seat);
    });
  }
}

/** @param {{seat: number, seats: number, episodes: number, limitFrames: number | null, delayChanges: [number, number][]}} of @returns {SessionConfig} */
function sessionConfig({ seat, seats, episodes, limitFrames, delayChanges }) {
  return {
    ...{ session_id: "00112233445566ff", scene_id: SESSION.sceneId, registry_version: 1, seat, seats, seed: SESSION.seed, episodes, max_steps: null },
    ...{ input_delay_frames: INPUT_DELAY_FRAMES, prediction_limit_frames: limitFrames, input_delay_changes: delayChanges, upload_interval_ms: 200, countdown_ms: 500, keys: {}, ice: {}, profile: "test" },
  };
}
