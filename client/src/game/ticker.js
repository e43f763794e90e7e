/**
 * Ticks at absolute deadlines (start + k periods), so that late wake-ups do not add up.
 *
 * At most two ticks in one wake-up; what is owed beyond that is dropped, the game is late then and pace control closes the gap.
 */

const TICKS_PER_WAKE = 2;

export class Ticker {
  #now;
  #after;
  #tick;
  #nextMs = 0;
  /** @type {(() => void) | null} */
  #cancel = null;

  /**
   * @param {object} parts
   * @param {() => number} parts.now                                      monotonic ms
   * @param {(ms: number, run: () => void) => (() => void)} parts.after   a timer; returns its cancel
   * @param {() => number} parts.tick                                     one tick; returns ms until the next is due
   */
  constructor({ now, after, tick }) {
    this.#now = now;
    this.#after = after;
    this.#tick = tick;
  }

  start() {
    this.stop();
    this.#nextMs = this.#now();
    this.#wait();
  }

  stop() {
    this.#cancel?.();
    this.#cancel = null;
  }

  #wait() {
    this.#cancel = this.#after(Math.max(0, this.#nextMs - this.#now()), () => this.#wake());
  }

  #wake() {
    this.#cancel = null;
    const now = this.#now();
    let periodMs = 0;
    for (let done = 0; done < TICKS_PER_WAKE && this.#nextMs <= now; done += 1) {
      periodMs = this.#tick();
      this.#nextMs += periodMs;
    }
    if (this.#nextMs < now - periodMs) this.#nextMs = now;
    this.#wait();
  }
}
