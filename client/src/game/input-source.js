/**
 * What the participant does, sampled once for each frame: held keys, short taps, or the script of a test.
 *
 * ```
 *   hidden page ─▶ idle, automatic, not focused
 *   script      ─▶ actions[frame], then idle
 *   tapped keys ─▶ one tick for each, oldest first
 *   held keys   ─▶ the largest combination that is held ("ArrowUp+ArrowLeft"), else the one pressed last
 * ```
 *
 * @module
 */

/** @import { Input } from "../core/types.js" */
/** @import { Spec } from "./messages.js" */

export class InputSource {
  /** @type {Map<string, number>} code -> action */
  #actionOf = new Map();
  /** Most codes first. @type {{codes: string[], action: number}[]} */
  #combinations = [];
  /** All codes that mean anything. @type {Set<string>} */
  #codes = new Set();
  /** @type {string[]} in the order of pressing */
  #down = [];
  /** @type {Set<string>} struck since the last sample; a code counts once, so its size is bounded by the key map */
  #taps = new Set();
  /** @type {number[] | null} */
  #script = null;
  #hidden = false;
  #focused = true;
  #spec;

  /** @param {Spec} spec */
  constructor(spec) {
    this.#spec = spec;
    this.useKeys({});
  }

  /** @returns {boolean} */
  get hidden() {
    return this.#hidden;
  }

  /**
   * @param {{[codes: string]: string}} keys code, or codes joined with "+" -> action name; empty: those of the environment
   * @throws {RangeError} a name that is no action
   */
  useKeys(keys) {
    const chosen = Object.entries(Object.keys(keys).length > 0 ? keys : this.#spec.keys);
    const all = chosen.map(([key, name]) => ({ codes: key.split("+"), action: this.#actionNamed(key, name) }));
    this.#actionOf = new Map(all.filter(({ codes }) => codes.length === 1).map(({ codes, action }) => [codes[0], action]));
    this.#combinations = all.filter(({ codes }) => codes.length > 1).sort((a, b) => b.codes.length - a.codes.length);
    this.#codes = new Set(all.flatMap(({ codes }) => codes));
    this.clear();
  }

  /** Each episode starts with no key down (BASE-13). */
  clear() {
    this.#down = [];
    this.#taps.clear();
  }

  /** @param {{down: string[], tapped: string[]}} keys */
  keys({ down, tapped }) {
    this.#down = down.filter((code) => this.#codes.has(code));
    for (const code of tapped) if (this.#codes.has(code)) this.#taps.add(code);
  }

  /**
   * @param {number[]} actions by local frame, of every episode
   * @throws {RangeError} an action that the environment does not have
   */
  script(actions) {
    const wrong = actions.findIndex((action) => !Number.isInteger(action) || action < 0 || action >= this.#spec.actions.length);
    if (wrong !== -1) throw new RangeError(`script: action ${actions[wrong]} of frame ${wrong}; 0..${this.#spec.actions.length - 1}`);
    this.#script = [...actions];
  }

  /** @param {{hidden: boolean, focused: boolean}} visibility */
  visibility({ hidden, focused }) {
    this.#hidden = hidden;
    this.#focused = focused && !hidden;
    if (!this.#focused) this.clear();
  }

  /**
   * @param {number} frame that the input is for
   * @returns {Input}
   */
  sample(frame) {
    if (this.#hidden) return { action: this.#spec.noop, focused: false, auto: true };
    const action = this.#script === null ? this.#pressed() : (this.#script[frame] ?? this.#spec.noop);
    return { action, focused: this.#focused, auto: false };
  }

  /** @returns {number} */
  #pressed() {
    const [tapped] = this.#taps;
    if (tapped !== undefined) this.#taps.delete(tapped);
    const held = tapped === undefined ? this.#down : [...this.#down.filter((code) => code !== tapped), tapped];
    const together = this.#combinations.find(({ codes }) => codes.every((code) => held.includes(code)));
    const last = held.findLast((code) => this.#actionOf.has(code));
    return together?.action ?? this.#actionOf.get(last ?? "") ?? this.#spec.noop;
  }

  /**
   * @param {string} code
   * @param {string} name
   * @returns {number}
   */
  #actionNamed(code, name) {
    const action = this.#spec.actions.indexOf(name);
    if (action === -1) throw new RangeError(`key ${code}: no action ${JSON.stringify(name)}; known: ${this.#spec.actions.join(", ")}`);
    return action;
  }
}
