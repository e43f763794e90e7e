/**
 * Input records: u8 flags (bit 0 focused, bit 1 automatic) and the action as LEB128; or, coded by what changes:
 *
 * ```
 *   u8 count · ceil(count / 8) bytes, bit i (lowest first) says that record i differs from the one before ·
 *   LEB128 of action * 4 + flags for each record that differs
 * ```
 *
 * People hold keys for many frames, so a packet of ten inputs is mostly three bytes.
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
const FLAGS = 4;

/**
 * @param {(Input | null)[]} inputs oldest first; nulls, only at the beginning, equal the base
 * @param {{base: Input | null, maxBytes: number, maxRecords: number}} room
 * @returns {number[]} the oldest that fit; the receiver does not acknowledge the others, so they come again
 * @throws {RangeError} an action outside 0..2^30-1
 */
export function writeChanges(inputs, { base, maxBytes, maxRecords }) {
  /** @type {number[]} */
  const mask = [];
  /** @type {number[]} */
  const changes = [];
  let [before, count] = [base === null ? null : code(base), 0];
  for (const input of inputs.slice(0, maxRecords)) {
    const value = input === null ? before : code(input);
    const bytes = value === before ? [] : encodeVarint(/** @type {number} */ (value));
    if (1 + Math.ceil((count + 1) / 8) + changes.length + bytes.length > maxBytes) break;
    if (count % 8 === 0) mask.push(0);
    if (bytes.length > 0) mask[mask.length - 1] |= 1 << count % 8;
    changes.push(...bytes);
    before = value;
    count += 1;
  }
  return [count, ...mask, ...changes];
}

/**
 * @param {Reader} reader
 * @param {{maxRecords: number}} room
 * @returns {(Input | null)[]} null: the same as the frame before the first record
 * @throws {Refused} short or value
 */
export function readChanges(reader, { maxRecords }) {
  const count = reader.uint({ bytes: 1, max: maxRecords });
  const mask = Array.from({ length: Math.ceil(count / 8) }, () => reader.uint({ bytes: 1 }));
  if (count % 8 !== 0 && mask[mask.length - 1] >>> count % 8 !== 0) throw new Refused("value");
  /** @type {Input | null} */
  let input = null;
  return Array.from({ length: count }, (_, index) => {
    if (((mask[index >>> 3] >>> (index & 7)) & 1) === 0) return input;
    const changed = decoded(reader.varint());
    if (input !== null && code(input) === code(changed)) throw new Refused("value");
    input = changed;
    return input;
  });
}

/** @param {Input} input @returns {number} */
function code({ action, focused, auto }) {
  if (!Number.isInteger(action) || action < 0 || action > MAX_ACTION) throw new RangeError(`action is ${action}; 0..${MAX_ACTION}`);
  return action * FLAGS + (focused ? FOCUSED : 0) + (auto ? AUTO : 0);
}

/** @param {number} value @returns {Input} */
function decoded(value) {
  return { action: Math.floor(value / FLAGS), focused: (value & FOCUSED) !== 0, auto: (value & AUTO) !== 0 };
}

/**
 * @param {Input[]} inputs oldest first
 * @param {{maxBytes: number, maxRecords: number}} room
 * @returns {{count: number, bytes: number[]}} the oldest that fit; the receiver asks for the others again
 * @throws {RangeError} an action outside 0..2^30-1
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
    const action = reader.varint();
    if (action > MAX_ACTION) throw new Refused("value");
    inputs.push({ action, focused: (flags & FOCUSED) !== 0, auto: (flags & AUTO) !== 0 });
  }
  return inputs;
}
