/**
 * All peers of a session: what concerns each of them, and what is the same for all.
 *
 * @module
 */

import { encode } from "../wire/codec.js";
import { Link } from "./link.js";
import { quantile } from "./quantile.js";

/** @import { Session } from "../core/session.js" */
/** @import { Label, PeerChannel, ReadyState } from "../net/channel.js" */
/** @import { HelloMessage, Message } from "../wire/messages.js" */
/** @import { LinkStatus, LinkSummary } from "./messages.js" */
/** @import { OnEvent } from "./link.js" */

/** Where a channel belongs; packets and states of it carry the same object, so an old channel is told from a new one. */
/** @typedef {{peerSeat: number, label: Label, channel: PeerChannel}} Wire */

export class Links {
  /** Channels for seats that are no peers. */
  strangers = 0;
  /** @type {Map<number, Link>} */
  #links;

  /** @param {{seats: number, hello: HelloMessage, actions: number, nowMs: number, onEvent: OnEvent}} parts */
  constructor({ seats, hello, actions, nowMs, onEvent }) {
    const all = Array.from({ length: seats }, (_, seat) => seat);
    const peers = all.filter((seat) => seat !== hello.seat);
    this.#links = new Map(peers.map((seat) => [seat, new Link({ seat, hello, actions, nowMs, onEvent })]));
  }

  /** @returns {number[]} */
  get seats() {
    return [...this.#links.keys()];
  }

  /** @returns {boolean} every link was validated and is heard */
  get allLive() {
    return this.#all.every(({ state }) => state === "live");
  }

  /** @returns {boolean} */
  get relayed() {
    return this.#all.some(({ relayed }) => relayed);
  }

  /** @returns {number} */
  get dueMs() {
    return Math.min(...this.#all.map(({ dueMs }) => dueMs));
  }

  /** @param {Wire} wire @param {number} nowMs */
  attach({ peerSeat, label, channel }, nowMs) {
    const link = this.#links.get(peerSeat);
    if (link !== undefined) return link.attach(label, channel, nowMs);
    this.strangers += 1;
    return channel.close();
  }

  /** @param {Wire} wire @param {{readyState: ReadyState, nowMs: number}} change */
  channelState({ peerSeat, label, channel }, change) {
    this.#links.get(peerSeat)?.channelState(label, channel, change);
  }

  /**
   * @param {Wire} wire
   * @param {{data: unknown, epoch: number, nowMs: number}} packet
   * @returns {Message | null}
   */
  receive({ peerSeat, label, channel }, packet) {
    return this.#links.get(peerSeat)?.receive(label, channel, packet) ?? null;
  }

  /**
   * @param {number} epoch of the episode that begins now
   * @returns {{seat: number, message: Message}[]} that waited for it
   */
  newEpoch(epoch) {
    return [...this.#links].flatMap(([seat, link]) => {
      link.newEpoch(epoch);
      return link.takeEarly().map((message) => ({ seat, message }));
    });
  }

  /** @param {number} seat @returns {number} ms */
  rttMs(seat) {
    return this.#get(seat).rttMs;
  }

  /** @param {number} seat @param {number} count inputs of it that were new */
  gotInputs(seat, count) {
    this.#get(seat).receivedInputs += count;
  }

  /** @param {Message} message to every peer, on the reliable channel */
  broadcast(message) {
    const data = encode(message);
    for (const link of this.#all) link.sendControl(message, data);
  }

  /** @param {number} seat @param {Message} message on the reliable channel */
  send(seat, message) {
    this.#get(seat).sendControl(message, encode(message));
  }

  /** @param {Session} session */
  sendInputs(session) {
    for (const [seat, link] of this.#links) link.sendInputs(session.outgoing(seat));
  }

  /** @param {number} nowMs @param {{epoch: number, frame: number}} place */
  step(nowMs, place) {
    for (const link of this.#all) link.step(nowMs, place);
  }

  close() {
    for (const link of this.#all) link.close();
  }

  /** @returns {LinkStatus[]} */
  status() {
    return this.#all.map((link) => link.status());
  }

  /** @returns {LinkSummary[]} for the metrics: counters of the session so far, round trips of its last minute */
  summary() {
    return this.status().map(({ seat, pings, sentPackets, sentBytes, receivedPackets, sentInputs, receivedInputs }) => {
      const rtts = pings.map(([, rttMs]) => rttMs).sort((a, b) => a - b);
      const rttMs = { count: rtts.length, p50: quantile(rtts, 0.5), p95: quantile(rtts, 0.95), max: rtts.at(-1) ?? null };
      return { seat, rttMs, sentPackets, sentBytes, receivedPackets, sentInputs, receivedInputs };
    });
  }

  /** @returns {{[reason: string]: number}} over all links */
  dropped() {
    return sumCounts(this.#all.map(({ dropped }) => dropped));
  }

  /** @returns {Link[]} */
  get #all() {
    return [...this.#links.values()];
  }

  /** @param {number} seat @returns {Link} */
  #get(seat) {
    const link = this.#links.get(seat);
    if (link === undefined) throw new RangeError(`seat ${seat} is no peer; peers: ${this.seats.join(", ")}`);
    return link;
  }
}

/**
 * @param {{[name: string]: number}[]} counts
 * @returns {{[name: string]: number}} key by key; zeros are left out
 */
export function sumCounts(counts) {
  /** @type {{[name: string]: number}} */
  const sum = {};
  for (const [name, count] of counts.flatMap(Object.entries)) if (count > 0) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}
