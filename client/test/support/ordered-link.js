/**
 * One direction of a reliable, ordered channel under the same rules: what is lost comes later, and everything behind it waits.
 *
 * @module
 */

/** @import { VirtualClock } from "./clock.js" */
/** @import { Rule } from "./link.js" */
/** @import { Random } from "./random.js" */

/** A lost packet is sent again after this and a round trip; while traffic flows, SCTP needs few attempts. */
const RETRY_MS = 200;
const RETRIES = 5;

export class OrderedLink {
  #clock;
  #random;
  #rule;
  #deliver;
  #lastMs = 0;

  /** @param {{clock: VirtualClock, random: Random, rule: Rule, deliver: (packet: Uint8Array<ArrayBuffer>) => void}} parts */
  constructor({ clock, random, rule, deliver }) {
    this.#clock = clock;
    this.#random = random;
    this.#rule = rule;
    this.#deliver = deliver;
  }

  /** @param {ArrayBuffer} buffer */
  send(buffer) {
    const packet = new Uint8Array(buffer);
    const { latencyMs = 0, jitterMs = 0 } = this.#rule;
    let sentMs = this.#clock.nowMs;
    for (let retry = 0; retry < RETRIES && this.#random.chance(this.#loss()); retry += 1) sentMs += RETRY_MS + 2 * latencyMs;
    for (const [fromMs, toMs] of this.#rule.outages ?? []) if (sentMs >= fromMs && sentMs < toMs) sentMs = toMs + RETRY_MS;
    const arrivesMs = Math.max(this.#lastMs, sentMs + latencyMs + this.#random.next() * jitterMs);
    this.#lastMs = arrivesMs;
    this.#clock.after(arrivesMs - this.#clock.nowMs, () => this.#deliver(packet));
  }

  /** @returns {number} of one attempt: attempts lie further apart than the bursts are long, so each meets the chain at rest */
  #loss() {
    const { loss = 0, bursts } = this.#rule;
    return Math.max(loss, bursts ? (bursts.loss * bursts.toBad) / (bursts.toBad + bursts.toGood) : 0);
  }
}
