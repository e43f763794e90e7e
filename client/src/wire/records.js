/**
 * Input records: u8 flags (bit 0 focused, bit 1 automatic) and the action as LEB128.
 *
 * @module
 */

import { Refused } from "./bytes.js";
import { MAX_ACTION } from "./messages.js";
import { encodeVarint } from "./varint.js";

/** @import { Input } from "../core/types.js" */
/** @import { Reader } from "./bytes.js" */

const FOCUSED = 1;
const AUTO = 2;

/**
 * @param {Input[]} inputs oldest first
 * @param {{maxBytes: number, maxRecords: number}} room
 * @returns {{count: number, bytes: number[]}} the oldest that fit; the receiver asks for the others again
 * @throws {RangeError} an action outside 0..2^32-1
 */
export function writeRecords(inputs, { maxBytes, maxRecords }) {
  /** @type {number[]} */
  const bytes = [];
  let count = 0;
  for (const { action, focused, auto } of inputs.slice(0, maxRecords)) {
    if (!Number.isInteger(action) || action < 0 || action > MAX_ACTION) throw new RangeError(`action is ${action}; 0..${MAX_ACTION}`);
    const encoded = encodeVarint(action);
    if (bytes.length + 1 + encoded.length > maxBytes) break;
    bytes.push((focused ? FOCUSED : 0) | (auto ? AUTO : 0), ...encoded);
    count += 1;
  }
  return { count, bytes };
}

/**
 * @param {Reader} reader
 * @param {number} count
 * @returns {Input[]}
 * @throws {Refused} short or value
 */
export function readRecords(reader, count) {
  /** @type {Input[]} */
  const inputs = [];
  for (let index = 0; index < count; index += 1) {
    const flags = reader.uint({ bytes: 1 });
    if (flags > (FOCUSED | AUTO)) throw new Refused("value");
    inputs.push({ action: reader.varint(), focused: (flags & FOCUSED) !== 0, auto: (flags & AUTO) !== 0 });
  }
  return inputs;
}
