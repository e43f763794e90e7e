/**
 * One peer as the worker sees it: two channels, HELLO, round trips, counters; packets in, messages of this episode out.
 *
 * ```
 *   connecting ─ both channels open ─▶ open ─ HELLO right, 3 echoes ─▶ live ⇄ lost (silence of 1,500 ms)
 *   any ─ a channel closed ─▶ closed        any ─ HELLO of another session ─▶ refused
 * ```
 *
 * @module
 */

import { decode, encode } from "../wire/codec.js";
import { admit } from "./admission.js";
import { Every } from "./clock.js";
import { Outbound } from "./outbound.js";
import { Pings } from "./pings.js";

/** @import { Label, PeerChannel, ReadyState } from "../net/channel.js" */
/** @import { Outgoing } from "../core/types.js" */
/** @import { HelloMessage, Message } from "../wire/messages.js" */
/** @import { LinkStatus } from "./messages.js" */

/** @typedef {"connecting" | "open" | "live" | "lost" | "closed" | "refused"} LinkState */
/** @typedef {"opened" | "validated" | "silent" | "heard" | "shut" | "stranger"} LinkEvent */
/** @typedef {(kind: string, detail: {[name: string]: any}) => void} OnEvent */

export const PING_MS = 200;
export const VALIDATION_PING_MS = 100;
export const VALIDATION_ECHOES = 3;
export const LOST_MS = 1500;
/** Reliable messages of the next episode that wait; a peer can only be one READY ahead. */
export const EARLY_LIMIT = 64;

const END = Object.freeze({ shut: "closed", stranger: "refused" });
/** @type {Readonly<{[S in LinkState]: {[E in LinkEvent]?: LinkState}}>} an event that is not listed changes nothing */
export const LINK_TABLE = Object.freeze({
  connecting: { opened: "open", ...END },
  open: { validated: "live", ...END },
  live: { silent: "lost", ...END },
  lost: { heard: "live", ...END },
  closed: {},
  refused: {},
});

export class Link {
  /** @type {LinkState} */
  state = "connecting";
  /** @type {{[reason: string]: number}} */
  dropped = {};
  receivedInputs = 0;
  #received = 0;
  #greeted = false;
  /** @type {Map<Label, PeerChannel>} */
  #channels = new Map();
  /** @type {Message[]} */
  #early = [];
  #pings = new Pings();
  #pinging;
  #heardMs;
  #seat;
  #hello;
  #actions;
  #onEvent;
  #out;

  /**
   * @param {object} parts
   * @param {number} parts.seat of the peer
   * @param {HelloMessage} parts.hello the own one; the peer's must differ in the seat only
   * @param {number} parts.actions number of actions of the environment
   * @param {number} parts.nowMs
   * @param {OnEvent} parts.onEvent
   */
  constructor({ seat, hello, actions, nowMs, onEvent }) {
    this.#seat = seat;
    this.#hello = hello;
    this.#actions = actions;
    this.#onEvent = onEvent;
    this.#heardMs = nowMs;
    this.#pinging = new Every({ periodMs: VALIDATION_PING_MS, firstMs: nowMs });
    this.#out = new Outbound({ localSeat: hello.seat, channels: this.#channels, onDrop: (reason, label) => this.#drop(reason, label) });
  }

  /** @returns {number} ms of the median round trip; 0 before there is one */
  get rttMs() {
    return this.#pings.rttMs ?? 0;
  }

  /** @returns {boolean} */
  get relayed() {
    return [...this.#channels.values()].some(({ transfer }) => transfer === "relayed");
  }

  /** @returns {number} when `step` has something to do */
  get dueMs() {
    return this.#bothOpen ? this.#pinging.dueMs : Infinity;
  }

  /**
   * @param {Label} label
   * @param {PeerChannel} channel replaces an earlier one of this label
   * @param {number} nowMs
   */
  attach(label, channel, nowMs) {
    this.#channels.set(label, channel);
    this.channelState(label, channel, { readyState: channel.readyState, nowMs });
  }

  /**
   * @param {Label} label
   * @param {PeerChannel} channel
   * @param {{readyState: ReadyState, nowMs: number}} change
   */
  channelState(label, channel, { readyState, nowMs }) {
    if (this.#channels.get(label) !== channel) return;
    if (readyState === "closed") {
      this.#onEvent("channel-closed", { seat: this.#seat, label });
      this.#go("shut");
    }
    if (readyState !== "open") return;
    this.#onEvent("channel-open", { seat: this.#seat, label, transfer: channel.transfer });
    if (label === "control") this.#out.control(this.#hello, encode(this.#hello));
    this.#heardMs = nowMs;
    if (this.#bothOpen) this.#go("opened");
  }

  /**
   * @param {Label} label
   * @param {PeerChannel} channel it came over
   * @param {{data: unknown, epoch: number, nowMs: number}} packet
   * @returns {Message | null} what the episode should hear
   */
  receive(label, channel, { data, epoch, nowMs }) {
    this.#received += 1;
    if (this.#channels.get(label) !== channel) return this.#drop("stale", label);
    const decoded = decode(/** @type {ArrayBuffer} */ (data));
    if (!decoded.ok) return this.#drop(decoded.reason, label);
    const { message } = decoded;
    this.#heard(nowMs);
    const answer = admit(message, { label, seat: this.#seat, ownSeat: this.#hello.seat, epoch, greeted: this.#greeted, actions: this.#actions });
    if (answer === "later") return this.#keep(message);
    if (answer !== "take") return this.#drop(answer, label);
    return this.#answered(message, nowMs) ? null : message;
  }

  /** @returns {Message[]} that waited for the episode which begins now */
  takeEarly() {
    return this.#early.splice(0);
  }

  /** @param {number} epoch of the episode that begins now */
  newEpoch(epoch) {
    this.#out.newEpoch(epoch);
  }

  /** @param {Outgoing} outgoing */
  sendInputs(outgoing) {
    this.#out.inputs(outgoing);
  }

  /** @param {Message} message of a reliable type @param {ArrayBuffer} data as encoded */
  sendControl(message, data) {
    this.#out.control(message, data);
  }

  /**
   * Pings, the waiting control messages, silence.
   *
   * @param {number} nowMs
   * @param {{epoch: number, frame: number}} place
   */
  step(nowMs, { epoch, frame }) {
    if (nowMs < this.#pinging.dueMs || !this.#bothOpen || !this.#pinging.due(nowMs)) return;
    this.#out.flush();
    if (this.#out.ping({ type: "ping", epoch, frame, sentMs: nowMs })) this.#pings.sent(nowMs);
    const silentMs = nowMs - this.#heardMs;
    if (silentMs > LOST_MS && this.#go("silent")) this.#onEvent("link-lost", { seat: this.#seat, silentMs });
  }

  close() {
    for (const channel of this.#channels.values()) channel.close();
  }

  /** @returns {LinkStatus} */
  status() {
    return {
      seat: this.#seat,
      open: this.#greeted && this.#bothOpen,
      rttMs: this.#pings.rttMs,
      pings: this.#pings.samples,
      sentPackets: this.#out.packets,
      sentBytes: this.#out.bytes,
      receivedPackets: this.#received,
      sentInputs: this.#out.inputsSent,
      receivedInputs: this.receivedInputs,
    };
  }

  /** @returns {boolean} */
  get #bothOpen() {
    return this.#channels.get("input")?.readyState === "open" && this.#channels.get("control")?.readyState === "open";
  }

  /**
   * @param {Message} message
   * @param {number} nowMs
   * @returns {boolean} it was the link's own business
   */
  #answered(message, nowMs) {
    if (message.type === "ping") this.#out.ping({ ...message, type: "pong" });
    else if (message.type === "pong") this.#pong(message.sentMs, nowMs);
    else if (message.type === "hello") this.#greet(message);
    else if (message.type === "bye") this.#onEvent("peer-bye", { seat: this.#seat, reason: message.reason });
    else return false;
    this.#validate(nowMs);
    return true;
  }

  /**
   * @param {number} sentMs
   * @param {number} nowMs
   */
  #pong(sentMs, nowMs) {
    if (!this.#pings.pong(sentMs, nowMs)) this.#drop("pong", "input");
  }

  /** @param {HelloMessage} theirs */
  #greet(theirs) {
    const wrong = /** @type {const} */ (["session", "generation", "registry"]).find((field) => theirs[field] !== this.#hello[field]);
    if (wrong === undefined) {
      this.#greeted = true;
      return;
    }
    this.#drop("hello", "control");
    this.#onEvent("link-refused", { seat: this.#seat, field: wrong, own: this.#hello[wrong], peer: theirs[wrong] });
    this.#go("stranger");
  }

  /** @param {number} nowMs */
  #validate(nowMs) {
    if (!this.#greeted || this.#pings.answered < VALIDATION_ECHOES || !this.#go("validated")) return;
    this.#onEvent("link-live", { seat: this.#seat, rttMs: this.#pings.rttMs });
    this.#pinging = new Every({ periodMs: PING_MS, firstMs: nowMs });
  }

  /** @param {number} nowMs */
  #heard(nowMs) {
    const silentMs = nowMs - this.#heardMs;
    this.#heardMs = nowMs;
    if (this.#go("heard")) this.#onEvent("link-back", { seat: this.#seat, silentMs });
  }

  /**
   * @param {Message} message
   * @returns {null}
   */
  #keep(message) {
    if (this.#early.length >= EARLY_LIMIT) return this.#drop("early", "control");
    this.#early.push(message);
    return null;
  }

  /**
   * @param {string} reason
   * @param {Label} label
   * @returns {null}
   */
  #drop(reason, label) {
    const count = (this.dropped[reason] ?? 0) + 1;
    this.dropped[reason] = count;
    // A flood must not become a flood of events: the 1st, 2nd, 4th, 8th, ...
    if ((count & (count - 1)) === 0) this.#onEvent("packet-dropped", { seat: this.#seat, label, reason, count });
    return null;
  }

  /**
   * @param {LinkEvent} event
   * @returns {boolean} the state changed
   */
  #go(event) {
    const next = LINK_TABLE[this.state][event];
    if (next === undefined) return false;
    this.state = next;
    return true;
  }
}
