/**
 * One frame of play: sample the own input, send it, roll back and advance in ONE batch of Python, promote what became final.
 *
 * Packets were stored by the mailbox before the tick; a rollback that they cause is the beginning of the batch. It runs to
 * its end before anything else is looked at, so a row is promoted only when no rollback is pending (requirements 2, rules).
 *
 * @module
 */

import { TimeSync } from "../core/time-sync.js";

/** @import { Record } from "../core/record.js" */
/** @import { Session } from "../core/session.js" */
/** @import { AdvanceRequest, AdvanceResult, CanonicalRow, LocalRow, Rollback } from "../core/types.js" */
/** @import { Display, Host } from "./host.js" */
/** @import { InputSource } from "./input-source.js" */
/** @import { OnEvent } from "./link.js" */
/** @import { PredictionWindow } from "./window.js" */

/**
 * @typedef {object} LoopParts
 * @property {Session} session
 * @property {Record} record
 * @property {Host} host
 * @property {InputSource} input
 * @property {PredictionWindow} window
 * @property {readonly (readonly [frame: number, delayFrames: number])[]} delayChanges of the own input, by frame
 * @property {() => number} measureMs a clock for durations
 * @property {() => void} send inputs to every peer
 * @property {OnEvent} onEvent
 */

/** @typedef {Rollback & {id: number, at: number, tMs: number, costMs: number}} RollbackRow at: frame that was due when it happened */
/** @typedef {{rows: {row: CanonicalRow, local: LocalRow}[], rollback: RollbackRow | null, display: Display | null, scale: number}} Ticked scale: length of the tick that follows */

/** Batches whose duration is kept for the statistics. */
const DURATIONS_KEPT = 4096;

export class Loop {
  /** Periods of waiting for inputs of a peer. */
  stalls = 0;
  inputChanges = 0;
  /** The newest batches, ms. @type {number[]} */
  durationsMs = [];
  #parts;
  #pace = new TimeSync();
  #stalledMs = 0;
  /** @type {number | null} */
  #stalledSinceMs = null;
  #rollbacks = 0;
  #delayChange = 0;
  /** @type {number | null} */
  #lastAction = null;

  /** @param {LoopParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * @param {number} nowMs
   * @returns {number} ms spent waiting so far
   */
  stallMs(nowMs) {
    return this.#stalledMs + (this.#stalledSinceMs === null ? 0 : nowMs - this.#stalledSinceMs);
  }

  /**
   * @param {number} nowMs
   * @param {{display: boolean}} options whether the state is wanted for drawing
   * @returns {Ticked}
   */
  tick(nowMs, { display }) {
    const { session, record, send, window } = this.#parts;
    this.#changeDelay();
    this.#giveInputs();
    send();
    const at = session.currentFrame;
    session.setPredictionLimit(window.frames);
    const result = session.advance({ endFrame: record.endFrame() });
    const { rows, drawn, ms } = this.#carryOut(result, { display, nowMs });
    this.#countStall(result, nowMs);
    return { rows, display: drawn, rollback: this.#rollbackRow(result, { at, ms, nowMs }), scale: this.#scale(result) };
  }

  /** The experiment may change the input delay in play, each seat at the same frame of its own (requirements 0.6). */
  #changeDelay() {
    const { session, delayChanges } = this.#parts;
    for (; delayChanges[this.#delayChange]?.[0] <= session.currentFrame; this.#delayChange += 1) {
      session.setInputDelay(delayChanges[this.#delayChange][1]);
    }
  }

  /** Once for each frame: while play is held or stalled, the inputs of the frames ahead are given already (I5). */
  #giveInputs() {
    const { session, input } = this.#parts;
    const { from, to } = session.ownInputsDue;
    for (let frame = from; frame < to; frame += 1) {
      const sampled = input.sample(frame);
      session.addLocalInput(frame, sampled);
      if (this.#lastAction !== null && sampled.action !== this.#lastAction) this.inputChanges += 1;
      this.#lastAction = sampled.action;
    }
  }

  /**
   * @param {AdvanceResult} result
   * @param {{display: boolean, nowMs: number}} now
   */
  #carryOut({ requests }, { display, nowMs }) {
    const { host, record, session, window, measureMs } = this.#parts;
    if (requests.length === 0) return { rows: [], drawn: null, ms: 0 };
    const startMs = measureMs();
    const answer = host.run(requests, { display });
    const ms = measureMs() - startMs;
    const advances = /** @type {AdvanceRequest[]} */ (requests.filter(({ kind }) => kind === "advance"));
    window.measured({ ms, frames: advances.length });
    this.durationsMs.push(ms);
    if (this.durationsMs.length > DURATIONS_KEPT) this.durationsMs.shift();
    if (answer.ended.length !== advances.length) throw new Error(`${answer.ended.length} outcomes for ${advances.length} advances`);
    const delayFrames = session.inputDelayFrames;
    for (const [index, ended] of answer.ended.entries()) {
      record.simulated({ frame: advances[index].frame, ended }, advances[index], { nowMs, delayFrames });
    }
    const inputsAt = (/** @type {number} */ frame) => session.inputsAt(frame);
    const rows = record.promote(answer.rows, { inputsAt, nowMs, currentFrame: session.currentFrame });
    return { rows, drawn: answer.display, ms };
  }

  /**
   * @param {AdvanceResult} result
   * @param {{at: number, ms: number, nowMs: number}} batch
   * @returns {RollbackRow | null} its share of the batch's cost
   */
  #rollbackRow({ rollback, advanced }, { at, ms, nowMs }) {
    if (rollback === null) return null;
    const { to, depth, seat, predicted, actual } = rollback;
    const costMs = (ms * depth) / (depth + (advanced ? 1 : 0));
    this.#parts.onEvent("rollback", { frame: to, depth, seat, predicted: predicted.action, actual: actual.action });
    this.#rollbacks += 1;
    return { ...rollback, id: this.#rollbacks - 1, at, tMs: nowMs, costMs };
  }

  /** @param {AdvanceResult} result @param {number} nowMs */
  #countStall({ stalled }, nowMs) {
    const { session, onEvent } = this.#parts;
    const { currentFrame: frame, confirmedFrame } = session;
    if (stalled && this.#stalledSinceMs === null) {
      this.stalls += 1;
      this.#stalledSinceMs = nowMs;
      onEvent("stall", { frame, confirmedFrame });
    }
    if (!stalled && this.#stalledSinceMs !== null) {
      const durationMs = nowMs - this.#stalledSinceMs;
      this.#stalledMs += durationMs;
      this.#stalledSinceMs = null;
      onEvent("stall-end", { frame, durationMs });
    }
  }

  /** @param {AdvanceResult} result @returns {number} */
  #scale({ advanced }) {
    if (!advanced) return 1;
    const { local, remote } = this.#parts.session.advantage();
    this.#pace.sample(local, remote);
    return this.#pace.tickScale();
  }
}
