/**
 * One direction of an in-memory link with a seeded rule: what a packet meets on its way.
 *
 * @module
 */

/** @import { VirtualClock } from "./clock.js" */
/** @import { Random } from "./random.js" */

/**
 * All probabilities are 0..1 for each packet, all times in ms.
 *
 * @typedef {object} Rule
 * @property {number} [latencyMs]
 * @property {number} [jitterMs] added, uniform in 0..jitterMs: reorders packets by itself when above the sending period
 * @property {number} [loss]
 * @property {number} [duplicate]
 * @property {number} [reorder] chance of being held back for reorderMs
 * @property {number} [reorderMs]
 * @property {number} [corrupt] chance that one byte is altered on the way
 * @property {{everyMs: number, lengthMs: number} | null} [burst] nothing passes in the last lengthMs of each everyMs
 * @property {[fromMs: number, toMs: number][]} [outages] nothing passes
 * @property {{toBad: number, toGood: number, loss: number} | null} [bursts] Gilbert-Elliott: chance for each packet to enter and to
 *   leave the bad state, and the loss in it
 * @property {{bytesPerS: number, queueBytes: number} | null} [bandwidth] a queue in front of the wire; what does not fit is lost
 * @property {((packet: Uint8Array<ArrayBuffer>) => Uint8Array<ArrayBuffer>) | null} [tamper] a planted bug: applied to each packet
 */

/** @typedef {{sent: number, lost: number, duplicated: number, heldBack: number, corrupted: number, delivered: number}} LinkCounts */

export class Link {
  #clock;
  #random;
  #rule;
  #deliver;
  #bad = false;
  #busyUntilMs = 0;
  /** @type {LinkCounts} */
  counts = { sent: 0, lost: 0, duplicated: 0, heldBack: 0, corrupted: 0, delivered: 0 };

  /** @param {{clock: VirtualClock, random: Random, rule: Rule, deliver: (packet: Uint8Array<ArrayBuffer>) => void}} parts */
  constructor({ clock, random, rule, deliver }) {
    this.#clock = clock;
    this.#random = random;
    this.#rule = rule;
    this.#deliver = deliver;
  }

  /** @param {ArrayBuffer} buffer */
  send(buffer) {
    this.counts.sent += 1;
    const queuedMs = this.#queueMs(buffer.byteLength);
    if (queuedMs === null || this.#inBurst() || this.#inOutage() || this.#badLuck() || this.#random.chance(this.#rule.loss ?? 0)) {
      this.counts.lost += 1;
      return;
    }
    this.#carry(buffer, queuedMs);
    if (this.#random.chance(this.#rule.duplicate ?? 0)) {
      this.counts.duplicated += 1;
      this.#carry(buffer, queuedMs);
    }
  }

  /** @param {ArrayBuffer} buffer @param {number} queuedMs */
  #carry(buffer, queuedMs) {
    const packet = this.#altered(buffer);
    this.#clock.after(queuedMs + this.#delayMs(), () => {
      this.counts.delivered += 1;
      this.#deliver(packet);
    });
  }

  /** @returns {number} */
  #delayMs() {
    const { latencyMs = 0, jitterMs = 0, reorder = 0, reorderMs = 0 } = this.#rule;
    const heldBack = this.#random.chance(reorder);
    if (heldBack) this.counts.heldBack += 1;
    return latencyMs + this.#random.next() * jitterMs + (heldBack ? reorderMs : 0);
  }

  /** @param {number} bytes @returns {number | null} wait before the wire is free; null: the queue is full */
  #queueMs(bytes) {
    const { bandwidth } = this.#rule;
    if (!bandwidth) return 0;
    const waitMs = Math.max(0, this.#busyUntilMs - this.#clock.nowMs);
    if ((waitMs / 1000) * bandwidth.bytesPerS > bandwidth.queueBytes) return null;
    const wireMs = (bytes / bandwidth.bytesPerS) * 1000;
    this.#busyUntilMs = this.#clock.nowMs + waitMs + wireMs;
    return waitMs + wireMs;
  }

  /** @returns {boolean} */
  #inOutage() {
    return (this.#rule.outages ?? []).some(([fromMs, toMs]) => this.#clock.nowMs >= fromMs && this.#clock.nowMs < toMs);
  }

  /** @returns {boolean} lost in the bad state of the Gilbert-Elliott chain */
  #badLuck() {
    const { bursts } = this.#rule;
    if (!bursts) return false;
    this.#bad = this.#bad ? !this.#random.chance(bursts.toGood) : this.#random.chance(bursts.toBad);
    return this.#bad && this.#random.chance(bursts.loss);
  }

  /** @returns {boolean} */
  #inBurst() {
    const { burst } = this.#rule;
    return burst !== undefined && burst !== null && this.#clock.nowMs % burst.everyMs >= burst.everyMs - burst.lengthMs;
  }

  /** @param {ArrayBuffer} buffer @returns {Uint8Array<ArrayBuffer>} a copy where something is altered: nobody writes into the other */
  #altered(buffer) {
    const corrupt = this.#random.chance(this.#rule.corrupt ?? 0);
    const packet = new Uint8Array(corrupt || this.#rule.tamper ? buffer.slice(0) : buffer);
    if (corrupt) {
      this.counts.corrupted += 1;
      packet[this.#random.int(0, packet.length - 1)] ^= this.#random.int(1, 255);
    }
    return this.#rule.tamper ? this.#rule.tamper(packet) : packet;
  }
}
