/**
 * Messages to bytes and back, big-endian (requirements 22.2; fixed by tests/vectors/wire.json).
 *
 * `encode` takes our own messages and throws on nonsense. `decode` takes what a peer sent: it never throws, and says why
 * a packet is dropped so that it can be counted (GGPO-02).
 *
 * @module
 */

import { BODIES } from "./bodies.js";
import { Reader, Refused, Writer } from "./bytes.js";
import { crc32 } from "./crc32.js";
import { HEADER_BYTES, readHeader, writeHeader } from "./header.js";
import { MAX_FILL_BYTES, MAX_INPUT_BYTES } from "./messages.js";

/** @import { Body } from "./bodies.js" */
/** @import { Decoded, Message, MessageType } from "./messages.js" */

const CRC_BYTES = 4;

/**
 * @param {Message} message of an `input` or `input-fill`, the oldest records that fit are encoded
 * @returns {ArrayBuffer}
 * @throws {RangeError} a field outside its range
 */
export function encode(message) {
  const writer = new Writer();
  writeHeader(writer, message);
  const body = /** @type {Body<any>} */ (BODIES[message.type]);
  body.write(writer, message);
  if (message.type === "input") writer.uint("crc", crc32(writer.written), { bytes: 4 });
  return writer.bytes().buffer;
}

/**
 * @param {ArrayBuffer | Uint8Array} bytes one packet, exactly
 * @returns {Decoded}
 */
export function decode(bytes) {
  try {
    return { ok: true, message: decodeOrRefuse(view(bytes)) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, reason: error.reason };
    throw error;
  }
}

/**
 * @param {unknown} bytes a channel can also deliver text, which is no message of ours
 * @returns {Uint8Array}
 */
function view(bytes) {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof ArrayBuffer) return new Uint8Array(bytes);
  throw new Refused("type");
}

/**
 * @param {Uint8Array} packet
 * @returns {Message}
 * @throws {Refused}
 */
function decodeOrRefuse(packet) {
  if (packet.length < HEADER_BYTES) throw new Refused("short");
  const reader = new Reader(packet);
  const header = readHeader(reader);
  if (header.type === "input") reader.endAt(endBeforeCrc(packet));
  if (header.type === "input-fill" && packet.length > MAX_FILL_BYTES) throw new Refused("length");
  const body = /** @type {Body<any>} */ (BODIES[header.type]);
  const fields = body.read(reader, header.frame);
  reader.end();
  return /** @type {Message} */ ({ ...header, ...fields });
}

/**
 * @param {Uint8Array} packet of an `input`
 * @returns {number} how many bytes the CRC covers
 * @throws {Refused} short, length or crc
 */
function endBeforeCrc(packet) {
  const end = packet.length - CRC_BYTES;
  if (end < HEADER_BYTES) throw new Refused("short");
  if (packet.length > MAX_INPUT_BYTES) throw new Refused("length");
  const covered = packet.subarray(0, end);
  const sent = new Reader(packet.subarray(end)).uint({ bytes: 4 });
  if (sent !== crc32(covered)) throw new Refused("crc");
  return end;
}
