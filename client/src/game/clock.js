/**
 * When the next frame is due, and the one timer that wakes the worker for it.
 *
 * Deadlines are absolute: each one follows from the one before, never from when the last tick really ran, so they do not drift.
 *
 * ```
 *   start ── period × scale ──▶ ── period × scale ──▶ ...        scale 0.98..1.02 by core/time-sync
 * ```
 *
 * @module
 */

/** A late worker makes up for it in small steps, with the mailbox in between. */
export const MAX_TICKS_PER_WAKE = 2;
/** Owed at most; the rest of a longer pause is skipped, so that a slow machine never starts a spiral. */
export const MAX_OWED_MS = 500;

export class TickClock {
  /** Time that was never made up for, ms. */
  skippedMs = 0;
  #dueMs;
  #periodMs;

  /** @param {{startMs: number, periodMs: number}} options */
  constructor({ startMs, periodMs }) {
    this.#dueMs = startMs;
    this.#periodMs = periodMs;
  }

  /** @returns {number} when the next tick is due */
  get dueMs() {
    return this.#dueMs;
  }

  /**
   * @param {number} nowMs
   * @returns {number} ticks to run now, 0..MAX_TICKS_PER_WAKE
   */
  due(nowMs) {
    const lateMs = nowMs - this.#dueMs;
    if (lateMs < 0) return 0;
    if (lateMs > MAX_OWED_MS) {
      this.skippedMs += lateMs - MAX_OWED_MS;
      this.#dueMs = nowMs - MAX_OWED_MS;
    }
    return Math.min(MAX_TICKS_PER_WAKE, 1 + Math.floor((nowMs - this.#dueMs) / this.#periodMs));
  }

  /** @param {number} scale of the period that begins now */
  ticked(scale) {
    this.#dueMs += this.#periodMs * scale;
  }
}

/** Something that is due every so often; a late one does not come twice. */
export class Every {
  #periodMs;
  #dueMs;

  /** @param {{periodMs: number, firstMs: number}} options */
  constructor({ periodMs, firstMs }) {
    this.#periodMs = periodMs;
    this.#dueMs = firstMs;
  }

  /** @returns {number} */
  get dueMs() {
    return this.#dueMs;
  }

  /**
   * @param {number} nowMs
   * @returns {boolean} due; the next one is then a period from now
   */
  due(nowMs) {
    if (nowMs < this.#dueMs) return false;
    this.#dueMs = nowMs + this.#periodMs;
    return true;
  }
}

/** One timer that can be moved. */
export class Alarm {
  /** @type {(() => void) | null} */
  #cancel = null;
  #setMs = Infinity;
  #nowMs;
  #schedule;
  #ring;

  /**
   * @param {object} parts
   * @param {() => number} parts.nowMs
   * @param {(delayMs: number, run: () => void) => (() => void)} parts.schedule returns what cancels it
   * @param {() => void} parts.ring
   */
  constructor({ nowMs, schedule, ring }) {
    this.#nowMs = nowMs;
    this.#schedule = schedule;
    this.#ring = ring;
  }

  /** @param {number} dueMs Infinity: never */
  set(dueMs) {
    if (dueMs === this.#setMs) return;
    this.#cancel?.();
    this.#cancel = null;
    this.#setMs = dueMs;
    if (dueMs === Infinity) return;
    this.#cancel = this.#schedule(Math.max(0, Math.ceil(dueMs - this.#nowMs())), () => {
      this.#cancel = null;
      this.#setMs = Infinity;
      this.#ring();
    });
  }
}
