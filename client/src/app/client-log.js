/** Lines of this page for the experimenter: at most ten a second, 500 characters each; the rest is counted. */

export const LINES_PER_S = 10;
export const TEXT_LIMIT = 500;

export class ClientLog {
  dropped = 0;
  #windowStartMs = -Infinity;
  #inWindow = 0;
  #send;
  #clock;

  /** @param {{send: (event: string, payload: object) => void, clock: () => number}} options  clock in ms */
  constructor({ send, clock }) {
    this.#send = send;
    this.#clock = clock;
  }

  /** @param {"info"|"warning"|"error"} level @param {string} text */
  line(level, text) {
    const nowMs = this.#clock();
    if (nowMs - this.#windowStartMs >= 1_000) {
      this.#windowStartMs = nowMs;
      this.#inWindow = 0;
    }
    this.#inWindow += 1;
    if (this.#inWindow > LINES_PER_S) this.dropped += 1;
    else this.#send("client_log", { level, text: text.slice(0, TEXT_LIMIT), t_ms: nowMs });
  }
}
