/**
 * A writer and a reader of big-endian fields.
 *
 * The writer refuses our own nonsense with a RangeError. The reader refuses a peer's with a `Refused`, which `decode`
 * turns into a return value: garbage never gets past the door, and never stops the game.
 *
 * @module
 */

import { decodeVarint } from "./varint.js";

/** @import { DropReason } from "./messages.js" */

const HASH = /^[0-9a-f]{16}$/;
const HASH_BYTES = 8;

/** A packet that cannot be taken; `reason` is what gets counted. */
export class Refused extends Error {
  /** @param {DropReason} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export class Writer {
  /** @type {number[]} */
  #bytes = [];

  /**
   * @param {string} name for the message of the error
   * @param {number} value
   * @param {{bytes: 1 | 2 | 4, max?: number}} size max: default all of the bytes
   * @returns {this}
   */
  uint(name, value, { bytes, max = 256 ** bytes - 1 }) {
    if (!Number.isInteger(value) || value < 0 || value > max) throw new RangeError(`${name} is ${value}; 0..${max}`);
    for (let shift = bytes - 1; shift >= 0; shift -= 1) this.#bytes.push(Math.floor(value / 256 ** shift) % 256);
    return this;
  }

  /**
   * @param {string} name
   * @param {number} value -128..127
   * @returns {this}
   */
  int8(name, value) {
    if (!Number.isInteger(value) || value < -128 || value > 127) throw new RangeError(`${name} is ${value}; -128..127`);
    this.#bytes.push(value & 0xff);
    return this;
  }

  /**
   * @param {string} name
   * @param {number} value finite
   * @returns {this}
   */
  float64(name, value) {
    if (!Number.isFinite(value)) throw new RangeError(`${name} is ${value}; a finite number`);
    const view = new DataView(new ArrayBuffer(8));
    view.setFloat64(0, value);
    return this.raw(new Uint8Array(view.buffer));
  }

  /**
   * @param {string} name
   * @param {string} hex 16 lower-case characters
   * @returns {this}
   */
  hash(name, hex) {
    if (!HASH.test(hex)) throw new RangeError(`${name} is ${JSON.stringify(hex)}; 16 lower-case hex characters`);
    for (let at = 0; at < hex.length; at += 2) this.#bytes.push(Number.parseInt(hex.slice(at, at + 2), 16));
    return this;
  }

  /**
   * @param {Iterable<number>} bytes
   * @returns {this}
   */
  raw(bytes) {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  /** @returns {Uint8Array<ArrayBuffer>} */
  bytes() {
    return Uint8Array.from(this.#bytes);
  }
}

export class Reader {
  #bytes;
  #view;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /**
   * @param {{bytes: 1 | 2 | 4, max?: number}} size
   * @returns {number}
   */
  uint({ bytes, max = 256 ** bytes - 1 }) {
    const at = this.#take(bytes);
    const value = bytes === 1 ? this.#view.getUint8(at) : bytes === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
    if (value > max) throw new Refused("value");
    return value;
  }

  /** @returns {number} */
  int8() {
    return this.#view.getInt8(this.#take(1));
  }

  /** @returns {number} */
  float64() {
    const value = this.#view.getFloat64(this.#take(8));
    if (!Number.isFinite(value)) throw new Refused("value");
    return value;
  }

  /** @returns {number} */
  varint() {
    const result = decodeVarint(this.#bytes, this.#at);
    if (typeof result === "string") throw new Refused(result);
    this.#at = result.next;
    return result.value;
  }

  /** @returns {string} */
  hash() {
    const at = this.#take(HASH_BYTES);
    const part = this.#bytes.subarray(at, at + HASH_BYTES);
    return Array.from(part, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  /** Nothing may follow the last field. */
  end() {
    if (this.#at !== this.#bytes.length) throw new Refused("length");
  }

  /**
   * @param {number} count
   * @returns {number} where they begin
   */
  #take(count) {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new Refused("short");
    this.#at = at + count;
    return at;
  }
}
