/**
 * A seeded generator for tests (mulberry32): the same seed gives the same run on every machine.
 *
 * @module
 */

export class Random {
  #state;

  /** @param {number} seed unsigned 32 bits */
  constructor(seed) {
    this.#state = seed >>> 0;
  }

  /** @returns {number} 0 <= x < 1 */
  next() {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /**
   * @param {number} low
   * @param {number} high included
   * @returns {number}
   */
  int(low, high) {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  /**
   * @param {number} probability
   * @returns {boolean}
   */
  chance(probability) {
    return this.next() < probability;
  }

  /** @returns {Random} an independent generator, so that one consumer cannot shift another */
  fork() {
    return new Random(this.int(0, 2 ** 32 - 1));
  }
}
