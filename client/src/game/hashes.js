/**
 * Compares the state hashes of final frames with those of every peer (DETECT-01, DETECT-02, DETECT-04).
 *
 * Both sides send theirs in order, without gaps, on a reliable channel; whichever of two hashes comes second makes the
 * comparison. The verified frame is contiguous: a difference stops it.
 *
 * @module
 */

/** @typedef {{frame: number, peerSeat: number, ownHash: string, peerHash: string}} Difference */
/** @typedef {{received: number, ahead: string[], differs: boolean}} Peer differs: told once, all later frames differ too; ahead: hashes of frames that are not final here, the first is the next own one */

/** Hashes of one peer ahead of the own ones; more are dropped and counted, and nothing after them can be verified. */
export const AHEAD_LIMIT = 4096;

export class HashLedger {
  dropped = 0;
  /** Comparisons that failed. */
  differences = 0;
  /** @type {Difference | null} */
  #first = null;
  /** @type {string[]} index = frame; complete for the episode (HASH-04), so bounded by its max_steps */
  #own = [];
  /** @type {Map<number, Peer>} by seat */
  #peers;

  /** @param {number[]} peers their seats */
  constructor(peers) {
    this.#peers = new Map(peers.map((seat) => [seat, { received: 0, ahead: [], differs: false }]));
  }

  /** @returns {Difference | null} of the lowest frame */
  get firstDifference() {
    return this.#first;
  }

  /** @returns {number} the hashes of all peers are known and equal up to this frame; -1: none */
  get verifiedFrame() {
    const compared = Math.min(this.#own.length, ...[...this.#peers.values()].map(({ received }) => received));
    return (this.#first === null ? compared : Math.min(compared, this.#first.frame)) - 1;
  }

  /**
   * @param {number} frame the next one
   * @param {string} hash
   * @returns {Difference[]} the first one towards a peer, found by this
   */
  own(frame, hash) {
    if (frame !== this.#own.length) throw new Error(`own hash of frame ${frame} after ${this.#own.length} hashes`);
    this.#own.push(hash);
    return [...this.#peers].flatMap(([seat, { ahead }]) => {
      const theirs = ahead.shift();
      return theirs === undefined ? [] : this.#compare(seat, frame, theirs);
    });
  }

  /**
   * @param {number} seat
   * @param {number} frame
   * @param {string} hash
   * @returns {Difference[]} the first one towards a peer, found by this
   */
  peer(seat, frame, hash) {
    const peer = this.#peers.get(seat);
    if (peer === undefined) throw new RangeError(`seat ${seat} is no peer`);
    if (frame !== peer.received || peer.ahead.length >= AHEAD_LIMIT) {
      this.dropped += 1;
      return [];
    }
    peer.received += 1;
    if (frame < this.#own.length) return this.#compare(seat, frame, hash);
    peer.ahead.push(hash);
    return [];
  }

  /**
   * @param {number} peerSeat
   * @param {number} frame
   * @param {string} peerHash
   * @returns {Difference[]}
   */
  #compare(peerSeat, frame, peerHash) {
    const ownHash = this.#own[frame];
    if (ownHash === peerHash) return [];
    const difference = { frame, peerSeat, ownHash, peerHash };
    this.differences += 1;
    if (this.#first === null || frame < this.#first.frame) this.#first = difference;
    const peer = /** @type {Peer} */ (this.#peers.get(peerSeat));
    if (peer.differs) return [];
    peer.differs = true;
    return [difference];
  }
}
