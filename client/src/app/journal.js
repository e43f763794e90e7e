/** The page's own history: what happened, in order, with the page's clock. Bounded; the oldest are dropped and counted. */

export const EVENTS_KEPT = 8_192;
export const ERRORS_KEPT = 64;

export class Journal {
  /** @type {{index: number, kind: string, tMs: number, [key: string]: any}[]} */
  #events = [];
  #next = 0;
  /** @type {{kind: string, text: string, tMs: number}[]} */
  errors = [];
  #clock;

  /** @param {() => number} clock  ms */
  constructor(clock) {
    this.#clock = clock;
  }

  get dropped() {
    return this.#next - this.#events.length;
  }

  /** @param {string} kind @param {object} [detail]  a `tMs` in it is kept (events of the worker carry their own) */
  add(kind, detail = {}) {
    this.#events.push({ tMs: this.#clock(), ...detail, kind, index: this.#next });
    this.#next += 1;
    if (this.#events.length > EVENTS_KEPT) this.#events.shift();
  }

  /** @param {string} kind @param {string} text */
  error(kind, text) {
    this.add("error", { error: kind, text });
    this.errors.push({ kind, text, tMs: this.#clock() });
    if (this.errors.length > ERRORS_KEPT) this.errors.shift();
  }

  /** Events from this index on (0 = all that are kept). @param {number} [index] */
  since(index = 0) {
    return this.#events.filter((event) => event.index >= index);
  }
}
