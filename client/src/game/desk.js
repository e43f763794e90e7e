/**
 * Handles the items of the worker's mailbox, one after another: commands of the page, packets of peers, wake-ups.
 *
 * @module
 */

import { InputSource } from "./input-source.js";
import { Host } from "./host.js";
import { Match } from "./match.js";
import { failureOf } from "./python.js";

/** @import { ReadyState } from "../net/channel.js" */
/** @import { Post } from "./episode.js" */
/** @import { TextHost } from "./host.js" */
/** @import { Wire } from "./links.js" */
/** @import { ChannelMessage, ChannelPortMessage, LoadMessage, Runtime, SessionMessage, ToWorker } from "./messages.js" */

/** @typedef {Exclude<ToWorker, ChannelMessage | ChannelPortMessage>} Command */
/**
 * @typedef {Command | {type: "attach", wire: Wire} | {type: "channel-state", wire: Wire, readyState: ReadyState}
 *   | {type: "packet", wire: Wire, data: unknown} | {type: "wake"}} Item
 */

export class Desk {
  /** @type {Host | null} */
  #host = null;
  /** @type {InputSource | null} */
  #input = null;
  /** @type {Match | null} */
  #match = null;
  #testProfile = false;
  #failed = false;
  #nowMs;
  #boot;
  #post;
  #wakeAt;

  /**
   * @param {object} parts
   * @param {() => number} parts.nowMs
   * @param {(runtime: Runtime) => Promise<TextHost>} parts.boot
   * @param {Post} parts.post
   * @param {(dueMs: number) => void} parts.wakeAt asks for a "wake" item; replaces the earlier wish
   */
  constructor({ nowMs, boot, post, wakeAt }) {
    this.#nowMs = nowMs;
    this.#boot = boot;
    this.#post = post;
    this.#wakeAt = wakeAt;
  }

  /**
   * Never throws: a failure is told to the page, and nothing is handled after it.
   *
   * @param {Item} item
   * @returns {void | Promise<void>}
   */
  handle(item) {
    if (this.#failed) return undefined;
    try {
      if (item.type === "load") return this.#load(item);
      this.#take(item);
      this.#match?.step(this.#nowMs());
      this.#wakeAt(this.#match?.dueMs ?? Infinity);
    } catch (error) {
      this.#fail(error);
    }
    return undefined;
  }

  /** @param {LoadMessage} message */
  async #load({ testProfile, ...runtime }) {
    try {
      this.#testProfile = testProfile;
      this.#host = new Host(await this.#boot(runtime));
      this.#input = new InputSource(this.#host.spec);
      this.#post({ type: "ready", spec: this.#host.spec });
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {Exclude<Item, LoadMessage>} item */
  #take(item) {
    const nowMs = this.#nowMs();
    switch (item.type) {
      case "session":
        return this.#begin(item, nowMs);
      case "attach":
        return this.#match === null ? item.wire.channel.close() : this.#match.attach(item.wire, nowMs);
      case "channel-state":
        return this.#match?.channelState(item.wire, { readyState: item.readyState, nowMs });
      case "packet":
        return this.#match?.packet(item.wire, { data: item.data, nowMs });
      case "keys":
        return this.#input?.keys(item);
      case "visibility":
        return this.#input?.visibility(item);
      case "flip":
        return this.#testProfile ? this.#host?.flip(item.frame) : undefined;
      case "script":
        return this.#testProfile ? this.#input?.script(item.actions) : undefined;
      case "uploaded":
        return this.#match?.uploaded(item.episode, item.seq);
      case "partner-left":
        return this.#match?.cut(nowMs);
      case "stop":
        this.#match?.leave(nowMs);
        this.#match = null;
    }
  }

  /** @param {SessionMessage} message @param {number} nowMs */
  #begin({ config }, nowMs) {
    if (this.#host === null || this.#input === null) throw new Error("a session before the environment was loaded");
    this.#match?.close();
    const onEvent = (/** @type {string} */ kind, /** @type {object} */ detail) =>
      this.#post({ type: "event", event: { ...detail, kind, tMs: this.#nowMs() } });
    this.#match = new Match({ config, host: this.#host, input: this.#input, nowMs, measureMs: this.#nowMs, post: this.#post, onEvent });
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#failed = true;
    this.#match?.close();
    this.#wakeAt(Infinity);
    this.#post({ type: "failed", error: failureOf(error) });
  }
}
