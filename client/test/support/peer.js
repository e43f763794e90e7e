/**
 * One peer of a simulated match: the real session, record and codec, a toy world, and a tick loop on a virtual clock.
 *
 * It keeps its own book of what it gave and what arrived, independent of the session, so that the judge need not trust it.
 *
 * @module
 */

import { Record } from "../../src/core/record.js";
import { TimeSync } from "../../src/core/time-sync.js";
import { decode, encode } from "../../src/wire/codec.js";

/** @import { Session } from "../../src/core/session.js" */
/** @import { CanonicalRow, FinalRow, Input, LocalRow, SessionOptions } from "../../src/core/types.js" */
/** @import { InputMessage } from "../../src/wire/messages.js" */
/** @import { VirtualClock } from "./clock.js" */
/** @import { Link } from "./link.js" */
/** @import { Random } from "./random.js" */
/** @import { ToyWorld } from "./toy-world.js" */

/**
 * @typedef {object} PeerParts
 * @property {Session} session
 * @property {SessionOptions} options
 * @property {ToyWorld} world
 * @property {(seat: number, frame: number) => Input} script what the participant does
 * @property {VirtualClock} clock
 * @property {Random} random
 * @property {number} periodMs
 * @property {{chance: number, ms: number}} hiccup a tick is late by up to ms
 */

export class Peer {
  #parts;
  /** @type {Uint8Array[]} */
  #mailbox = [];
  #pace = new TimeSync();
  record = new Record();
  /** @type {CanonicalRow[]} */
  rows = [];
  /** @type {LocalRow[]} */
  local = [];
  /** @type {Map<number, Link>} by the seat at the other end */
  links = new Map();
  /** @type {Map<number, Input>} own inputs by frame, as sampled */
  given = new Map();
  /** @type {Set<number>} key(seat, frame) of every remote input that reached this peer */
  arrived = new Set();
  /** @type {string[]} broken invariants */
  problems = [];
  /** @type {{[reason: string]: number}} */
  dropped = {};
  revokedEnds = 0;
  /** @type {{timeMs: number, frame: number}[]} current frame after each tick */
  timeline = [];

  /** @param {PeerParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /** @returns {Session} */
  get session() {
    return this.#parts.session;
  }

  /** @returns {boolean} every row up to the end is promoted */
  get done() {
    return this.rows.length > 0 && this.rows.length === this.record.endFrame();
  }

  /** @param {Uint8Array} packet */
  receive(packet) {
    this.#mailbox.push(packet);
  }

  /** One tick, then the next one after a period, for ever. */
  tick() {
    const confirmedBefore = this.session.confirmedFrame;
    for (const packet of this.#mailbox.splice(0)) this.#handle(packet);
    this.#giveInput();
    this.#simulate();
    this.#send();
    this.timeline.push({ timeMs: this.#parts.clock.nowMs, frame: this.session.currentFrame });
    if (this.session.confirmedFrame < confirmedBefore) this.problems.push(`I1: confirmed frame fell from ${confirmedBefore}`);
    this.#scheduleNext();
  }

  /** @param {Uint8Array} packet */
  #handle(packet) {
    const decoded = decode(packet);
    if (!decoded.ok) {
      this.dropped[decoded.reason] = (this.dropped[decoded.reason] ?? 0) + 1;
      return;
    }
    const message = /** @type {InputMessage} */ (decoded.message);
    if (message.type !== "input" || message.epoch !== this.session.epoch) return;
    message.inputs.forEach((_, index) => this.arrived.add(key(message.seat, message.frame + index)));
    this.session.addRemoteInputs(message.seat, message.frame, message.inputs);
    this.session.acknowledge(message.seat, message.ack);
    this.session.observePeer(message.seat, message);
  }

  #giveInput() {
    const { options, script } = this.#parts;
    const { from, to } = this.session.ownInputsDue;
    for (let frame = from; frame < to; frame += 1) {
      const input = script(options.localSeat, frame);
      this.session.addLocalInput(frame, input);
      if (this.given.has(frame)) this.problems.push(`I5: input of frame ${frame} sampled again`);
      this.given.set(frame, input);
    }
  }

  #simulate() {
    const { options, world } = this.#parts;
    const endBefore = this.record.endFrame();
    const result = this.session.advance({ endFrame: endBefore });
    if (result.rollback !== null && result.rollback.to < this.rows.length && !this.done) {
      this.problems.push(`I2: rollback to ${result.rollback.to} with ${this.rows.length} rows promoted`);
    }
    if (endBefore !== null && result.advanced) this.problems.push(`I17: advanced to ${this.session.currentFrame} while held at ${endBefore}`);
    if (this.session.pendingRollback) this.problems.push("a rollback is still pending after advance");
    const answer = world.run(result.requests);
    const advances = result.requests.filter((request) => request.kind === "advance");
    const now = { nowMs: this.#parts.clock.nowMs, delayFrames: this.session.inputDelayFrames };
    advances.forEach((advance, index) => this.record.simulated({ frame: advance.frame, ended: answer.ended[index] }, advance, now));
    this.#promote(answer.rows);
    if (endBefore !== null && this.record.endFrame() !== endBefore) this.revokedEnds += 1;
    const ahead = this.session.currentFrame - this.session.confirmedFrame;
    if (ahead > options.predictionLimitFrames + 1) this.problems.push(`I3: ${ahead} frames ahead of the confirmed frame`);
    const bound = options.predictionLimitFrames + 4;
    if (world.snapshots > bound) this.problems.push(`NETC-04: ${world.snapshots} snapshots held, bound ${bound}`);
  }

  /** @param {FinalRow[]} rows */
  #promote(rows) {
    const { seats, localSeat, inputDelayFrames } = this.#parts.options;
    const inputsAt = (/** @type {number} */ frame) => this.session.inputsAt(frame);
    for (const { row, local } of this.record.promote(rows, { inputsAt, nowMs: this.#parts.clock.nowMs, currentFrame: this.session.currentFrame })) {
      this.local.push(local);
      if (row.frame !== this.rows.length) this.problems.push(`I13: row ${row.frame} promoted after ${this.rows.length} rows`);
      for (let seat = 0; seat < seats; seat += 1) {
        const known = row.frame < inputDelayFrames || seat === localSeat || this.arrived.has(key(seat, row.frame));
        if (!known) this.problems.push(`row ${row.frame} promoted before the input of seat ${seat} arrived`);
      }
      this.rows.push(row);
    }
  }

  #send() {
    const { localSeat, epoch } = this.#parts.options;
    for (const [seat, link] of this.links) {
      link.send(encode({ type: "input", epoch, seat: localSeat, ...this.session.outgoing(seat) }));
    }
  }

  #scheduleNext() {
    const { clock, random, periodMs, hiccup } = this.#parts;
    const { local, remote } = this.session.advantage();
    this.#pace.sample(local, remote);
    const late = random.chance(hiccup.chance) ? random.next() * hiccup.ms : 0;
    clock.after(periodMs * this.#pace.tickScale() + late, () => this.tick());
  }
}

/**
 * @param {number} seat
 * @param {number} frame
 * @returns {number}
 */
function key(seat, frame) {
  return frame * 8 + seat;
}
