/**
 * What is known of the other seats: how far they acknowledged the own inputs, and where they are.
 *
 * Advantages are in frames and hold the one-way delay on both sides; half the difference of the two is the real lead.
 *
 * @module
 */

/** @typedef {{acknowledged: number, current: number, advance: number}} Peer */

export class Peers {
  /** @type {Map<number, Peer>} */
  #peers = new Map();

  /** @param {{seats: number, localSeat: number, firstFrame: number}} options firstFrame: earlier inputs are known to all */
  constructor({ seats, localSeat, firstFrame }) {
    for (let seat = 0; seat < seats; seat += 1) {
      if (seat !== localSeat) this.#peers.set(seat, { acknowledged: firstFrame, current: 0, advance: 0 });
    }
  }

  /**
   * @param {number} seat
   * @returns {boolean}
   */
  has(seat) {
    return this.#peers.has(seat);
  }

  /**
   * @param {number} seat
   * @returns {number} next own frame this peer wants
   */
  acknowledged(seat) {
    return this.#get(seat).acknowledged;
  }

  /**
   * @param {number} seat
   * @param {number} nextFrameWanted
   */
  acknowledge(seat, nextFrameWanted) {
    const peer = this.#get(seat);
    peer.acknowledged = Math.max(peer.acknowledged, nextFrameWanted);
  }

  /**
   * @param {number} seat
   * @param {{current: number, advance: number}} report of a packet; an older packet than the newest known is ignored
   */
  observe(seat, { current, advance }) {
    const peer = this.#get(seat);
    if (current < peer.current) return;
    peer.current = current;
    peer.advance = advance;
  }

  /** @returns {number} frame of the peer that is furthest behind, as last heard; 0 without peers */
  get slowest() {
    return this.#peers.size === 0 ? 0 : Math.min(...[...this.#peers.values()].map(({ current }) => current));
  }

  /**
   * @param {number} seat
   * @param {number} ownCurrent
   * @returns {{local: number, remote: number}}
   */
  advantage(seat, ownCurrent) {
    const peer = this.#get(seat);
    return { local: ownCurrent - peer.current, remote: peer.advance };
  }

  /**
   * @param {number} ownCurrent
   * @returns {{local: number, remote: number}} of the peer we lead by most; zeros without peers
   */
  widestAdvantage(ownCurrent) {
    const all = [...this.#peers.keys()].map((seat) => this.advantage(seat, ownCurrent));
    if (all.length === 0) return { local: 0, remote: 0 };
    return all.reduce((widest, one) => (one.local - one.remote > widest.local - widest.remote ? one : widest));
  }

  /**
   * @param {number} seat
   * @returns {Peer}
   */
  #get(seat) {
    const peer = this.#peers.get(seat);
    if (peer === undefined) throw new RangeError(`seat ${seat} is not a peer; peers: ${[...this.#peers.keys()].join(",")}`);
    return peer;
  }
}
