/**
 * When a path that was lost is asked for again: at once, then every few seconds until it stands.
 *
 * ```
 *   up ─ disconnected, failed ─▶ trying ─ connected ─▶ up
 *                                  └─ ATTEMPTS made, or the link closed ─▶ quiet until the next loss
 * ```
 *
 * A relay that is away for a while refuses the first attempts: they gather no candidate and end without a word.
 *
 * @module
 */

/** Between two attempts (requirements 5, rules). */
export const ATTEMPT_MS = 4_000;
/** For one loss: a minute. */
export const ATTEMPTS = 15;

/** @type {ReadonlySet<string>} */
const LOST = new Set(["disconnected", "failed"]);
/** @type {ReadonlySet<string>} */
const OVER = new Set(["connected", "closed"]);

export class Revival {
  #made = 0;
  /** @type {(() => void) | null} */
  #cancel = null;
  #attempt;
  #after;

  /** @param {{attempt: () => void, after: (ms: number, run: () => void) => (() => void)}} parts `after` returns what cancels it */
  constructor({ attempt, after }) {
    this.#attempt = attempt;
    this.#after = after;
  }

  /** @returns {boolean} an attempt was made that has not had its time yet, or another one is due */
  get trying() {
    return this.#cancel !== null;
  }

  /** @param {string} state of the connection, each change */
  seen(state) {
    if (OVER.has(state)) this.stop();
    else if (LOST.has(state) && !this.trying) this.#try();
  }

  stop() {
    this.#cancel?.();
    this.#cancel = null;
    this.#made = 0;
  }

  #try() {
    if (this.#made >= ATTEMPTS) return this.stop();
    this.#made += 1;
    this.#cancel = this.#after(ATTEMPT_MS, () => this.#try());
    return this.#attempt();
  }
}
