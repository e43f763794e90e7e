/**
 * Final rows of one episode, cut into chunks for the upload, in order, each row in exactly one of them.
 *
 * The page keeps a chunk until the server has stored it; here only the number of its rows is kept, until `uploaded`.
 *
 * @module
 */

import { Every } from "./clock.js";

/** @import { CanonicalRow } from "../core/types.js" */
/** @import { ChunkMessage } from "./messages.js" */

/** More than this became final at once only after a long blackout; the chunk is then split. */
export const MAX_CHUNK_ROWS = 150;

export class Recorder {
  /** Rows that are final. */
  rows = 0;
  /** Chunks posted. */
  chunks = 0;
  /** Of the last row; null before there is one. @type {string | null} */
  lastHash = null;
  /** @type {CanonicalRow[]} not posted yet; at most those of one upload interval */
  #pending = [];
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
    return posted + this.#pending.length;
  }

  /** @param {CanonicalRow[]} rows */
  add(rows) {
    for (const row of rows) {
      if (row.frame !== this.rows) throw new Error(`final row of frame ${row.frame} after ${this.rows} rows`);
      this.rows += 1;
      this.lastHash = row.hash;
      this.#pending.push(row);
    }
  }

  /** @param {number} nowMs */
  step(nowMs) {
    if (this.#pending.length > 0 && this.#interval.due(nowMs)) this.flush();
  }

  /** Posts everything that is final. */
  flush() {
    while (this.#pending.length > 0) this.#postChunk(this.#pending.splice(0, MAX_CHUNK_ROWS));
  }

  /** @param {number} seq */
  uploaded(seq) {
    this.#unacknowledged.delete(seq);
  }

  /** @param {CanonicalRow[]} taken */
  #postChunk(taken) {
    const rows = taken.map(({ row }) => row);
    const seq = this.chunks;
    this.chunks += 1;
    this.#unacknowledged.set(seq, rows.length);
    const [firstFrame, lastFrame] = [taken[0].frame, taken[taken.length - 1].frame];
    this.#post({ type: "chunk", episode: this.#episode, seq, firstFrame, lastFrame, rows, sha256: this.#digest(rows.join("\n")) });
  }
}
