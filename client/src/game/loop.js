/**
 * One frame of play: sample the own input, send it, roll back and advance in ONE batch of Python, promote what became final.
 *
 * Packets were stored by the mailbox before the tick; a rollback that they cause is the beginning of the batch. It runs to
 * its end before anything else is looked at, so a row is promoted only when no rollback is pending (requirements 2, rules).
 *
 * @module
 */

import { TimeSync } from "../core/time-sync.js";

/** @import { Record as Rows } from "../core/record.js" */
/** @import { Session } from "../core/session.js" */
/** @import { AdvanceRequest, AdvanceResult, CanonicalRow, Request, Rollback } from "../core/types.js" */
/** @import { Display, Host } from "./host.js" */
/** @import { InputSource } from "./input-source.js" */
/** @import { OnEvent } from "./link.js" */

/**
 * @typedef {object} LoopParts
 * @property {Session} session
 * @property {Rows} record
 * @property {Host} host
 * @property {InputSource} input
 * @property {number} delayFrames
 * @property {() => void} send inputs to every peer
 * @property {OnEvent} onEvent
 */

/** @typedef {{rows: CanonicalRow[], display: Display | null, scale: number}} Ticked scale: length of the tick that follows */

export class Loop {
  /** Periods of waiting for inputs of a peer. */
  stalls = 0;
  inputChanges = 0;
  #parts;
  #pace = new TimeSync();
  #stalledMs = 0;
  /** @type {number | null} */
  #stalledSinceMs = null;
  #givenFrame = -1;
  /** @type {number | null} */
  #lastAction = null;

  /** @param {LoopParts} parts */
  constructor(parts) {
    this.#parts = parts;
  }

  /**
   * @param {number} nowMs
   * @returns {number} ms spent waiting so far
   */
  stallMs(nowMs) {
    return this.#stalledMs + (this.#stalledSinceMs === null ? 0 : nowMs - this.#stalledSinceMs);
  }

  /**
   * @param {number} nowMs
   * @param {{display: boolean}} options whether the state is wanted for drawing
   * @returns {Ticked}
   */
  tick(nowMs, { display }) {
    const { session, record, send } = this.#parts;
    this.#giveInput();
    send();
    const result = session.advance({ endFrame: record.endFrame() });
    const drawn = this.#carryOut(result.requests, display);
    if (result.rollback !== null) this.#tellRollback(result.rollback);
    this.#countStall(result, nowMs);
    return { rows: record.promote(session), display: drawn, scale: this.#scale(result) };
  }

  /** Once for each frame: while play is held or stalled, the input of the frame ahead is given already (I5). */
  #giveInput() {
    const { session, input, delayFrames } = this.#parts;
    const frame = session.currentFrame + delayFrames;
    if (frame <= this.#givenFrame) return;
    const sampled = input.sample(frame);
    session.addLocalInput(sampled);
    this.#givenFrame = frame;
    if (this.#lastAction !== null && sampled.action !== this.#lastAction) this.inputChanges += 1;
    this.#lastAction = sampled.action;
  }

  /**
   * @param {Request[]} requests
   * @param {boolean} display
   * @returns {Display | null}
   */
  #carryOut(requests, display) {
    const { host, record } = this.#parts;
    if (requests.length === 0) return null;
    const answer = host.run(requests, { display });
    const advances = /** @type {AdvanceRequest[]} */ (requests.filter(({ kind }) => kind === "advance"));
    if (answer.rows.length !== advances.length) throw new Error(`${answer.rows.length} rows for ${advances.length} advances`);
    for (const [index, row] of answer.rows.entries()) record.simulated(row, advances[index].status);
    return answer.display;
  }

  /** @param {Rollback} rollback */
  #tellRollback({ to, depth, seat, predicted, actual }) {
    this.#parts.onEvent("rollback", { frame: to, depth, seat, predicted: predicted.action, actual: actual.action });
  }

  /** @param {AdvanceResult} result @param {number} nowMs */
  #countStall({ stalled }, nowMs) {
    const { session, onEvent } = this.#parts;
    const { currentFrame: frame, confirmedFrame } = session;
    if (stalled && this.#stalledSinceMs === null) {
      this.stalls += 1;
      this.#stalledSinceMs = nowMs;
      onEvent("stall", { frame, confirmedFrame });
    }
    if (!stalled && this.#stalledSinceMs !== null) {
      const durationMs = nowMs - this.#stalledSinceMs;
      this.#stalledMs += durationMs;
      this.#stalledSinceMs = null;
      onEvent("stall-end", { frame, durationMs });
    }
  }

  /** @param {AdvanceResult} result @returns {number} */
  #scale({ advanced }) {
    if (!advanced) return 1;
    const { local, remote } = this.#parts.session.advantage();
    this.#pace.sample(local, remote);
    return this.#pace.tickScale();
  }
}
