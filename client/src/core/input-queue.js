/**
 * The inputs of one seat: the confirmed log, the prediction after its end, and the first prediction that was wrong.
 *
 * ```
 *   0 .. delay-1        delay .. confirmedFrame        confirmedFrame+1 ..
 *   idle, confirmed     confirmed, as received         predicted: repeats the last confirmed input, idles after a one-shot one
 * ```
 *
 * The log is append-only and complete for the whole episode (the export needs it; requirements section 3, rules).
 * A prediction depends on the confirmed log alone, never on the order of arrival (NETC-01).
 *
 * @module
 */

/** @import { Input, Misprediction } from "./types.js" */

/** @typedef {"added" | "duplicate" | "conflict" | "gap"} AddResult */

/**
 * @param {Input} a
 * @param {Input} b
 * @returns {boolean} same action and same flags: the row holds all three, so all three must be right
 */
export function sameInput(a, b) {
  return a.action === b.action && a.focused === b.focused && a.auto === b.auto;
}

export class InputQueue {
  /** @type {Input[]} index = frame; confirmed and contiguous from 0 */
  #log = [];
  /** @type {Map<number, Input>} predictions in use: frames simulated but not confirmed */
  #predicted = new Map();
  /** @type {Misprediction | null} */
  #firstWrong = null;
  /** @type {Input} */
  #unknown;
  #delay;
  #oneShot;

  /**
   * @param {{delay: number, idle: number, oneShot?: ReadonlySet<number>}} options delay in frames; idle = the idle action;
   *   oneShot = actions that nobody repeats: the idle one is predicted after them
   */
  constructor({ delay, idle, oneShot = new Set() }) {
    this.#delay = delay;
    this.#oneShot = oneShot;
    // The automatic inputs before the delay say nothing about the keyboard, so they are not what is repeated.
    this.#unknown = Object.freeze({ action: idle, focused: true, auto: false });
    const before = Object.freeze({ action: idle, focused: true, auto: true });
    for (let frame = 0; frame < delay; frame += 1) this.#log.push(before);
  }

  /** @returns {number} highest frame whose input, and every earlier one, is known; -1 if none */
  get confirmedFrame() {
    return this.#log.length - 1;
  }

  /** @returns {Misprediction | null} the first frame simulated with a wrong prediction, not taken yet */
  get firstWrong() {
    return this.#firstWrong;
  }

  /**
   * Store the input of a frame. Only the frame after the last one is taken; the first value of a frame stays (I4).
   *
   * @param {number} frame
   * @param {Input} input
   * @returns {AddResult}
   */
  add(frame, input) {
    if (frame > this.confirmedFrame + 1) return "gap";
    if (frame <= this.confirmedFrame) return sameInput(this.#log[frame], input) ? "duplicate" : "conflict";
    const actual = Object.freeze({ action: input.action, focused: input.focused, auto: input.auto });
    this.#log.push(actual);
    const predicted = this.#predicted.get(frame);
    this.#predicted.delete(frame);
    if (predicted !== undefined && this.#firstWrong === null && !sameInput(predicted, actual)) {
      this.#firstWrong = { frame, predicted, actual };
    }
    return "added";
  }

  /**
   * @param {number} frame
   * @returns {{input: Input, confirmed: boolean}}
   */
  at(frame) {
    const confirmed = frame <= this.confirmedFrame;
    return { input: confirmed ? this.#log[frame] : this.#prediction(), confirmed };
  }

  /**
   * As `at`, for a frame that is now simulated with the answer: a prediction is remembered, to be compared later.
   *
   * @param {number} frame
   * @returns {{input: Input, confirmed: boolean}}
   */
  use(frame) {
    const answer = this.at(frame);
    if (!answer.confirmed) this.#predicted.set(frame, answer.input);
    return answer;
  }

  /** @returns {Misprediction | null} the first wrong frame; the caller now owes a rollback to it */
  takeFirstWrong() {
    const wrong = this.#firstWrong;
    this.#firstWrong = null;
    return wrong;
  }

  /**
   * @param {number} from first frame
   * @returns {Input[]} confirmed inputs from that frame on
   */
  confirmedFrom(from) {
    return this.#log.slice(from);
  }

  /** @returns {Input} */
  #prediction() {
    if (this.#log.length <= this.#delay) return this.#unknown;
    const last = this.#log[this.#log.length - 1];
    return this.#oneShot.has(last.action) ? { ...last, action: this.#unknown.action } : last;
  }
}
