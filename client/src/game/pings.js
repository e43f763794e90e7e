/**
 * Round trips of one link, measured with own PINGs on the `input` channel (LAT-01).
 *
 * @module
 */

/** PINGs without an answer that are remembered; the oldest are given up. */
const OUTSTANDING_LIMIT = 64;
/** Samples kept; at 5 a second, 51 s. */
export const SAMPLES_KEPT = 256;
/** The round trip is the median of so many. */
const MEDIAN_OF = 10;

export class Pings {
  answered = 0;
  /** @type {Set<number>} sentMs */
  #outstanding = new Set();
  /** @type {[number, number][]} [sentMs, rttMs], oldest first */
  #samples = [];

  /** @returns {[number, number][]} a copy */
  get samples() {
    return [...this.#samples];
  }

  /** @returns {number | null} median of the last 10 */
  get rttMs() {
    const last = this.#samples.slice(-MEDIAN_OF).map(([, rttMs]) => rttMs).sort((a, b) => a - b);
    if (last.length === 0) return null;
    const middle = last.length >> 1;
    return last.length % 2 === 1 ? last[middle] : (last[middle - 1] + last[middle]) / 2;
  }

  /** @param {number} sentMs */
  sent(sentMs) {
    this.#outstanding.add(sentMs);
    const [oldest] = this.#outstanding;
    if (this.#outstanding.size > OUTSTANDING_LIMIT) this.#outstanding.delete(oldest);
  }

  /**
   * @param {number} sentMs as the PONG echoes it
   * @param {number} nowMs
   * @returns {boolean} false: no such PING is under way
   */
  pong(sentMs, nowMs) {
    if (!this.#outstanding.delete(sentMs)) return false;
    this.answered += 1;
    this.#samples.push([sentMs, nowMs - sentMs]);
    if (this.#samples.length > SAMPLES_KEPT) this.#samples.shift();
    return true;
  }
}
