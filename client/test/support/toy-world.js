/**
 * A small integer world with the interface of the environment host: load, save, advance, release; rows are text.
 *
 * Every action of every frame changes the random state, so a single wrong input never heals by itself. The world ends by
 * itself when `points` pass a target, so that an end can be predicted wrongly, or at its last step.
 *
 * @module
 */

/** @import { FinalRow, Input, Request } from "../../src/core/types.js" */

/** @typedef {{frame: number, random: number, points: number, places: number[], flipped?: true}} State flipped: the wrong bit */
/** @typedef {{frame: number, inputs: Input[], rewards: number[], points: number, ended: boolean}} Outcome */
/** @typedef {{ended: boolean[], rows: FinalRow[]}} Answer ended for each advance, a row for each final */

export const TOY_ACTIONS = 5;

export class ToyWorld {
  /** @type {State} */
  #state;
  /** @type {Map<number, string>} */
  #snapshots = new Map();
  /** @type {Map<number, Outcome>} of frames that are not final */
  #outcomes = new Map();
  #maxSteps;
  #target;
  #leak;
  #flipFrame;
  /** Not part of the state, hence not restored by a load: only used when `leak` is on. */
  #hidden = 0;

  /**
   * @param {{seats: number, seed: number, maxSteps: number, target?: number, leak?: boolean, flipFrame?: number}} options
   *   leak: a planted bug, state that get_state forgets; flipFrame: one bit of the state is wrong after this frame, whenever it is simulated
   */
  constructor({ seats, seed, maxSteps, target = Infinity, leak = false, flipFrame }) {
    this.#state = { frame: 0, random: seed >>> 0, points: 0, places: Array.from({ length: seats }, (_, seat) => seat) };
    this.#maxSteps = maxSteps;
    this.#target = target;
    this.#leak = leak;
    this.#flipFrame = flipFrame;
    this.#save(0);
  }

  /** @returns {number} snapshots held */
  get snapshots() {
    return this.#snapshots.size;
  }

  /**
   * @param {Request[]} requests carried out in order
   * @returns {Answer}
   */
  run(requests) {
    /** @type {Answer} */
    const answer = { ended: [], rows: [] };
    for (const request of requests) {
      if (request.kind === "load") this.#load(request.frame);
      else if (request.kind === "save") this.#save(request.frame);
      else if (request.kind === "release") this.#release(request.frame);
      else if (request.kind === "final") answer.rows.push(this.#final(request.frame));
      else answer.ended.push(this.#advance(request.frame, request.inputs));
    }
    return answer;
  }

  /**
   * One frame that is final at once.
   *
   * @param {number} frame
   * @param {Input[]} inputs
   * @returns {FinalRow}
   */
  step(frame, inputs) {
    this.#advance(frame, inputs);
    this.#save(frame + 1);
    const row = this.#final(frame);
    this.#release(frame + 1);
    return row;
  }

  /** @param {number} frame @param {Input[]} inputs @returns {boolean} the episode ends with it */
  #advance(frame, inputs) {
    if (frame !== this.#state.frame) throw new Error(`advance ${frame} while the world is at ${this.#state.frame}`);
    const rewards = inputs.map((input, seat) => this.#move(input, seat));
    this.#state.frame += 1;
    if (frame === this.#flipFrame) this.#state.flipped = true;
    const { points } = this.#state;
    const ended = points >= this.#target || frame === this.#maxSteps - 1;
    this.#outcomes.set(frame, { frame, inputs, rewards, points, ended });
    return ended;
  }

  /** @param {number} frame @returns {FinalRow} */
  #final(frame) {
    const [outcome, state] = [this.#outcomes.get(frame), this.#snapshots.get(frame + 1)];
    if (outcome === undefined || state === undefined) throw new Error(`final ${frame}: not simulated, or not saved`);
    this.#outcomes.delete(frame);
    const { inputs, rewards, points, ended } = outcome;
    const hash = hashText(state);
    const actions = inputs.map((input) => input.action);
    const row = JSON.stringify({ frame, actions, flags: inputs.map(({ focused, auto }) => [focused, auto]), rewards, points, hash });
    return { frame, row, hash, ended };
  }

  /**
   * @param {Input} input
   * @param {number} seat
   * @returns {number} reward
   */
  #move({ action }, seat) {
    const state = this.#state;
    this.#hidden = (this.#hidden + action) % 97;
    const extra = this.#leak ? this.#hidden : 0;
    state.random = (Math.imul(state.random ^ (action * 0x9e3779b1 + seat + extra), 0x85ebca6b) + 0x6d2b79f5) >>> 0;
    state.places[seat] = (state.places[seat] + action + (state.random % 3)) % 100;
    const met = state.places.filter((place) => place === state.places[seat]).length - 1;
    state.points += met + (state.random % 7 === 0 ? action : 0);
    return met;
  }

  /** @param {number} frame */
  #load(frame) {
    const text = this.#snapshots.get(frame);
    if (text === undefined) throw new Error(`load ${frame}: not held (${[...this.#snapshots.keys()].join(",")})`);
    this.#state = JSON.parse(text);
  }

  /** @param {number} frame */
  #save(frame) {
    if (frame !== this.#state.frame) throw new Error(`save ${frame} while the world is at ${this.#state.frame}`);
    this.#snapshots.set(frame, JSON.stringify(this.#state));
  }

  /** @param {number} frame */
  #release(frame) {
    for (const saved of this.#snapshots.keys()) if (saved < frame) this.#snapshots.delete(saved);
  }
}

/**
 * @param {string} text
 * @returns {string} 16 hex characters
 */
export function hashText(text) {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ (code + low), 0x85ebca6b);
  }
  return [low, high].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
