/**
 * The five bytes every message begins with, so that another version or another episode is told apart before anything else.
 *
 * ```
 *   u8  version (3 bits) · type (5 bits)
 *   u32 epoch (10 bits)  · frame (22 bits)
 * ```
 *
 * @module
 */

import { MAX_EPOCH, MAX_FRAME, PROTOCOL_VERSION, TYPE_CODES } from "./messages.js";
import { Refused } from "./bytes.js";

/** @import { MessageType } from "./messages.js" */
/** @import { Reader, Writer } from "./bytes.js" */

export const HEADER_BYTES = 5;

const TYPES = new Map(Object.entries(TYPE_CODES).map(([type, code]) => [code, /** @type {MessageType} */ (type)]));

/** @typedef {{type: MessageType, epoch: number, frame: number}} Header */

/**
 * @param {Writer} writer
 * @param {Header} header
 */
export function writeHeader(writer, { type, epoch, frame }) {
  const code = TYPE_CODES[type];
  if (code === undefined) throw new RangeError(`unknown message type ${JSON.stringify(type)}`);
  if (!Number.isInteger(epoch) || epoch < 0 || epoch > MAX_EPOCH) throw new RangeError(`epoch is ${epoch}; 0..${MAX_EPOCH}`);
  if (!Number.isInteger(frame) || frame < 0 || frame > MAX_FRAME) throw new RangeError(`frame is ${frame}; 0..${MAX_FRAME}`);
  writer.uint("version and type", PROTOCOL_VERSION * 32 + code, { bytes: 1 });
  writer.uint("epoch and frame", epoch * (MAX_FRAME + 1) + frame, { bytes: 4 });
}

/**
 * @param {Reader} reader at the start of a packet
 * @returns {Header}
 * @throws {Refused} short, version or type
 */
export function readHeader(reader) {
  const first = reader.uint({ bytes: 1 });
  if (first >>> 5 !== PROTOCOL_VERSION) throw new Refused("version");
  const type = TYPES.get(first & 31);
  if (type === undefined) throw new Refused("type");
  const second = reader.uint({ bytes: 4 });
  return { type, epoch: second >>> 22, frame: second & MAX_FRAME };
}
