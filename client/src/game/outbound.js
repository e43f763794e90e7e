/**
 * What goes out to one peer: inputs that are skipped when the channel is full, control messages that wait (requirements 2).
 *
 * @module
 */

import { encode } from "../wire/codec.js";
import { MAX_INPUT_RECORDS } from "../wire/messages.js";

/** @import { Label, PeerChannel } from "../net/channel.js" */
/** @import { Outgoing } from "../core/types.js" */
/** @import { Message, PingMessage, PongMessage } from "../wire/messages.js" */

/** Above this an input packet is skipped: the next one carries the same inputs. Bytes. */
export const INPUT_BUFFER_LIMIT = 16_384;
/** Above this control messages wait in order. Bytes. */
export const CONTROL_BUFFER_LIMIT = 65_536;
/** Control messages that wait; beyond, state hashes are dropped and counted (at most 8 others exist in an episode). */
export const WAITING_LIMIT = 16_384;

export class Outbound {
  packets = 0;
  /** Payload, on both channels. */
  bytes = 0;
  /** Own inputs, each counted once. */
  inputsSent = 0;
  #epoch = 0;
  #sentUpTo = 0;
  /** Encoded. @type {ArrayBuffer[]} */
  #waiting = [];
  #localSeat;
  #channels;
  #onDrop;

  /** @param {{localSeat: number, channels: Map<Label, PeerChannel>, onDrop: (reason: string, label: Label) => void}} parts */
  constructor({ localSeat, channels, onDrop }) {
    this.#localSeat = localSeat;
    this.#channels = channels;
    this.#onDrop = onDrop;
  }

  /** @param {number} epoch */
  newEpoch(epoch) {
    this.#epoch = epoch;
    this.#sentUpTo = 0;
  }

  /** @param {Outgoing} outgoing */
  inputs(outgoing) {
    if (this.#buffered("input") > INPUT_BUFFER_LIMIT) return this.#onDrop("send-buffer", "input");
    if (!this.#send("input", encode({ type: "input", epoch: this.#epoch, seat: this.#localSeat, ...outgoing }))) return;
    const upTo = outgoing.frame + Math.min(outgoing.inputs.length, MAX_INPUT_RECORDS);
    const known = Math.max(outgoing.frame, this.#sentUpTo);
    this.inputsSent += Math.max(0, upTo - known);
    this.#sentUpTo = Math.max(upTo, this.#sentUpTo);
  }

  /**
   * @param {PingMessage | PongMessage} message
   * @returns {boolean} sent
   */
  ping(message) {
    return this.#buffered("input") <= INPUT_BUFFER_LIMIT && this.#send("input", encode(message));
  }

  /** @param {Message} message after those that wait @param {ArrayBuffer} data as encoded: once for all peers */
  control(message, data) {
    if (message.type === "state-hash" && this.#waiting.length >= WAITING_LIMIT) return this.#onDrop("hash-backlog", "control");
    this.#waiting.push(data);
    this.flush();
  }

  /** Sends control messages as far as the channel takes them. */
  flush() {
    while (this.#waiting.length > 0 && this.#buffered("control") <= CONTROL_BUFFER_LIMIT) {
      if (!this.#send("control", this.#waiting[0])) return;
      this.#waiting.shift();
    }
  }

  /**
   * @param {Label} label
   * @returns {number}
   */
  #buffered(label) {
    return this.#channels.get(label)?.bufferedAmount ?? 0;
  }

  /**
   * @param {Label} label
   * @param {ArrayBuffer} data
   * @returns {boolean}
   */
  #send(label, data) {
    const sent = this.#channels.get(label)?.send(data) ?? false;
    if (sent) {
      this.packets += 1;
      this.bytes += data.byteLength;
    }
    return sent;
  }
}
