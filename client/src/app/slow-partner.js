/** Tells when play has stood still so long that the participant should be told why. Pure. */

export const NOTICE_AFTER_MS = 1_500;

export class SlowPartner {
  #frame = -1;
  #sinceMs = 0;

  /** @param {number} frame @param {number} nowMs @returns {boolean} the same frame for NOTICE_AFTER_MS */
  seen(frame, nowMs) {
    if (frame !== this.#frame) {
      this.#frame = frame;
      this.#sinceMs = nowMs;
    }
    return nowMs - this.#sinceMs >= NOTICE_AFTER_MS;
  }

  reset() {
    this.#frame = -1;
  }
}
