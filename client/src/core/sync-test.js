/**
 * A session without peers that rolls back every frame on purpose, to catch an environment whose load is incomplete (TOOL-01).
 *
 * After each new frame it goes back `checkDistance` frames and simulates them again with the same inputs; a row or a hash
 * that differs from the first simulation of that frame names the first bad frame.
 *
 * ```
 * for each frame:  requests = session.advance(inputs);  rows = carry them out;  rows.forEach((row) => session.simulated(row))
 * ```
 *
 * @module
 */

import { SyncLayer } from "./sync-layer.js";

/** @import { FrameInputs, Input, Request } from "./types.js" */

/** @typedef {{frame: number, hash: string, row?: string}} Simulated */
/** @typedef {{frame: number, what: "hash" | "row", expected: string, actual: string}} Difference */

export class SyncTestSession {
  #seats;
  #distance;
  #layer = new SyncLayer();
  /** @type {Input[][]} [frame][seat] */
  #inputs = [];
  /** @type {Map<number, Simulated>} first simulation of the frames that are still compared */
  #first = new Map();
  /** @type {Difference | null} */
  #difference = null;

  /** @param {{seats: number, checkDistance: number}} options checkDistance in frames, 1 or more */
  constructor({ seats, checkDistance }) {
    if (!Number.isInteger(checkDistance) || checkDistance < 1) throw new RangeError(`checkDistance is ${checkDistance}; 1 or more`);
    this.#seats = seats;
    this.#distance = checkDistance;
  }

  /** @returns {number} */
  get currentFrame() {
    return this.#layer.currentFrame;
  }

  /** @returns {Difference | null} lowest frame whose re-simulation differed from its first simulation */
  get difference() {
    return this.#difference;
  }

  /**
   * @param {Input[]} inputs of all seats for the current frame
   * @returns {Request[]} the frame, then the way back and forth again
   */
  advance(inputs) {
    if (inputs.length !== this.#seats) throw new RangeError(`${inputs.length} inputs for ${this.#seats} seats`);
    this.#inputs.push([...inputs]);
    const requests = this.#layer.advance(this.#inputsAt);
    const to = Math.max(0, this.currentFrame - this.#distance);
    requests.push(...this.#layer.rollback(to, this.#inputsAt), ...this.#layer.release(to));
    return requests.flatMap(withFinal);
  }

  /** @param {Simulated} simulated a row, in the order of the requests */
  simulated(simulated) {
    const first = this.#first.get(simulated.frame);
    if (first === undefined) {
      this.#first.set(simulated.frame, simulated);
      this.#first.delete(simulated.frame - this.#distance);
      return;
    }
    const what = first.hash !== simulated.hash ? "hash" : first.row !== simulated.row ? "row" : null;
    if (what === null || (this.#difference !== null && this.#difference.frame <= simulated.frame)) return;
    this.#difference = { frame: simulated.frame, what, expected: String(first[what]), actual: String(simulated[what]) };
  }

  /** @type {(frame: number) => FrameInputs} */
  #inputsAt = (frame) => {
    const inputs = this.#inputs[frame];
    return { inputs, status: inputs.map(() => "confirmed") };
  };
}

/** @param {Request} request @returns {Request[]} each frame that is saved is final, until it is simulated again */
function withFinal(request) {
  return request.kind === "save" ? [request, { kind: "final", frame: request.frame - 1 }] : [request];
}
