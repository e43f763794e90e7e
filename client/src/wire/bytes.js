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
const HEX = Object.freeze(Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0")));
/** Room of a new writer: most packets are shorter. */
const ROOM_BYTES = 64;

/** A packet that cannot be taken; `reason` is what gets counted. */
export class Refused extends Error {
  /** @param {DropReason} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

export class Writer {
  #bytes = new Uint8Array(ROOM_BYTES);
  #length = 0;

  /**
   * @param {string} name for the message of the error
   * @param {number} value
   * @param {{bytes: 1 | 2 | 4, max?: number}} size max: default all of the bytes
   * @returns {this}
   */
  uint(name, value, { bytes, max = 256 ** bytes - 1 }) {
    if (!Number.isInteger(value) || value < 0 || value > max) throw new RangeError(`${name} is ${value}; 0..${max}`);
    for (let shift = 8 * (bytes - 1); shift >= 0; shift -= 8) this.#push((value >>> shift) & 0xff);
    return this;
  }

  /**
   * @param {string} name
   * @param {number} value -128..127
   * @returns {this}
   */
  int8(name, value) {
    if (!Number.isInteger(value) || value < -128 || value > 127) throw new RangeError(`${name} is ${value}; -128..127`);
    this.#push(value & 0xff);
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
    for (let at = 0; at < hex.length; at += 2) this.#push(Number.parseInt(hex.slice(at, at + 2), 16));
    return this;
  }

  /**
   * @param {Iterable<number>} bytes
   * @returns {this}
   */
  raw(bytes) {
    for (const byte of bytes) this.#push(byte);
    return this;
  }

  /** @returns {Uint8Array} what was written so far, to look at before anything else is written */
  get written() {
    return this.#bytes.subarray(0, this.#length);
  }

  /** @returns {Uint8Array<ArrayBuffer>} a copy */
  bytes() {
    return this.#bytes.slice(0, this.#length);
  }

  /** @param {number} byte */
  #push(byte) {
    if (this.#length === this.#bytes.length) {
      const longer = new Uint8Array(2 * this.#length);
      longer.set(this.#bytes);
      this.#bytes = longer;
    }
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }
}

export class Reader {
  #bytes;
  #at = 0;

  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.#bytes = bytes;
  }

  /** What lies behind it is not read. @param {number} end at or behind what was read */
  endAt(end) {
    this.#bytes = this.#bytes.subarray(0, end);
  }

  /**
   * @param {{bytes: 1 | 2 | 4, max?: number}} size
   * @returns {number}
   */
  uint({ bytes, max = 256 ** bytes - 1 }) {
    const at = this.#take(bytes);
    let value = 0;
    for (let index = 0; index < bytes; index += 1) value = value * 256 + this.#bytes[at + index];
    if (value > max) throw new Refused("value");
    return value;
  }

  /** @returns {number} */
  int8() {
    return (this.#bytes[this.#take(1)] << 24) >> 24;
  }

  /** @returns {number} */
  float64() {
    const at = this.#take(8);
    const value = new DataView(this.#bytes.buffer, this.#bytes.byteOffset + at, 8).getFloat64(0);
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
    let hex = "";
    for (let index = at; index < at + HASH_BYTES; index += 1) hex += HEX[this.#bytes[index]];
    return hex;
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
