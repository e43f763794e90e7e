/** Measures the way to the server: one `page_ping` every 500 ms, round trips kept as [tMs, rttMs]. */

import { NoAnswer } from "./server.js";

export const PING_INTERVAL_MS = 500;
/** About seventeen minutes; the oldest are dropped. */
export const PINGS_KEPT = 2_048;

export class ServerPings {
  /** @type {[number, number][]} */
  samples = [];
  #seq = 0;
  #ask;
  #clock;

  /**
   * @param {object} options
   * @param {(event: string, payload: object) => Promise<unknown>} options.ask
   * @param {() => number} options.clock   ms
   */
  constructor({ ask, clock }) {
    this.#ask = ask;
    this.#clock = clock;
  }

  /** One measurement; without an answer there is no sample. */
  async ping() {
    const sentMs = this.#clock();
    this.#seq += 1;
    try {
      await this.#ask("page_ping", { seq: this.#seq });
    } catch (error) {
      if (error instanceof NoAnswer) return; // a lost connection is the server wrapper's to report
      throw error;
    }
    this.samples.push([sentMs, this.#clock() - sentMs]);
    if (this.samples.length > PINGS_KEPT) this.samples.shift();
  }
}
