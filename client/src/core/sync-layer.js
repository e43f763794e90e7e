/**
 * The current frame, the snapshots that exist, and the load/advance/save/release requests of a tick.
 *
 * Snapshot f is S(f), the state before frame f; S(0) is saved by the host's start. Every frame is saved: a save costs less than a
 * step, and the hash of a final frame is taken from its snapshot. Snapshots go only below the
 * anchor, the newest one at or below the confirmed frame, so no count and no age can remove one that is needed (NETC-04).
 *
 * @module
 */

/** @import { FrameInputs, Request } from "./types.js" */

/** @typedef {(frame: number) => FrameInputs} InputsAt */

export class SyncLayer {
  #current = 0;
  /** @type {number[]} ascending */
  #snapshots = [0];

  /** @returns {number} the next frame to simulate for the first time */
  get currentFrame() {
    return this.#current;
  }

  /** @returns {readonly number[]} frames whose snapshot the host holds */
  get snapshots() {
    return this.#snapshots;
  }

  /**
   * @param {InputsAt} inputsAt
   * @returns {Request[]} simulate the current frame and move on
   */
  advance(inputsAt) {
    const requests = this.#simulate(this.#current, inputsAt);
    this.#current += 1;
    return requests;
  }

  /**
   * @param {number} frame first frame that was simulated with a wrong input
   * @param {InputsAt} inputsAt
   * @returns {Request[]} back to the newest snapshot at or below `frame`, and forward to the current frame again
   */
  rollback(frame, inputsAt) {
    if (frame >= this.#current) throw new Error(`rollback to ${frame}, which was not simulated (current ${this.#current})`);
    const start = this.#newestAtOrBelow(frame);
    // Later snapshots come from wrong states; the re-simulation saves the same frames again.
    this.#snapshots = this.#snapshots.filter((saved) => saved <= start);
    /** @type {Request[]} */
    const requests = [{ kind: "load", frame: start }];
    for (let again = start; again < this.#current; again += 1) requests.push(...this.#simulate(again, inputsAt));
    return requests;
  }

  /**
   * @param {number} confirmedFrame
   * @returns {Request[]} a `release` if the anchor moved, else nothing
   */
  release(confirmedFrame) {
    const anchor = this.#newestAtOrBelow(Math.max(0, confirmedFrame));
    if (this.#snapshots[0] === anchor) return [];
    this.#snapshots = this.#snapshots.filter((saved) => saved >= anchor);
    return [{ kind: "release", frame: anchor }];
  }

  /**
   * @param {number} frame
   * @param {InputsAt} inputsAt
   * @returns {Request[]}
   */
  #simulate(frame, inputsAt) {
    this.#snapshots.push(frame + 1);
    return [
      { kind: "advance", frame, ...inputsAt(frame) },
      { kind: "save", frame: frame + 1 },
    ];
  }

  /**
   * @param {number} frame
   * @returns {number}
   */
  #newestAtOrBelow(frame) {
    const found = this.#snapshots.findLast((saved) => saved <= frame);
    if (found === undefined) throw new Error(`no snapshot at or below ${frame}; held: ${this.#snapshots.join(",")}`);
    return found;
  }
}
