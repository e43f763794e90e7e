/** Tells when the participant should be told that the others are waited for: play stands still, or one of them has gone silent. Pure. */

export const NOTICE_AFTER_MS = 1_500;

export class SlowPartner {
  #frame = -1;
  #sinceMs = 0;
  /** Seats that are not heard. @type {Set<number>} */
  #silent = new Set();

  /** @param {number} frame @param {number} nowMs @returns {boolean} the same frame for NOTICE_AFTER_MS, or somebody is not heard */
  seen(frame, nowMs) {
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#sinceMs = nowMs;
    }
    return this.#silent.size > 0 || nowMs - this.#sinceMs >= NOTICE_AFTER_MS;
  }

  /** Frames that are only predicted go on for seconds after a peer fell silent; who waits for it is told before. @param {number} seat */
  lost(seat) {
    this.#silent.add(seat);
  }

  /** @param {number} seat that is heard again */
  back(seat) {
    this.#silent.delete(seat);
  }

  reset() {
    this.#frame = -1;
    this.#silent.clear();
  }
}
