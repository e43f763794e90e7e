/**
 * What an episode leaves for the upload, cut into chunks in order: final rows, how each became final, and the rollbacks.
 *
 * The chunks of all kinds are numbered together, so a seal can say how many there are. The page keeps a chunk until the server has
 * stored it; here only the number of its rows is kept, until `uploaded`.
 *
 * @module
 */

import { Every } from "./clock.js";

/** @import { CanonicalRow, LocalRow } from "../core/types.js" */
/** @import { RollbackRow } from "./loop.js" */
/** @import { ChunkKind, ChunkMessage } from "./messages.js" */

/** More than this became final at once only after a long blackout; the chunk is then split. */
export const MAX_CHUNK_ROWS = 150;

export class Recorder {
  /** Rows that are final. */
  rows = 0;
  /** Chunks posted, of every kind. */
  chunks = 0;
  /** Of the last row; null before there is one. @type {string | null} */
  lastHash = null;
  /** Not posted yet; at most those of one upload interval. @type {{[K in ChunkKind]: {first: number, texts: string[]}}} */
  #pending = { rows: { first: 0, texts: [] }, local: { first: 0, texts: [] }, rollbacks: { first: 0, texts: [] } };
  /** @type {Map<number, number>} seq -> rows of chunks that the server has not acknowledged; bounded by the episode */
  #unacknowledged = new Map();
  #episode;
  #interval;
  #digest;
  #post;

  /**
   * @param {object} parts
   * @param {number} parts.episode
   * @param {number} parts.intervalMs
   * @param {number} parts.nowMs
   * @param {(text: string) => string} parts.digest SHA-256, 64 hex
   * @param {(message: ChunkMessage) => void} parts.post
   */
  constructor({ episode, intervalMs, nowMs, digest, post }) {
    this.#episode = episode;
    this.#interval = new Every({ periodMs: intervalMs, firstMs: nowMs + intervalMs });
    this.#digest = digest;
    this.#post = post;
  }

  /** @returns {number} */
  get episode() {
    return this.#episode;
  }

  /** @returns {number} final rows that are not known to be stored */
  get backlogRows() {
    let posted = 0;
    for (const rows of this.#unacknowledged.values()) posted += rows;
    return posted + this.#pending.rows.texts.length;
  }

  /** @param {{row: CanonicalRow, local: LocalRow}[]} rows */
  add(rows) {
    for (const { row, local } of rows) {
      if (row.frame !== this.rows) throw new Error(`final row of frame ${row.frame} after ${this.rows} rows`);
      this.rows += 1;
      this.lastHash = row.hash;
      this.#pending.rows.texts.push(row.row);
      this.#pending.local.texts.push(JSON.stringify(localRow(local)));
    }
  }

  /** @param {RollbackRow} rollback */
  addRollback({ id, at, to, depth, seat, predicted, actual, tMs, costMs }) {
    const row = { rollback_id: id, at_frame: at, to_frame: to, depth, cause_seat: seat, predicted: predicted.action, actual: actual.action, mono_ms: tMs, cost_ms: costMs };
    this.#pending.rollbacks.texts.push(JSON.stringify(row));
  }

  /** @param {number} nowMs */
  step(nowMs) {
    if (this.#pending.rows.texts.length > 0 && this.#interval.due(nowMs)) this.flush();
  }

  /** Posts everything that is final. */
  flush() {
    for (const kind of /** @type {ChunkKind[]} */ (Object.keys(this.#pending))) {
      while (this.#pending[kind].texts.length > 0) this.#postChunk(kind);
    }
  }

  /** @param {number} seq */
  uploaded(seq) {
    this.#unacknowledged.delete(seq);
  }

  /** @param {ChunkKind} kind */
  #postChunk(kind) {
    const pending = this.#pending[kind];
    const rows = pending.texts.splice(0, MAX_CHUNK_ROWS);
    const [firstFrame, seq] = [pending.first, this.chunks];
    pending.first += rows.length;
    this.chunks += 1;
    if (kind === "rows") this.#unacknowledged.set(seq, rows.length);
    const lastFrame = pending.first - 1;
    this.#post({ type: "chunk", kind, episode: this.#episode, seq, firstFrame, lastFrame, rows, sha256: this.#digest(rows.join("\n")) });
  }
}

/** @param {LocalRow} local */
function localRow({ frame, predicted, corrected, resimulated, delayFrames, lagFrames, lagMs }) {
  return { frame, was_speculative: predicted, corrected, n_resim: resimulated, input_delay_frames: delayFrames, confirm_lag_frames: lagFrames, confirm_lag_ms: lagMs };
}
