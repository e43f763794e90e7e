/**
 * How many frames may be predicted: as many as can be simulated again within half a frame's time (requirements 0.6, NETC-02).
 *
 * A batch of an environment that costs 4 ms a step must not become a spiral; one that costs 10 µs may bridge four seconds.
 *
 * @module
 */

export const LEAST_FRAMES = 12;
export const MOST_FRAMES = 120;
/** Weight of the newest batch in the mean cost; about 20 batches are remembered. */
const WEIGHT = 0.05;

export class PredictionWindow {
  #frames;
  #fixed;
  #budgetMs;
  /** A batch of one frame: with drawing, rows and hashes. @type {number | null} */
  #oneMs = null;
  /** One more frame in a batch. @type {number | null} */
  #moreMs = null;

  /** @param {{fixedFrames: number | null, periodMs: number}} options fixedFrames: null measures */
  constructor({ fixedFrames, periodMs }) {
    this.#fixed = fixedFrames;
    this.#frames = fixedFrames ?? LEAST_FRAMES;
    this.#budgetMs = periodMs / 2;
  }

  /** @returns {number} */
  get frames() {
    return this.#frames;
  }

  /** @returns {number | null} mean cost of simulating one more frame, ms; before a rollback was measured, of a whole batch */
  get costMs() {
    return this.#moreMs ?? this.#oneMs;
  }

  /** @param {{ms: number, frames: number}} batch what it took to simulate these frames */
  measured({ ms, frames }) {
    if (frames === 1) this.#oneMs = mean(this.#oneMs, ms);
    else if (frames > 1 && this.#oneMs !== null) this.#moreMs = mean(this.#moreMs, Math.max(0, ms - this.#oneMs) / (frames - 1));
    const { costMs } = this;
    if (this.#fixed !== null || costMs === null) return;
    const affordable = Math.floor(this.#budgetMs / Math.max(costMs, this.#budgetMs / MOST_FRAMES));
    this.#frames = Math.max(LEAST_FRAMES, affordable);
  }
}

/** @param {number | null} before @param {number} value @returns {number} */
function mean(before, value) {
  return before === null ? value : before + WEIGHT * (value - before);
}
