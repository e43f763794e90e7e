/**
 * How each frame became final: predicted or not, corrected or not, how often simulated; and where the episode ends (REC-01..06).
 *
 * A row is asked of the host once, when its frame is final, so nothing predicted can be exported. The episode ends with the first
 * frame that says `ended`; such an end can be revoked by a re-simulation until it is final. Rows after a final end are no data.
 *
 * @module
 */

import { sameInput } from "./input-queue.js";

/** @import { CanonicalRow, FinalRow, FrameInputs, Input, LocalRow, RecordStats } from "./types.js" */

/** @typedef {{first: FrameInputs, firstMs: number, delayFrames: number, resimulated: number, ended: boolean}} Held */

export class Record {
  /** @type {Map<number, Held>} simulated frames that are not final; bounded by the prediction limit of the session */
  #held = new Map();
  #next = 0;
  /** @type {number | null} */
  #finalEnd = null;
  /** @type {RecordStats} */
  #stats = { simulated: 0, resimulated: 0, correctedRows: 0, predictedRows: 0, promoted: 0 };

  /** @returns {RecordStats} a copy */
  get stats() {
    return { ...this.#stats };
  }

  /**
   * A frame was simulated, for the first time or again.
   *
   * @param {{frame: number, ended: boolean}} outcome
   * @param {FrameInputs} used
   * @param {{nowMs: number, delayFrames: number}} now
   */
  simulated({ frame, ended }, used, { nowMs, delayFrames }) {
    this.#stats.simulated += 1;
    const held = this.#held.get(frame);
    if (held !== undefined || frame < this.#next || this.#finalEnd !== null) this.#stats.resimulated += 1;
    if (held !== undefined) {
      held.resimulated += 1;
      held.ended = ended;
    } else if (frame >= this.#next && this.#finalEnd === null) this.#hold(frame, { first: used, firstMs: nowMs, delayFrames, resimulated: 0, ended });
  }

  /** @returns {number | null} frame + 1 of the first frame that ends the episode, as it stands now */
  endFrame() {
    if (this.#finalEnd !== null) return this.#finalEnd;
    for (let frame = this.#next; this.#held.has(frame); frame += 1) {
      if (this.#held.get(frame)?.ended) return frame + 1;
    }
    return null;
  }

  /**
   * @param {FinalRow[]} rows of the batch that was just carried out, in order
   * @param {{inputsAt(frame: number): Input[], nowMs: number, currentFrame: number}} now
   * @returns {{row: CanonicalRow, local: LocalRow}[]} those up to the end of the episode
   */
  promote(rows, { inputsAt, nowMs, currentFrame }) {
    const promoted = [];
    for (const { frame, row, hash, ended } of rows) {
      if (this.#finalEnd !== null) break;
      if (frame !== this.#next) throw new Error(`final row of frame ${frame} while frame ${this.#next} is the next one`);
      const local = this.#local(frame, inputsAt(frame), { nowMs, currentFrame });
      promoted.push({ row: { frame, row, hash }, local });
      this.#held.delete(frame);
      this.#next += 1;
      if (ended) this.#finish(frame + 1);
    }
    this.#stats.promoted += promoted.length;
    return promoted;
  }

  /** @param {number} frame @param {Held} held */
  #hold(frame, held) {
    const expected = this.#next + this.#held.size;
    if (frame !== expected) throw new Error(`frame ${frame} was simulated while frame ${expected} is the next new one`);
    if (held.first.status.includes("predicted")) this.#stats.predictedRows += 1;
    this.#held.set(frame, held);
  }

  /**
   * @param {number} frame
   * @param {Input[]} actual
   * @param {{nowMs: number, currentFrame: number}} now
   * @returns {LocalRow}
   */
  #local(frame, actual, { nowMs, currentFrame }) {
    const held = this.#held.get(frame);
    if (held === undefined) throw new Error(`final row of frame ${frame}, which was not simulated`);
    const { first, firstMs, delayFrames, resimulated } = held;
    const predicted = first.status.map((status) => status === "predicted");
    const corrected = predicted.map((guess, seat) => guess && !sameInput(first.inputs[seat], actual[seat]));
    if (corrected.includes(true)) this.#stats.correctedRows += 1;
    return { frame, predicted, corrected, resimulated, delayFrames, lagFrames: currentFrame - 1 - frame, lagMs: nowMs - firstMs };
  }

  /** @param {number} endFrame */
  #finish(endFrame) {
    this.#finalEnd = endFrame;
    this.#held.clear();
  }
}
