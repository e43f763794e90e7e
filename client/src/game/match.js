/**
 * One game session at one seat: links to the peers, its episodes one after another, and the status that the page sees.
 *
 * ```
 *   linking ─ every link live ─▶ episode 0 ─▶ episode 1 ─▶ ... ─▶ done        cut: any ─▶ done
 * ```
 *
 * @module
 */

import { Every } from "./clock.js";
import { Episode } from "./episode.js";
import { Links, sumCounts } from "./links.js";

/** @import { ReadyState } from "../net/channel.js" */
/** @import { HelloMessage } from "../wire/messages.js" */
/** @import { Post } from "./episode.js" */
/** @import { Host } from "./host.js" */
/** @import { InputSource } from "./input-source.js" */
/** @import { OnEvent } from "./link.js" */
/** @import { Wire } from "./links.js" */
/** @import { GameState, SessionConfig, Status } from "./messages.js" */

const STATUS_MS = 100;
const GENERATION = 0;
const REASON_LEFT = 1;

/** What the page calls the states of an episode. @type {Readonly<{[state: string]: GameState}>} */
const SHOWN = Object.freeze({ readying: "linking", countdown: "countdown", playing: "playing", confirming: "confirming", sealed: "confirming" });
const NO_EPISODE = Object.freeze({ frame: 0, confirmedFrame: -1, endFrame: null, verifiedFrame: -1, uploadBacklogRows: 0 });

export class Match {
  #parts;
  #links;
  #due;
  /** @type {GameState} */
  #told = "idle";
  /** @type {Episode | null} */
  #episode = null;
  #index = -1;
  #done = false;
  /** Of the episodes before the present one. @type {{[counter: string]: number}} */
  #totals = {};
  /** @type {{[reason: string]: number}} */
  #dropped = {};
  #maxDepth = 0;

  /**
   * @param {object} parts
   * @param {SessionConfig} parts.config
   * @param {Host} parts.host
   * @param {InputSource} parts.input
   * @param {number} parts.nowMs
   * @param {() => number} parts.measureMs a clock for durations
   * @param {Post} parts.post
   * @param {OnEvent} parts.onEvent
   */
  constructor(parts) {
    const { config, host, input, nowMs, onEvent } = parts;
    if (config.seats !== host.spec.seats) throw new RangeError(`the session has ${config.seats} seats, the environment ${host.spec.seats}`);
    this.#parts = parts;
    input.useKeys(config.keys);
    const { seat, session_id: session, registry_version: registry } = config;
    /** @type {HelloMessage} */
    const hello = { type: "hello", epoch: 0, frame: 0, generation: GENERATION, seat, registry, session };
    this.#links = new Links({ seats: config.seats, hello, actions: host.spec.actions.length, nowMs, onEvent });
    this.#due = new Every({ periodMs: STATUS_MS, firstMs: nowMs });
  }

  /** @returns {GameState} */
  get state() {
    if (this.#done) return "done";
    return this.#episode === null ? "linking" : SHOWN[this.#episode.state];
  }

  /** @returns {number} when `step` has something to do; Infinity: never */
  get dueMs() {
    return Math.min(this.#links.dueMs, this.#episode?.dueMs ?? Infinity, this.#due.dueMs);
  }

  /** @param {Wire} wire @param {number} nowMs */
  attach(wire, nowMs) {
    this.#links.attach(wire, nowMs);
  }

  /** @param {Wire} wire @param {{readyState: ReadyState, nowMs: number}} change */
  channelState(wire, change) {
    this.#links.channelState(wire, change);
  }

  /** @param {Wire} wire @param {{data: unknown, nowMs: number}} packet */
  packet(wire, { data, nowMs }) {
    const message = this.#links.receive(wire, { data, nowMs, epoch: this.#episode?.epoch ?? 0 });
    if (message !== null) this.#episode?.receive(wire.peerSeat, message, nowMs);
  }

  /** @param {number} episode @param {number} seq of a chunk that is durable */
  uploaded(episode, seq) {
    if (episode === this.#index) this.#episode?.uploaded(seq);
  }

  /** @param {number} nowMs */
  step(nowMs) {
    this.#links.step(nowMs, { epoch: this.#episode?.epoch ?? 0, frame: this.#episode?.frame ?? 0 });
    if (this.#episode === null && !this.#done && this.#links.allLive) this.#begin(nowMs);
    this.#episode?.step(nowMs);
    if (this.#episode?.state === "sealed" && !this.#done) this.#next(nowMs);
    if (this.#due.due(nowMs) || this.state !== this.#told) this.tell(nowMs);
  }

  /** The session ended early. @param {number} nowMs */
  cut(nowMs) {
    this.#episode?.cut(nowMs);
    this.#done = true;
    this.tell(nowMs);
  }

  /** This page leaves. @param {number} nowMs */
  leave(nowMs) {
    const { episode } = this.#place();
    this.#links.broadcast({ type: "bye", epoch: episode + 1, frame: 0, reason: REASON_LEFT });
    this.cut(nowMs);
    this.close();
  }

  close() {
    this.#links.close();
  }

  /** Posts the status. @param {number} nowMs */
  tell(nowMs) {
    this.#told = this.state;
    this.#parts.post({ type: "status", status: this.status(nowMs) });
  }

  /** @param {number} nowMs @returns {Status} */
  status(nowMs) {
    const { maxDepth = 0, ...counters } = this.#episode?.stats(nowMs) ?? {};
    const { rollbacks = 0, resimulated = 0, correctedRows = 0, stalls = 0, stallMs = 0, inputChanges = 0 } = sumCounts([this.#totals, counters]);
    return {
      state: this.state,
      ...this.#place(),
      ...(this.#episode?.view() ?? NO_EPISODE),
      ...{ rollbacks, resimulated, correctedRows, stalls, stallMs, inputChanges, maxDepth: Math.max(this.#maxDepth, maxDepth) },
      dropped: sumCounts([this.#links.dropped(), this.#dropped, this.#episode?.dropped() ?? {}, { strangers: this.#links.strangers }]),
      links: this.#links.status(),
      transfer: this.#links.relayed ? "relayed" : "transferred",
      error: null,
    };
  }

  /** @returns {{episode: number, epoch: number}} */
  #place() {
    const episode = Math.max(0, this.#index);
    return { episode, epoch: this.#episode?.epoch ?? 0 };
  }

  /** The next episode. @param {number} nowMs */
  #begin(nowMs) {
    const { post, onEvent, config, host, input, measureMs } = this.#parts;
    this.#index += 1;
    const earlier = this.#links.newEpoch(this.#index + 1);
    const episode = new Episode({ config, host, input, post, onEvent, nowMs, measureMs, links: this.#links, episode: this.#index });
    for (const { seat, message } of earlier) episode.receive(seat, message, nowMs);
    this.#episode = episode;
  }

  /** After a seal. @param {number} nowMs */
  #next(nowMs) {
    if (this.#index + 1 >= this.#parts.config.episodes) {
      this.#done = true;
      this.#parts.post({ type: "finished" });
      return;
    }
    const { maxDepth, ...counters } = /** @type {Episode} */ (this.#episode).stats(nowMs);
    this.#totals = sumCounts([this.#totals, counters]);
    this.#dropped = sumCounts([this.#dropped, /** @type {Episode} */ (this.#episode).dropped()]);
    this.#maxDepth = Math.max(this.#maxDepth, maxDepth);
    this.#begin(nowMs);
  }
}
