/**
 * What the seats of one episode tell each other at its two borders, and what follows from it. Pure.
 *
 * ```
 *   READY(hash of S(0)) from all ─▶ common start        END + CONFIRM(end, inputs, state) from all ─▶ verdict
 * ```
 *
 * The first word of a seat counts; a second, different one is ignored and counted.
 *
 * @module
 */

/** @import { ConfirmMessage, EndMessage, Message, ReadyMessage } from "../wire/messages.js" */
/** @import { SealReason } from "./messages.js" */

/** @typedef {{endFrame: number, inputHash: string, stateHash: string}} Result */
/** @typedef {{verified: boolean, reason: SealReason}} Verdict */

export class Agreement {
  conflicts = 0;
  /** @type {number[]} */
  #peers;
  /** @type {Map<number, ReadyMessage & {readyMs: number}>} */
  #ready = new Map();
  /** @type {Map<number, EndMessage>} */
  #ends = new Map();
  /** @type {Map<number, ConfirmMessage>} */
  #confirms = new Map();

  /** @param {number[]} peers their seats */
  constructor(peers) {
    this.#peers = peers;
  }

  /**
   * @param {ReadyMessage} message
   * @param {number} readyMs when the peer said it: arrival less half a round trip
   */
  ready(message, readyMs) {
    this.#put(this.#ready, message.seat, { ...message, readyMs }, (known) => known.hash === message.hash);
  }

  /** @param {EndMessage} message */
  end(message) {
    this.#put(this.#ends, message.seat, message, (known) => known.endFrame === message.endFrame);
  }

  /** @param {ConfirmMessage} message */
  confirm(message) {
    this.#put(this.#confirms, message.seat, message, (known) => sameResult(known, message));
  }

  /** @returns {boolean} READY came from every peer */
  get allReady() {
    return this.#peers.every((seat) => this.#ready.has(seat));
  }

  /** @returns {boolean} CONFIRM came from every peer */
  get allConfirmed() {
    return this.#peers.every((seat) => this.#confirms.has(seat));
  }

  /**
   * @param {string} ownHash
   * @returns {{seat: number, hash: string} | null} a peer that starts from another state
   */
  otherStart(ownHash) {
    return [...this.#ready.values()].find(({ hash }) => hash !== ownHash) ?? null;
  }

  /**
   * The moment at which the last seat was ready, about the same at every seat: only half of the asymmetry of a path differs.
   *
   * @param {number} ownReadyMs
   * @returns {number} ms, own clock
   */
  commonMs(ownReadyMs) {
    return Math.max(ownReadyMs, ...[...this.#ready.values()].map(({ readyMs }) => readyMs));
  }

  /**
   * @param {Result} own
   * @param {{hashesVerified: boolean, desync: boolean}} hashes of all frames, as exchanged during play
   * @returns {Verdict}
   */
  verdict(own, { hashesVerified, desync }) {
    const confirms = [...this.#confirms.values()];
    const ends = [...this.#ends.values(), ...confirms];
    if (ends.some(({ endFrame }) => endFrame !== own.endFrame)) return unverified("end_frame_mismatch");
    if (confirms.some(({ inputHash }) => inputHash !== own.inputHash)) return unverified("input_mismatch");
    if (desync || confirms.some(({ stateHash }) => stateHash !== own.stateHash)) return unverified("hash_mismatch");
    if (!this.allConfirmed || !hashesVerified) return unverified("no_confirm");
    return { verified: true, reason: "completed" };
  }

  /**
   * @template {Message} T
   * @param {Map<number, T>} words
   * @param {number} seat
   * @param {T} word
   * @param {(known: T) => boolean} same
   */
  #put(words, seat, word, same) {
    const known = words.get(seat);
    if (known === undefined) words.set(seat, word);
    else if (!same(known)) this.conflicts += 1;
  }
}

/** @param {SealReason} reason @returns {Verdict} */
function unverified(reason) {
  return { verified: false, reason };
}

/** @param {Result} a @param {Result} b @returns {boolean} */
function sameResult(a, b) {
  return a.endFrame === b.endFrame && a.inputHash === b.inputHash && a.stateHash === b.stateHash;
}
