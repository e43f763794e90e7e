/**
 * One episode at one seat, from the common start to the seal.
 *
 * ```
 *   readying ── READY from all, same S(0) ──▶ countdown ──▶ playing ── last row is final ──▶ confirming ──▶ sealed
 *      └──────────────────────── cut: the session ended early, what is final is sealed as partial ────────────▲
 * ```
 *
 * @module
 */

import { Record as Rows } from "../core/record.js";
import { Session } from "../core/session.js";
import { Agreement } from "./agreement.js";
import { CatchUp, PAUSE_MS, SLICE_FRAMES, SLICE_MS } from "./catch-up.js";
import { Every, TickClock } from "./clock.js";
import { HashLedger } from "./hashes.js";
import { inputPair } from "./host.js";
import { Loop } from "./loop.js";
import { quantile } from "./quantile.js";
import { Recorder } from "./recorder.js";
import { PredictionWindow } from "./window.js";

/** @import { CanonicalRow, LocalRow } from "../core/types.js" */
/** @import { Message } from "../wire/messages.js" */
/** @import { Verdict } from "./agreement.js" */
/** @import { Difference } from "./hashes.js" */
/** @import { Host } from "./host.js" */
/** @import { InputSource } from "./input-source.js" */
/** @import { OnEvent } from "./link.js" */
/** @import { Links } from "./links.js" */
/** @import { FromWorker, SessionConfig } from "./messages.js" */

/** @typedef {"readying" | "countdown" | "playing" | "confirming" | "sealed"} EpisodeState */
/** @typedef {(message: FromWorker) => void} Post */

/** How long the others may take to confirm the end; then the episode is sealed without them, and says so. */
export const CONFIRM_LIMIT_MS = 5000;

/** A confirmed frame that does not move for so long: what is missing is asked for on the reliable channel. */
export const ASK_AFTER_MS = 300;
/** Inputs given in one answer. */
export const FILL_LIMIT = 2048;

/** Peers that begin from different states can never agree. */
export class StartMismatch extends Error {
  name = "StartMismatch";
}

export class Episode {
  /** @type {EpisodeState} */
  state = "readying";
  #parts;
  #config;
  #epoch;
  #session;
  #rows = new Rows();
  #recorder;
  #loop;
  #agreement;
  #hashes;
  #startHash;
  #readyMs;
  #periodMs;
  #clock = new TickClock({ startMs: Infinity, periodMs: 1 });
  #shownSeconds = Infinity;
  #confirmByMs = Infinity;
  #unexpected = 0;
  #window;
  #catchUp = new CatchUp();
  #sliceDueMs = Infinity;
  #ask;
  #askedFrame = -2;
  #fills = 0;

  /**
   * @param {object} parts
   * @param {SessionConfig} parts.config
   * @param {number} parts.episode from 0
   * @param {Host} parts.host
   * @param {Links} parts.links
   * @param {InputSource} parts.input
   * @param {number} parts.nowMs
   * @param {() => number} parts.measureMs a clock for durations
   * @param {Post} parts.post
   * @param {OnEvent} parts.onEvent
   */
  constructor(parts) {
    const { config, episode, host, links, input, nowMs, measureMs, post, onEvent } = parts;
    this.#parts = parts;
    this.#config = config;
    this.#epoch = episode + 1;
    this.#periodMs = 1000 / host.spec.fps;
    this.#window = new PredictionWindow({ fixedFrames: config.prediction_limit_frames, periodMs: this.#periodMs });
    this.#ask = new Every({ periodMs: ASK_AFTER_MS, firstMs: nowMs });
    const session = new Session({
      seats: config.seats,
      localSeat: config.seat,
      inputDelayFrames: config.input_delay_frames,
      predictionLimitFrames: this.#window.frames,
      idleAction: host.spec.noop,
      oneShotActions: host.spec.one_shot ?? [],
      epoch: this.#epoch,
    });
    this.#session = session;
    this.#recorder = new Recorder({ episode, intervalMs: config.upload_interval_ms, nowMs, digest: (text) => host.digest(text), post });
    this.#loop = new Loop({
      ...{ session, host, input, onEvent, measureMs, record: this.#rows, window: this.#window, delayChanges: config.input_delay_changes },
      send: () => links.sendInputs(session),
    });
    this.#agreement = new Agreement(links.seats);
    this.#hashes = new HashLedger(links.seats);
    this.#readyMs = nowMs;
    this.#startHash = this.#start();
  }

  /** @returns {number} */
  get epoch() {
    return this.#epoch;
  }

  /** @returns {number} the next frame */
  get frame() {
    return this.#session.currentFrame;
  }

  /** @returns {number} when `step` has something to do */
  get dueMs() {
    return this.state === "sealed" ? Infinity : Math.min(this.#clock.dueMs, this.#sliceDueMs);
  }

  /**
   * A message of this episode.
   *
   * @param {number} seat of the sender
   * @param {Message} message
   * @param {number} nowMs
   */
  receive(seat, message, nowMs) {
    switch (message.type) {
      case "input":
        this.#parts.links.gotInputs(seat, this.#session.addRemoteInputs(seat, message.frame, message.inputs));
        this.#session.acknowledge(seat, message.ack);
        this.#session.observePeer(seat, message);
        break;
      case "state-hash":
        this.#tellDesync(this.#hashes.peer(seat, message.frame, message.hash));
        break;
      case "ready":
        this.#agreement.ready(message, nowMs - this.#parts.links.rttMs(seat) / 2);
        break;
      case "end":
        this.#agreement.end(message);
        break;
      case "confirm":
        this.#agreement.confirm(message);
        break;
      case "input-request":
        this.#fill(seat, message);
        break;
      case "input-fill":
        this.#parts.links.gotInputs(seat, this.#session.addRemoteInputs(seat, message.frame, message.inputs));
        break;
      default:
        this.#unexpected += 1;
    }
  }

  /**
   * @param {number} nowMs
   * @throws {StartMismatch} a peer has another start state
   */
  step(nowMs) {
    if (this.state === "readying") this.#awaitReady();
    if (this.state === "countdown") this.#countDown(nowMs);
    if (this.state === "playing") this.#play(nowMs);
    if (this.state === "confirming") this.#awaitConfirm(nowMs);
  }

  /** The session ended early: seal what is final. @param {number} nowMs */
  cut(nowMs) {
    if (this.state === "sealed") return;
    this.#recorder.flush();
    this.#seal({ verified: false, reason: "partial" }, nowMs);
  }

  /** @param {number} seq of a chunk that is durable */
  uploaded(seq) {
    this.#recorder.uploaded(seq);
  }

  /** What the status shows of the present episode. */
  view() {
    return {
      frame: this.#session.currentFrame,
      confirmedFrame: this.#session.confirmedFrame,
      endFrame: this.#rows.endFrame(),
      verifiedFrame: this.#hashes.verifiedFrame,
      uploadBacklogRows: this.#recorder.backlogRows,
    };
  }

  /** Counters of this episode. @param {number} nowMs */
  stats(nowMs) {
    const { rollbacks, maxDepth, accepted } = this.#session.stats;
    const { resimulated, correctedRows, predictedRows, promoted } = this.#rows.stats;
    const { stalls, inputChanges } = this.#loop;
    const { frames: catchUpFrames } = this.#catchUp;
    const windowFrames = this.#window.frames;
    const stallMs = Math.round(this.#loop.stallMs(nowMs));
    const skippedMs = Math.round(this.#clock.skippedMs);
    return { rollbacks, maxDepth, accepted, resimulated, correctedRows, predictedRows, promoted, stalls, stallMs, inputChanges, skippedMs, catchUpFrames, windowFrames };
  }

  /** @returns {{[reason: string]: number}} inputs and messages that were refused behind the door */
  dropped() {
    const { duplicates, conflicts, gaps, tooFar, refused } = this.#session.stats;
    const contradictions = this.#agreement.conflicts;
    return { duplicates, conflicts, gaps, tooFar, refused, contradictions, unexpected: this.#unexpected, hashes: this.#hashes.dropped };
  }

  /** @returns {string} hash of S(0) */
  #start() {
    const { config, episode, host, links, input, post } = this.#parts;
    const seed = host.episodeSeed({ seed: config.seed, sceneId: config.scene_id, episode });
    const { hash, display } = host.start({ seed, episode, max_steps: config.max_steps });
    input.clear();
    post({ type: "draw", display, frame: 0 });
    links.broadcast({ type: "ready", epoch: this.#epoch, frame: 0, seat: config.seat, hash });
    return hash;
  }

  #awaitReady() {
    const other = this.#agreement.otherStart(this.#startHash);
    if (other !== null) throw new StartMismatch(`seat ${other.seat} starts from ${other.hash}, seat ${this.#config.seat} from ${this.#startHash}`);
    if (!this.#agreement.allReady) return;
    const startMs = this.#agreement.commonMs(this.#readyMs) + this.#config.countdown_ms;
    this.#clock = new TickClock({ startMs, periodMs: this.#periodMs });
    this.state = "countdown";
  }

  /** @param {number} nowMs */
  #countDown(nowMs) {
    const seconds = Math.max(0, Math.ceil((this.#clock.dueMs - nowMs) / 1000));
    if (seconds < this.#shownSeconds) this.#parts.post({ type: "countdown", seconds });
    this.#shownSeconds = Math.min(seconds, this.#shownSeconds);
    if (nowMs < this.#clock.dueMs) return;
    this.#parts.onEvent("episode-start", { episode: this.#parts.episode, hash: this.#startHash });
    this.state = "playing";
  }

  /** @param {number} nowMs */
  #play(nowMs) {
    for (let due = this.#clock.due(nowMs); due > 0 && this.state === "playing"; due -= 1) {
      this.#clock.ticked(this.#tick(nowMs, { display: due === 1 }));
    }
    this.#slice(nowMs);
    this.#askMissing(nowMs);
    this.#recorder.step(nowMs);
  }

  /** @param {number} nowMs @param {{display: boolean}} options @returns {number} scale of the tick that follows */
  #tick(nowMs, { display: wanted }) {
    const { rows, rollback, display, scale } = this.#loop.tick(nowMs, { display: wanted && !this.#parts.input.hidden });
    if (rollback !== null) this.#recorder.addRollback(rollback);
    this.#keep(rows);
    if (display !== null) this.#parts.post({ type: "draw", display, frame: this.#session.currentFrame });
    if (this.#recorder.rows === this.#rows.endFrame()) this.#end(nowMs);
    return scale;
  }

  /** Frames beside the clock, after a freeze: a few, then the mailbox again. @param {number} nowMs */
  #slice(nowMs) {
    const { measureMs } = this.#parts;
    const untilMs = measureMs() + SLICE_MS;
    let left = SLICE_FRAMES;
    this.#sliceDueMs = Infinity;
    while (this.state === "playing" && this.#catchUp.due(this.#session)) {
      if (left === 0 || measureMs() >= untilMs) {
        this.#sliceDueMs = nowMs + PAUSE_MS;
        return;
      }
      left -= 1;
      this.#catchUp.frames += 1;
      this.#tick(nowMs, { display: left === 0 });
    }
  }

  /** Inputs that the lossy channel did not bring for a while. @param {number} nowMs */
  #askMissing(nowMs) {
    if (!this.#ask.due(nowMs)) return;
    const { confirmedFrame } = this.#session;
    const waits = confirmedFrame === this.#askedFrame;
    this.#askedFrame = confirmedFrame;
    if (!waits) return;
    for (const seat of this.#parts.links.seats) {
      const { from, to } = this.#session.missing(seat);
      if (from < to) this.#parts.links.send(seat, { type: "input-request", epoch: this.#epoch, frame: 0, seat, from, to });
    }
  }

  /** @param {number} seat of the peer that asks @param {{from: number, to: number}} range of own inputs */
  #fill(seat, { from, to }) {
    const inputs = this.#session.ownInputs({ from, to: Math.min(to, from + FILL_LIMIT) });
    if (inputs.length === 0) return;
    this.#fills += 1;
    this.#parts.links.send(seat, { type: "input-fill", epoch: this.#epoch, frame: from, seat: this.#config.seat, inputs });
  }

  /** Both sides send what they hashed, so that the field can be named. @param {Difference[]} differences */
  #tellDesync(differences) {
    const { host, episode, post, onEvent } = this.#parts;
    for (const difference of differences) {
      onEvent("desync", difference);
      post({ type: "desync", episode, ...difference, verifiedFrame: this.#hashes.verifiedFrame, dump: host.dump(difference.frame) });
    }
  }

  /** @param {{row: CanonicalRow, local: LocalRow}[]} rows that became final */
  #keep(rows) {
    this.#recorder.add(rows);
    for (const { frame, hash } of rows.map(({ row }) => row)) {
      this.#parts.links.broadcast({ type: "state-hash", epoch: this.#epoch, frame, hash });
      this.#tellDesync(this.#hashes.own(frame, hash));
    }
  }

  /** @param {number} nowMs */
  #end(nowMs) {
    const { links, onEvent, episode } = this.#parts;
    const result = this.#result();
    const common = { epoch: this.#epoch, frame: result.endFrame, seat: this.#config.seat };
    this.#recorder.flush();
    links.broadcast({ type: "end", ...common, endFrame: result.endFrame, cause: "ended" });
    links.broadcast({ type: "confirm", ...common, ...result });
    onEvent("episode-end", { episode, endFrame: result.endFrame });
    this.#confirmByMs = nowMs + CONFIRM_LIMIT_MS;
    this.state = "confirming";
  }

  /** The others may still need inputs of this seat. @param {number} nowMs */
  #awaitConfirm(nowMs) {
    if (this.#agreement.allConfirmed || nowMs >= this.#confirmByMs) {
      const hashesVerified = this.#hashes.verifiedFrame === this.#recorder.rows - 1;
      const desync = this.#hashes.firstDifference !== null;
      this.#seal(this.#agreement.verdict(this.#result(), { hashesVerified, desync }), nowMs);
      return;
    }
    if (this.#clock.due(nowMs) === 0) return;
    this.#parts.links.sendInputs(this.#session);
    this.#clock.ticked(1);
  }

  /** @returns {{endFrame: number, inputHash: string, stateHash: string}} of the rows that are final */
  #result() {
    const endFrame = this.#recorder.rows;
    const log = this.#session.inputLog(endFrame).map((inputs) => inputs.map(inputPair));
    const inputHash = this.#parts.host.shortDigest(JSON.stringify(log));
    return { endFrame, inputHash, stateHash: this.#recorder.lastHash ?? this.#startHash };
  }

  /** What is worth its cost once only. */
  #sealStats() {
    const sorted = this.#loop.durationsMs.toSorted((a, b) => a - b);
    const batch = { batchP50Ms: quantile(sorted, 0.5), batchP95Ms: quantile(sorted, 0.95), batchMaxMs: sorted.at(-1) ?? null };
    const [verifiedFrame, desyncs, fills] = [this.#hashes.verifiedFrame, this.#hashes.differences, this.#fills];
    const firstDesync = this.#hashes.firstDifference?.frame ?? null;
    return { verifiedFrame, desyncs, firstDesync, fills, frameMs: this.#window.costMs, ...batch, links: this.#parts.links.summary() };
  }

  /** @param {Verdict} verdict @param {number} nowMs */
  #seal(verdict, nowMs) {
    const { post, onEvent, episode } = this.#parts;
    const { rows, chunks } = this.#recorder;
    const seal = { ...this.#result(), rows, chunks, ...verdict, stats: { ...this.stats(nowMs), ...this.#sealStats() } };
    this.state = "sealed";
    post({ type: "seal", episode, seal });
    onEvent("episode-sealed", { episode, ...verdict });
  }
}
