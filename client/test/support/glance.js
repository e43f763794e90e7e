/**
 * What a packet brings, read from its bytes with other code than the client's: inputs or a state hash, of which episode and frame.
 *
 * The layout is that of requirements 22.2: u8 version and type, u32 epoch and frame, then the body.
 *
 * @module
 */

import { crc32 } from "node:zlib";

/** @typedef {{what: "inputs", epoch: number, frame: number, count: number, sound: () => boolean} | {what: "hash", epoch: number, frame: number}} Glance sound: asked only where it matters, it costs more than the rest */

/** @import { Label } from "../../src/net/channel.js" */

const INPUT = 1;
const STATE_HASH = 7;
const INPUT_FILL = 11;
/** Damage can turn one type into another, but not a packet of the one channel into one of the other. @type {Readonly<{[L in Label]: number[]}>} */
const TYPES = Object.freeze({ input: [INPUT], control: [STATE_HASH, INPUT_FILL] });
const TYPE_BITS = 31;
const FRAME_BITS = 22;
/** Behind the five bytes of the header and the byte of the seat. */
const BODY = 6;
const CRC_BYTES = 4;

/**
 * @param {Label} label of the channel
 * @param {ArrayBuffer} data one packet
 * @returns {Glance | null} null: it brings neither
 */
export function glance(label, data) {
  const bytes = new Uint8Array(data);
  const type = bytes[0] & TYPE_BITS;
  if (!TYPES[label].includes(type)) return null;
  const word = ((bytes[1] << 24) | (bytes[2] << 16) | (bytes[3] << 8) | bytes[4]) >>> 0;
  const epoch = word >>> FRAME_BITS;
  const frame = word & (2 ** FRAME_BITS - 1);
  if (type === STATE_HASH) return { what: "hash", epoch, frame };
  if (type === INPUT_FILL) return { what: "inputs", epoch, frame, count: bytes[BODY] * 256 + bytes[BODY + 1], sound: () => true };
  const behindAck = afterVarint(bytes, BODY);
  const advance = afterVarint(bytes, behindAck);
  return { what: "inputs", epoch, frame, count: bytes[advance + 1], sound: () => soundCrc(bytes) };
}

/** @param {Uint8Array} bytes @param {number} offset @returns {number} the first byte behind an integer that begins there */
function afterVarint(bytes, offset) {
  let at = offset;
  while (bytes[at] >= 0x80) at += 1;
  return at + 1;
}

/** @param {Uint8Array} bytes the last four are the CRC of the others @returns {boolean} */
function soundCrc(bytes) {
  const end = bytes.length - CRC_BYTES;
  const sent = ((bytes[end] << 24) | (bytes[end + 1] << 16) | (bytes[end + 2] << 8) | bytes[end + 3]) >>> 0;
  return sent === crc32(bytes.subarray(0, end));
}
