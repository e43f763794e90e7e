/**
 * One peer's rollback session for one episode: every peer runs this same code, no peer pushes state (GGPO-01).
 *
 * Per tick the edge calls, in this order: addRemoteInputs/acknowledge/observePeer for each packet, addLocalInput,
 * advance (whose requests it carries out as one batch), then outgoing(peer) for each peer.
 *
 * ```
 *        C = confirmedFrame        C + predictionLimitFrames
 *   ───────────┤ predicted frames ─────────┤ stall: wait for inputs
 *   final      └ a wrong one is rolled back at the start of the next advance()
 * ```
 *
 * @module
 */

import { InputQueue } from "./input-queue.js";
import { Peers } from "./peers.js";
import { checkedOptions } from "./session-options.js";
import { SyncLayer } from "./sync-layer.js";

/** @import { AdvanceResult, FrameInputs, Input, Misprediction, Outgoing, Request, Rollback, SessionOptions, SessionStats } from "./types.js" */

/** Inputs further ahead of the own frame are dropped; the peer repeats them until they are acknowledged. */
export const MAX_AHEAD_FRAMES = 1024;

export class Session {
  #options;
  /** @type {InputQueue[]} */
  #queues;
  #layer;
  #peers;
  #delayFrames;
  #limitFrames;
  #nextFinal = 0;
  #counts = { rollbacks: 0, maxDepth: 0, stalls: 0, accepted: 0, duplicates: 0, conflicts: 0, gaps: 0, tooFar: 0, refused: 0 };

  /**
   * @param {SessionOptions} options
   * @throws {RangeError} an option outside its range
   */
  constructor(options) {
    this.#options = checkedOptions(options);
    const oneShot = new Set(this.#options.oneShotActions);
    const { seats, localSeat, inputDelayFrames: delay, idleAction: idle, predictionLimitFrames } = this.#options;
    this.#delayFrames = delay;
    this.#limitFrames = predictionLimitFrames;
    this.#queues = Array.from({ length: seats }, () => new InputQueue({ delay, idle, oneShot }));
    this.#layer = new SyncLayer();
    this.#peers = new Peers({ seats, localSeat, firstFrame: delay });
  }

  /** @returns {number} */
  get epoch() {
    return this.#options.epoch;
  }

  /** @returns {number} the next frame to simulate for the first time */
  get currentFrame() {
    return this.#layer.currentFrame;
  }

  /** @returns {number} highest frame for which the inputs of all seats are known, and of every frame before it */
  get confirmedFrame() {
    return Math.min(...this.#queues.map((queue) => queue.confirmedFrame));
  }

  /** @returns {boolean} a wrong prediction is known; the next advance() begins with a rollback */
  get pendingRollback() {
    return this.#firstWrongFrame() !== null;
  }

  /** @returns {SessionStats} a copy */
  get stats() {
    return { ...this.#counts };
  }

  /** @returns {number} frames between the sampling of an own input and its use */
  get inputDelayFrames() {
    return this.#delayFrames;
  }

  /** @returns {number} frames that may be predicted */
  get predictionLimitFrames() {
    return this.#limitFrames;
  }

  /** @returns {number} frames by which every peer is ahead of this one, as last heard; negative when one is behind */
  get behindFrames() {
    return this.#peers.slowest - this.currentFrame;
  }

  /** From now on; inputs that were given already stay. @param {number} frames 0..60 */
  setInputDelay(frames) {
    if (!Number.isInteger(frames) || frames < 0 || frames > 60) throw new RangeError(`input delay is ${frames}; 0..60 frames`);
    this.#delayFrames = frames;
  }

  /** From now on. @param {number} frames 1..600 */
  setPredictionLimit(frames) {
    if (!Number.isInteger(frames) || frames < 1 || frames > 600) throw new RangeError(`prediction limit is ${frames}; 1..600 frames`);
    this.#limitFrames = frames;
  }

  /**
   * The frames whose own input is due: none during a stall or after the delay was lowered, several after it was raised.
   *
   * @returns {{from: number, to: number}} to is not included
   */
  get ownInputsDue() {
    return { from: this.#own().confirmedFrame + 1, to: this.currentFrame + this.#delayFrames + 1 };
  }

  /**
   * Give the own input of a frame that is due. It is sampled once for each frame (I5).
   *
   * @param {number} frame
   * @param {Input} input
   */
  addLocalInput(frame, input) {
    const own = this.#own();
    const result = own.confirmedFrame >= frame ? "given before" : own.add(frame, input);
    if (result !== "added") throw new Error(`own input of frame ${frame}: ${result} after frame ${own.confirmedFrame}`);
  }

  /**
   * Take inputs of a peer. Duplicates, gaps and nonsense are counted and dropped; of two values the first one stays.
   *
   * @param {number} seat
   * @param {number} firstFrame
   * @param {(Input | null)[]} inputs frames firstFrame, firstFrame+1, ...; null: the same as in the frame before firstFrame
   * @returns {number} inputs that were new
   */
  addRemoteInputs(seat, firstFrame, inputs) {
    if (!this.#peers.has(seat)) {
      this.#counts.refused += 1;
      return 0;
    }
    const queue = this.#queues[seat];
    if (firstFrame > queue.confirmedFrame + 1 || (firstFrame === 0 && inputs[0] === null)) {
      this.#counts.gaps += inputs.length;
      return 0;
    }
    const before = this.#counts.accepted;
    inputs.forEach((input, index) => this.#addRemoteInput(seat, firstFrame + index, input ?? queue.at(firstFrame - 1).input));
    return this.#counts.accepted - before;
  }

  /**
   * Note which own inputs a peer has: all below `nextFrameWanted`. Older acknowledgements change nothing.
   *
   * @param {number} seat
   * @param {number} nextFrameWanted
   */
  acknowledge(seat, nextFrameWanted) {
    const given = this.#own().confirmedFrame + 1;
    if (this.#peers.has(seat) && nextFrameWanted <= given) this.#peers.acknowledge(seat, nextFrameWanted);
    else this.#counts.refused += 1;
  }

  /**
   * Note where a peer was when it sent a packet (its current frame and its frame advantage over us).
   *
   * @param {number} seat
   * @param {{current: number, advance: number}} report
   */
  observePeer(seat, report) {
    if (this.#peers.has(seat)) this.#peers.observe(seat, report);
    else this.#counts.refused += 1;
  }

  /**
   * @param {number} peerSeat
   * @returns {Outgoing} every own input that peer has not acknowledged, oldest first (GGPO-03)
   * @throws {RangeError} not the seat of a peer
   */
  outgoing(peerSeat) {
    const frame = this.#peers.acknowledged(peerSeat);
    const current = this.currentFrame;
    const advance = this.#peers.advantage(peerSeat, current).local;
    return {
      frame,
      base: frame === 0 ? null : this.#own().at(frame - 1).input,
      inputs: this.#own().confirmedFrom(frame),
      ack: this.#queues[peerSeat].confirmedFrame + 1,
      current,
      advance: Math.max(-128, Math.min(127, advance)),
    };
  }

  /**
   * Everything due in this tick: the rollback, if a prediction was wrong, then the current frame unless that must wait.
   *
   * @param {{endFrame?: number | null}} [hold] no frame >= endFrame is simulated for the first time
   * @returns {AdvanceResult}
   */
  advance({ endFrame = null } = {}) {
    /** @type {Request[]} */
    const requests = [];
    const rollback = this.#rollback(requests);
    const held = endFrame !== null && this.currentFrame >= endFrame;
    const stalled = !held && this.currentFrame - this.confirmedFrame > this.#limitFrames;
    const advanced = !held && !stalled;
    if (advanced) requests.push(...this.#layer.advance(this.#useInputs()));
    if (stalled) this.#counts.stalls += 1;
    requests.push(...this.#finals(), ...this.#layer.release(this.confirmedFrame));
    return { requests, rollback, advanced, stalled };
  }

  /**
   * @param {number} frame a confirmed one
   * @returns {Input[]} by seat
   */
  inputsAt(frame) {
    if (frame > this.confirmedFrame) throw new RangeError(`the inputs of frame ${frame} are not confirmed (${this.confirmedFrame})`);
    return this.#queues.map((queue) => queue.at(frame).input);
  }

  /**
   * Confirmed inputs that are still missing of a seat, below the current frame.
   *
   * @param {number} seat
   * @returns {{from: number, to: number}} to is not included; empty when from === to
   */
  missing(seat) {
    const from = this.#queues[seat].confirmedFrame + 1;
    return { from, to: Math.max(from, this.currentFrame) };
  }

  /**
   * @param {{from: number, to: number}} range to is not included
   * @returns {Input[]} own inputs of these frames as far as they were given, from `from` on
   */
  ownInputs({ from, to }) {
    return this.#own().confirmedFrom(from).slice(0, Math.max(0, to - from));
  }

  /**
   * @param {number} endFrame
   * @returns {Input[][]} [frame][seat] for the confirmed frames below endFrame
   */
  inputLog(endFrame) {
    const length = Math.max(0, Math.min(endFrame, this.confirmedFrame + 1));
    return Array.from({ length }, (_, frame) => this.#queues.map((queue) => queue.at(frame).input));
  }

  /** @returns {{local: number, remote: number}} frame advantages towards the peer that is furthest behind */
  advantage() {
    return this.#peers.widestAdvantage(this.currentFrame);
  }

  /** @returns {InputQueue} */
  #own() {
    return this.#queues[this.#options.localSeat];
  }

  /**
   * @param {number} seat
   * @param {number} frame
   * @param {Input} input
   */
  #addRemoteInput(seat, frame, input) {
    if (frame > this.currentFrame + MAX_AHEAD_FRAMES) {
      this.#counts.tooFar += 1;
      return;
    }
    const result = this.#queues[seat].add(frame, input);
    if (result === "added") this.#counts.accepted += 1;
    else if (result === "duplicate") this.#counts.duplicates += 1;
    else if (result === "conflict") this.#counts.conflicts += 1;
    else this.#counts.gaps += 1;
  }

  /** @returns {number | null} */
  #firstWrongFrame() {
    const frames = this.#queues.flatMap((queue) => (queue.firstWrong === null ? [] : [queue.firstWrong.frame]));
    return frames.length === 0 ? null : Math.min(...frames);
  }

  /**
   * @param {Request[]} requests the batch, which grows by the rollback
   * @returns {Rollback | null}
   */
  #rollback(requests) {
    const to = this.#firstWrongFrame();
    if (to === null) return null;
    const taken = this.#queues.map((queue) => queue.takeFirstWrong());
    const seat = taken.findIndex((wrong) => wrong !== null && wrong.frame === to);
    const { predicted, actual } = /** @type {Misprediction} */ (taken[seat]);
    const depth = this.currentFrame - to;
    requests.push(...this.#layer.rollback(to, this.#useInputs()));
    this.#counts.rollbacks += 1;
    this.#counts.maxDepth = Math.max(this.#counts.maxDepth, depth);
    return { to, depth, seat, predicted, actual };
  }

  /** @returns {Request[]} rows of the frames that are final after this batch: confirmed, and no rollback is owed */
  #finals() {
    /** @type {Request[]} */
    const requests = [];
    const last = Math.min(this.confirmedFrame, this.currentFrame - 1);
    for (; this.#nextFinal <= last; this.#nextFinal += 1) requests.push({ kind: "final", frame: this.#nextFinal });
    return requests;
  }

  /** @returns {(frame: number) => FrameInputs} the own input must have been given, it is never predicted */
  #useInputs() {
    return (frame) => {
      const given = this.#own().confirmedFrame;
      if (given < frame) throw new Error(`advance of frame ${frame} before its own input (given: ${given})`);
      const used = this.#queues.map((queue) => queue.use(frame));
      return {
        inputs: used.map(({ input }) => input),
        status: used.map(({ confirmed }) => (confirmed ? "confirmed" : "predicted")),
      };
    };
  }
}
