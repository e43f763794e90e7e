/**
 * Compares the state hash of each final frame with those of the peers, whenever both are known (EXCH-02, DETECT-04).
 */

export class HashWatch {
  /** @type {Map<number, string>} */
  #own = new Map();
  /** By seat. @type {Map<number, Map<number, string>>} */
  #theirs;
  /** Highest frame up to which every hash of every peer was equal; contiguous. */
  verifiedFrame = -1;
  /** @type {{frame: number, seat: number, own: string, theirs: string} | null} */
  mismatch = null;

  /** @param {number[]} peerSeats */
  constructor(peerSeats) {
    this.#theirs = new Map(peerSeats.map((seat) => [seat, new Map()]));
  }

  /** @param {number} frame @param {string} hash */
  own(frame, hash) {
    this.#own.set(frame, hash);
    this.#compare();
  }

  /** The first value of a frame stays. @param {number} seat @param {number} frame @param {string} hash */
  theirs(seat, frame, hash) {
    const known = this.#theirs.get(seat);
    if (known !== undefined && !known.has(frame)) known.set(frame, hash);
    this.#compare();
  }

  #compare() {
    while (this.mismatch === null) {
      const frame = this.verifiedFrame + 1;
      const own = this.#own.get(frame);
      if (own === undefined) return;
      for (const [seat, hashes] of this.#theirs) {
        const theirs = hashes.get(frame);
        if (theirs === undefined) return;
        if (theirs !== own) {
          this.mismatch = { frame, seat, own, theirs };
          return;
        }
      }
      this.verifiedFrame = frame;
    }
  }
}
