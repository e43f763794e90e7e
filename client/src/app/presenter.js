/**
 * The one state of the page and the facts its screens are drawn from. Changes go through the flow table.
 *
 * @typedef {import("./types.js").View} View
 * @typedef {import("./flow.js").Event} Event
 * @typedef {Omit<View, "state">} Facts
 */
import { FlowError, next } from "./flow.js";

/** First letter of the reference that a participant may read out to the experimenter. @type {Record<string, string>} */
const REFERENCE_LETTER = { runtime: "R", rejected: "D", server: "S", uploads: "U", page: "P" };

export class Presenter {
  /** @type {View["state"]} */
  state = "loading";
  /** @type {Facts} */
  facts = {
    load: { stage: "runtime", fraction: 0 },
    scene: null,
    lobby: null,
    countdown: 0,
    note: "none",
    keys: {},
    role: null,
    end: null,
    more: false,
    offline: false,
    busy: false,
    error: null,
  };
  #render;
  #onChange;
  #onRefused;

  /**
   * @param {object} options
   * @param {(view: View) => void} options.render
   * @param {(change: {from: string, to: string, cause: string}) => void} options.onChange
   * @param {(text: string) => void} options.onRefused   a transition that is not listed
   */
  constructor({ render, onChange, onRefused }) {
    this.#render = render;
    this.#onChange = onChange;
    this.#onRefused = onRefused;
  }

  /** @param {Partial<Facts>} [facts] */
  show(facts = {}) {
    Object.assign(this.facts, facts);
    this.#render({ state: this.state, ...this.facts });
  }

  /**
   * Moves along the table. A transition that is not listed is refused, logged and has no effect.
   * @param {Event} event
   * @param {Partial<Facts>} [facts]  what the new screen shows
   * @returns {boolean} moved (also: to the same state)
   */
  go(event, facts = {}) {
    const from = this.state;
    try {
      this.state = next(from, event);
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      this.#onRefused(error.message);
      return false;
    }
    if (this.state !== from) this.#onChange({ from, to: this.state, cause: event });
    this.show(facts);
    return true;
  }
}

/** What a participant may read out, and what the log carries too. @param {string} kind @param {string} pageId */
export function referenceOf(kind, pageId) {
  return `${REFERENCE_LETTER[kind] ?? "P"}-${pageId.slice(0, 6).toUpperCase()}`;
}
