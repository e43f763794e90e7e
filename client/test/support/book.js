/**
 * What the simulator saw of one seat in one episode: frames that its host simulated, inputs that it gave, packets that reached it.
 *
 * Nothing of it is asked of the code under test. Lists are by frame, unless they are said to be by seat.
 *
 * @module
 */

import { glance } from "./glance.js";

/** @import { Input, Request } from "../../src/core/types.js" */
/** @import { Label } from "../../src/net/channel.js" */
/** @import { Answer } from "./toy-world.js" */

export class Book {
  /** How often a frame was simulated; the first times come in order. @type {number[]} */
  simulated = [];
  /** When it was simulated first, by the seat's clock. @type {number[]} */
  firstMs = [];
  /** How far it was ahead of the confirmed frame then. @type {number[]} */
  aheadFrames = [];
  /** By seat: its inputs were known up to here then, without a gap. @type {number[][]} */
  knownTo = [];
  /** Its own inputs, as it gave them. @type {Map<number, Input>} */
  given = new Map();
  /** With what each frame was simulated last. @type {Input[][]} */
  used = [];
  /** Each time that an older state was loaded: which frame, with what it had been simulated, and how many had been. @type {{to: number, at: number, used: Input[]}[]} */
  loads = [];
  /** When it had been simulated and the inputs of all seats up to it were there. @type {number[]} */
  finalMs = [];
  /** The newest frame that was simulated then. @type {number[]} */
  newestAtFinal = [];
  /** Of the state behind it, of final frames up to the end of the episode. @type {string[]} */
  hashes = [];
  /** By seat: its inputs are known up to here, without a gap. @type {number[]} */
  inputsTo;
  /** By seat: how many of its hashes came. @type {number[]} */
  hashesHeard;
  /** The same when the episode was sealed. @type {number[] | null} */
  heardAtSeal = null;
  /** The loads until then. @type {{to: number, at: number}[] | null} */
  loadsAtSeal = null;
  /** Hashes that were not the next of their seat. */
  strays = 0;
  #epoch;
  #seat;
  #over = false;

  /** @param {{seats: number, seat: number, epoch: number, delayFrames: number}} options delayFrames: of the input, at the start */
  constructor({ seats, seat, epoch, delayFrames }) {
    this.#seat = seat;
    this.#epoch = epoch;
    this.inputsTo = Array.from({ length: seats }, () => delayFrames - 1);
    this.hashesHeard = Array.from({ length: seats }, () => 0);
  }

  /** @param {number} frame whose own input was given @param {Input} input */
  gave(frame, input) {
    this.given.set(frame, input);
    this.inputsTo[this.#seat] = frame;
  }

  /** @param {number} seat of the sender @param {Label} label @param {ArrayBuffer} data a packet that reached this seat */
  reached(seat, label, data) {
    const seen = glance(label, data);
    if (seen === null || seen.epoch !== this.#epoch) return;
    if (seen.what === "hash") this.#hash(seat, seen.frame);
    else if (this.#isNews(seat, seen) && seen.sound()) this.inputsTo[seat] = seen.frame + seen.count - 1;
  }

  /** A batch was carried out. @param {Request[]} requests @param {Answer["rows"]} rows @param {number} nowMs */
  ran(requests, rows, nowMs) {
    const confirmed = Math.min(...this.inputsTo);
    for (const request of requests) {
      const { kind, frame } = request;
      if (kind === "load") this.loads.push({ to: frame, at: this.simulated.length, used: this.used[frame] });
      if (kind !== "advance") continue;
      this.#advanced(frame, confirmed, nowMs);
      this.used[frame] = request.inputs;
    }
    for (let frame = this.finalMs.length; frame <= confirmed && frame < this.simulated.length; frame += 1) {
      this.finalMs.push(nowMs);
      this.newestAtFinal.push(this.simulated.length - 1);
    }
    for (const { hash, ended } of rows) {
      if (!this.#over) this.hashes.push(hash);
      this.#over ||= ended;
    }
  }

  sealed() {
    this.heardAtSeal = [...this.hashesHeard];
    this.loadsAtSeal = [...this.loads];
  }

  /** @param {number} seat @param {number} frame */
  #hash(seat, frame) {
    if (frame === this.hashesHeard[seat]) this.hashesHeard[seat] += 1;
    else this.strays += 1;
  }

  /** @param {number} seat @param {{frame: number, count: number}} inputs @returns {boolean} they join what is known and add to it */
  #isNews(seat, { frame, count }) {
    const known = this.inputsTo[seat];
    return frame <= known + 1 && frame + count - 1 > known;
  }

  /** @param {number} frame @param {number} confirmed @param {number} nowMs */
  #advanced(frame, confirmed, nowMs) {
    if (frame < this.simulated.length) {
      this.simulated[frame] += 1;
      return;
    }
    this.simulated.push(1);
    this.firstMs.push(nowMs);
    this.aheadFrames.push(frame - confirmed);
    this.knownTo.push([...this.inputsTo]);
  }
}
