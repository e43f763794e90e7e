/**
 * A virtual clock: events in time order, those of one instant in the order they were asked for.
 *
 * @module
 */

/** @typedef {{timeMs: number, order: number, run: () => void}} Event */

export class VirtualClock {
  /** @type {Event[]} binary heap, earliest first */
  #heap = [];
  #order = 0;
  nowMs = 0;

  /**
   * @param {number} delayMs
   * @param {() => void} run
   */
  after(delayMs, run) {
    this.#heap.push({ timeMs: this.nowMs + delayMs, order: this.#order, run });
    this.#order += 1;
    this.#up(this.#heap.length - 1);
  }

  /**
   * Run events until `done()` holds, none is left, or the next one lies after `limitMs`.
   *
   * @param {{limitMs: number, done: () => boolean}} until
   */
  run({ limitMs, done }) {
    while (!done() && this.#heap.length > 0 && this.#heap[0].timeMs <= limitMs) {
      const event = this.#pop();
      this.nowMs = event.timeMs;
      event.run();
    }
  }

  /** @returns {Event} */
  #pop() {
    const first = this.#heap[0];
    const last = /** @type {Event} */ (this.#heap.pop());
    if (this.#heap.length > 0) {
      this.#heap[0] = last;
      this.#down(0);
    }
    return first;
  }

  /** @param {number} index */
  #up(index) {
    let at = index;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#earlier(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** @param {number} index */
  #down(index) {
    let at = index;
    for (;;) {
      let least = at;
      for (let child = 2 * at + 1; child <= 2 * at + 2; child += 1) {
        if (child < this.#heap.length && this.#earlier(child, least)) least = child;
      }
      if (least === at) return;
      this.#swap(at, least);
      at = least;
    }
  }

  /**
   * @param {number} a
   * @param {number} b
   * @returns {boolean}
   */
  #earlier(a, b) {
    const one = this.#heap[a];
    const other = this.#heap[b];
    return one.timeMs < other.timeMs || (one.timeMs === other.timeMs && one.order < other.order);
  }

  /**
   * @param {number} a
   * @param {number} b
   */
  #swap(a, b) {
    const one = this.#heap[a];
    this.#heap[a] = this.#heap[b];
    this.#heap[b] = one;
  }
}
