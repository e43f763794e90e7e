/**
 * Which keys are down, and which were struck since the last report. Pure.
 *
 * Auto-repeat changes nothing. A tap that ends before anybody looked still shows once in `tapped`.
 *
 * @typedef {{down: string[], tapped: string[]}} Keys
 */
export class KeySet {
  /** @type {Set<string>} */
  #down = new Set();

  /** @param {string} code @param {boolean} repeat @returns {Keys|null} null: nothing changed */
  press(code, repeat) {
    if (repeat || this.#down.has(code)) return null;
    this.#down.add(code);
    return { down: [...this.#down], tapped: [code] };
  }

  /** @param {string} code @returns {Keys|null} */
  release(code) {
    return this.#down.delete(code) ? { down: [...this.#down], tapped: [] } : null;
  }

  /** @returns {Keys|null} */
  clear() {
    if (this.#down.size === 0) return null;
    this.#down.clear();
    return { down: [], tapped: [] };
  }
}
