/**
 * The one door of the worker: commands, packets and wake-ups are handled one after another, in the order of their arrival.
 *
 * What arrives while an item is handled waits, also while the handler waits for a promise (the loading of Python), so a tick
 * is never re-entered (I11). An item beyond the bound is not taken; the caller counts it.
 *
 * @module
 */

/** Held while Python loads, or while one batch runs; a peer sends about 40 packets a second. */
export const MAILBOX_LIMIT = 8192;

/** @template Item */
export class Mailbox {
  /** @type {Item[]} */
  #items = [];
  #busy = false;
  #handle;
  #limit;

  /** @param {{handle: (item: Item) => void | Promise<void>, limit?: number}} options handle must not throw or reject */
  constructor({ handle, limit = MAILBOX_LIMIT }) {
    this.#handle = handle;
    this.#limit = limit;
  }

  /** @returns {number} items that wait */
  get waiting() {
    return this.#items.length;
  }

  /**
   * @param {Item} item
   * @returns {boolean} false: full, the item was not taken
   */
  post(item) {
    if (this.#items.length >= this.#limit) return false;
    this.#items.push(item);
    if (!this.#busy) this.#drain();
    return true;
  }

  #drain() {
    this.#busy = true;
    while (this.#items.length > 0) {
      const item = /** @type {Item} */ (this.#items.shift());
      const pending = this.#handle(item);
      if (pending instanceof Promise) {
        void pending.then(() => this.#drain());
        return;
      }
    }
    this.#busy = false;
  }
}
