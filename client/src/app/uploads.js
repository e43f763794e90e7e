/**
 * The outbox of row chunks and episode seals: in order, repeated with back-off until the server acknowledged them.
 *
 * Up to WINDOW chunks are under way at once (a slow server path must not hold up a game that makes five chunks a second);
 * a seal waits until every earlier item is acknowledged. The server stores by (session, episode, seat, seq), so repeating is harmless.
 * Acknowledged chunks are kept until their episode's seal is accepted, because the answer to a seal may name missing ones.
 *
 * Bound: PENDING_LIMIT items not yet acknowledged (one hour of play at five chunks a second); `add` refuses more.
 *
 * @typedef {import("./types.js").Ack} Ack
 * @typedef {{session_id: string, episode: number, seat: number, kind: string, seq: number, first_frame: number, last_frame: number, rows: string[], sha256: string}} Chunk
 * @typedef {{session_id: string, episode: number, seat: number, end_frame: number, rows: number, chunks: number, input_hash: string,
 *   state_hash: string, verified: boolean, reason: string, stats: any}} Seal
 * @typedef {{event: "data_chunk", payload: Chunk} | {event: "episode_seal", payload: Seal}} Parcel
 * @typedef {Parcel & {key: string, stage: "waiting"|"sent"|"stored", refusals: number}} Item
 */

import { NoAnswer } from "./server.js";

export const WINDOW = 16;
export const PENDING_LIMIT = 18_000;
/** Acknowledged chunks kept for a seal that may ask for them; the oldest go first. */
export const STORED_LIMIT = 4_096;
export const REFUSAL_LIMIT = 8;
/** The server cannot store anything now: no refusal of what was sent. */
export const UNAVAILABLE = "store_unavailable";
export const FIRST_RETRY_MS = 250;
export const LAST_RETRY_MS = 5_000;

/** @param {Parcel} parcel */
const keyOf = (parcel) => {
  const { session_id, episode } = parcel.payload;
  return `${session_id}/${episode}/${parcel.event === "data_chunk" ? parcel.payload.seq : "seal"}`;
};

export class Outbox {
  counters = { added: 0, duplicates: 0, retries: 0, refused: 0, resent: 0 };
  /** Every item that may still have to travel, oldest first. @type {Map<string, Item>} */
  #items = new Map();
  #failures = 0;
  /** @type {(() => void)|null} */
  #cancelRetry = null;
  #ask;
  #after;
  #onStored;
  #onGivenUp;

  /**
   * @param {object} options
   * @param {(event: string, payload: object) => Promise<Ack>} options.ask   one attempt; rejects when no answer came
   * @param {(ms: number, run: () => void) => (() => void)} options.after
   * @param {(parcel: Parcel) => void} options.onStored
   * @param {(parcel: Parcel, code: string) => void} options.onGivenUp       refused REFUSAL_LIMIT times
   */
  constructor({ ask, after, onStored, onGivenUp }) {
    this.#ask = ask;
    this.#after = after;
    this.#onStored = onStored;
    this.#onGivenUp = onGivenUp;
  }

  /** Items not yet acknowledged. */
  get pending() {
    let count = 0;
    for (const item of this.#items.values()) if (item.stage !== "stored") count += 1;
    return count;
  }

  /** Items held, with the stored ones that a seal might ask for again. */
  get held() {
    return this.#items.size;
  }

  /**
   * Takes a parcel over. A parcel already known is dropped and counted.
   * @param {Parcel} parcel
   * @returns {boolean} false: the outbox is full, the parcel was NOT taken
   */
  add(parcel) {
    const key = keyOf(parcel);
    if (this.#items.has(key)) {
      this.counters.duplicates += 1;
      return true;
    }
    if (this.pending >= PENDING_LIMIT) return false;
    this.counters.added += 1;
    this.#items.set(key, { ...parcel, key, stage: "waiting", refusals: 0 });
    this.#pump();
    return true;
  }

  /** The connection is back: try now instead of waiting for the back-off to end. */
  online() {
    this.#failures = 0;
    this.#wake();
  }

  #wake() {
    this.#cancelRetry?.();
    this.#cancelRetry = null;
    this.#pump();
  }

  #pump() {
    if (this.#cancelRetry !== null) return;
    let unanswered = 0;
    for (const item of this.#items.values()) {
      if (item.stage === "stored") continue;
      if (unanswered >= WINDOW || (item.event === "episode_seal" && unanswered > 0)) return;
      unanswered += 1;
      if (item.stage === "waiting") void this.#post(item);
      if (item.event === "episode_seal") return;
    }
  }

  /** @param {Item} item */
  async #post(item) {
    item.stage = "sent";
    let ack;
    try {
      ack = await this.#ask(item.event, item.payload);
    } catch (error) {
      if (!(error instanceof NoAnswer)) return this.#giveUp(item, String(error));
      ack = null; // whether it was stored is unknown, so it travels again
    }
    if (this.#items.get(item.key) !== item) return;
    if (ack?.ok) this.#stored(item, ack);
    else if (ack && ack.code !== UNAVAILABLE) this.#refused(item, ack.code ?? "refused");
    else this.#again(item);
  }

  /** @param {Item} item @param {Ack} ack */
  #stored(item, ack) {
    this.#failures = 0;
    const missing = item.event === "episode_seal" && Array.isArray(ack.missing) ? ack.missing : [];
    if (missing.length > 0 && this.#recall(item, missing)) return this.#pump();
    item.stage = "stored";
    if (item.event === "episode_seal") this.#forget(item);
    else this.#trim();
    this.#onStored(item);
    this.#pump();
  }

  /** The server lacks chunks of a sealed episode: send those again, then the seal. @param {Item} seal @param {number[]} missing */
  #recall(seal, missing) {
    const { session_id, episode } = seal.payload;
    const items = missing.map((seq) => this.#items.get(`${session_id}/${episode}/${seq}`)).filter((item) => item !== undefined);
    if (items.length === 0) return false;
    this.counters.resent += items.length;
    for (const item of items) item.stage = "waiting";
    seal.stage = "waiting";
    return true;
  }

  /** @param {Item} seal */
  #forget(seal) {
    const prefix = `${seal.payload.session_id}/${seal.payload.episode}/`;
    for (const [key, item] of this.#items) if (key.startsWith(prefix) && item.stage === "stored") this.#items.delete(key);
  }

  /** A session that was cut short may never send its seals; what was stored must not pile up. */
  #trim() {
    let surplus = this.held - this.pending - STORED_LIMIT;
    for (const [key, item] of this.#items) {
      if (surplus <= 0) return;
      if (item.stage !== "stored") continue;
      this.#items.delete(key);
      surplus -= 1;
    }
  }

  /** @param {Item} item @param {string} code */
  #refused(item, code) {
    this.counters.refused += 1;
    item.refusals += 1;
    if (item.refusals < REFUSAL_LIMIT) return this.#again(item);
    this.#giveUp(item, code);
  }

  /** @param {Item} item @param {string} code */
  #giveUp(item, code) {
    this.#items.delete(item.key);
    this.#onGivenUp(item, code);
    this.#pump();
  }

  /** @param {Item} item */
  #again(item) {
    item.stage = "waiting";
    this.counters.retries += 1;
    if (this.#cancelRetry !== null) return;
    const delayMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures);
    this.#failures += 1;
    this.#cancelRetry = this.#after(delayMs, () => this.#wake());
  }
}
