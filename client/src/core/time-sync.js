/**
 * Pace: how much longer or shorter the next ticks should be, so that no peer runs ahead for ever (NETC-03).
 *
 * Each side measures (own frame - last known frame of the peer). Both values hold the one-way delay, so half of their
 * difference is the real lead. It is averaged, and answered by a change of tick length of at most 2 %, never by a skip.
 *
 * @module
 */

/** Samples averaged; one sample for each tick. */
const SAMPLES = 40;
/** Change of tick length for each frame of lead. */
const GAIN_PER_FRAME = 0.005;
const LARGEST_CHANGE = 0.02;

export class TimeSync {
  /** @type {number[]} newest last */
  #leads = [];

  /**
   * @param {number} localAdvantage own frames ahead of the peer, as seen here
   * @param {number} remoteAdvantage the same, as the peer sees it
   */
  sample(localAdvantage, remoteAdvantage) {
    this.#leads.push((localAdvantage - remoteAdvantage) / 2);
    if (this.#leads.length > SAMPLES) this.#leads.shift();
  }

  /** @returns {number} mean lead over the peer in frames; negative when behind */
  get lead() {
    if (this.#leads.length === 0) return 0;
    return this.#leads.reduce((sum, lead) => sum + lead, 0) / this.#leads.length;
  }

  /** @returns {number} factor for the tick length, 0.98..1.02: above 1 for the peer that leads */
  tickScale() {
    const change = Math.max(-LARGEST_CHANGE, Math.min(LARGEST_CHANGE, this.lead * GAIN_PER_FRAME));
    return 1 + change;
  }
}
