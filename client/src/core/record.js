/**
 * Rows of simulated frames: provisional until their frame is final, then promoted, once and in order (REC-01, REC-02).
 *
 * Row text is opaque. The episode ends with the first row that says `ended`; such a row can be revoked by a
 * re-simulation until it is promoted. Rows after a promoted end are no data and are dropped.
 *
 * @module
 */

/** @import { CanonicalRow, InputStatus, RecordStats, SimulatedRow } from "./types.js" */

/** @typedef {SimulatedRow & {corrected: boolean}} HeldRow */

export class Record {
  /** @type {Map<number, HeldRow>} provisional rows by frame; bounded by the prediction limit of the session */
  #held = new Map();
  #next = 0;
  /** @type {number | null} */
  #promotedEnd = null;
  /** @type {RecordStats} */
  #stats = { simulated: 0, resimulated: 0, correctedRows: 0, predictedRows: 0, promoted: 0 };

  /** @returns {RecordStats} a copy */
  get stats() {
    return { ...this.#stats };
  }

  /**
   * Place the row of a frame that was just simulated, for the first time or again.
   *
   * @param {SimulatedRow} simulated
   * @param {InputStatus[]} status of the inputs that were used, by seat
   */
  simulated(simulated, status) {
    this.#stats.simulated += 1;
    const { frame } = simulated;
    if (frame < this.#next || this.#promotedEnd !== null) {
      this.#stats.resimulated += 1;
      return;
    }
    const held = this.#held.get(frame);
    if (held === undefined) this.#placeFirst(simulated, status);
    else this.#replace(held, simulated);
  }

  /** @returns {number | null} frame + 1 of the first row that ends the episode, as it stands now */
  endFrame() {
    if (this.#promotedEnd !== null) return this.#promotedEnd;
    for (let frame = this.#next; this.#held.has(frame); frame += 1) {
      if (this.#held.get(frame)?.ended) return frame + 1;
    }
    return null;
  }

  /**
   * @param {{final(frame: number): boolean}} session whose last batch has been carried out completely
   * @returns {CanonicalRow[]} rows that became final since the last call, in order
   */
  promote(session) {
    /** @type {CanonicalRow[]} */
    const rows = [];
    while (this.#promotedEnd === null && this.#held.has(this.#next) && session.final(this.#next)) {
      const { frame, row, hash, ended } = /** @type {HeldRow} */ (this.#held.get(this.#next));
      this.#held.delete(frame);
      this.#next += 1;
      rows.push({ frame, row, hash });
      if (ended) this.#finish(frame + 1);
    }
    this.#stats.promoted += rows.length;
    return rows;
  }

  /**
   * @param {SimulatedRow} simulated
   * @param {InputStatus[]} status
   */
  #placeFirst(simulated, status) {
    const expected = this.#next + this.#held.size;
    if (simulated.frame !== expected) throw new Error(`row of frame ${simulated.frame} while frame ${expected} is the next new one`);
    if (status.includes("predicted")) this.#stats.predictedRows += 1;
    this.#held.set(simulated.frame, { ...simulated, corrected: false });
  }

  /**
   * @param {HeldRow} held
   * @param {SimulatedRow} simulated
   */
  #replace(held, simulated) {
    this.#stats.resimulated += 1;
    const corrected = held.corrected || held.row !== simulated.row;
    if (corrected && !held.corrected) this.#stats.correctedRows += 1;
    this.#held.set(simulated.frame, { ...simulated, corrected });
  }

  /** @param {number} endFrame */
  #finish(endFrame) {
    this.#promotedEnd = endFrame;
    this.#held.clear();
  }
}
