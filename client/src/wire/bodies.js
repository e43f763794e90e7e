/**
 * The fields after the header, one pair of writer and reader for each message type.
 *
 * @module
 */

import { Refused, Writer } from "./bytes.js";
import { END_CAUSES, MAX_FILL_BYTES, MAX_FRAME_COUNT, MAX_INPUT_BYTES, MAX_INPUT_RECORDS, MAX_SEAT } from "./messages.js";
import { readChanges, readRecords, writeChanges, writeRecords } from "./records.js";
import { encodeVarint } from "./varint.js";

/** @import { Reader } from "./bytes.js" */
/** @import { Message, MessageType } from "./messages.js" */

/**
 * `read` gives the message without its header fields; `frame` is the header's, for checks that need it.
 *
 * @template {MessageType} T
 * @typedef {object} Body
 * @property {(writer: Writer, message: Extract<Message, {type: T}>) => void} write
 * @property {(reader: Reader, frame: number) => Omit<Extract<Message, {type: T}>, "type" | "epoch" | "frame">} read
 */

/** Size arguments that several fields share. */
const SEAT = Object.freeze(/** @type {const} */ ({ bytes: 1, max: MAX_SEAT }));
const BYTE = Object.freeze(/** @type {const} */ ({ bytes: 1 }));
const SHORT = Object.freeze(/** @type {const} */ ({ bytes: 2 }));
const FRAME_COUNT = Object.freeze(/** @type {const} */ ({ bytes: 4, max: MAX_FRAME_COUNT }));

const CRC_BYTES = 4;
/** Header, seat, ack and current as integers of up to 5 bytes, advance. */
const INPUT_FIXED_BYTES = 17;
/** Header, seat, count. */
const FILL_FIXED_BYTES = 8;

/** @type {Body<"input">} the CRC-32 that follows is the codec's */
const input = {
  write(writer, { frame, seat, ack, current, advance, base = null, inputs }) {
    const maxBytes = MAX_INPUT_BYTES - INPUT_FIXED_BYTES - CRC_BYTES;
    writer.uint("seat", seat, SEAT);
    writeNear(writer, "ack", ack, frame);
    writeNear(writer, "current", current, frame);
    writer.int8("advance", advance).raw(writeChanges(inputs, { base, maxBytes, maxRecords: MAX_INPUT_RECORDS }));
  },
  read(reader, frame) {
    const seat = reader.uint(SEAT);
    const ack = readNear(reader, frame);
    const current = readNear(reader, frame);
    const advance = reader.int8();
    const inputs = readChanges(reader, { maxRecords: MAX_INPUT_RECORDS });
    if (frame + inputs.length > MAX_FRAME_COUNT) throw new Refused("value");
    return { seat, ack, current, advance, inputs };
  },
};

/**
 * A frame count as its distance from another one, sign in the lowest bit: one byte for 64 frames either way.
 *
 * @param {Writer} writer
 * @param {string} name
 * @param {number} count
 * @param {number} frame
 */
function writeNear(writer, name, count, frame) {
  if (!Number.isInteger(count) || count < 0 || count > MAX_FRAME_COUNT) throw new RangeError(`${name} is ${count}; 0..${MAX_FRAME_COUNT}`);
  const distance = count - frame;
  writer.raw(encodeVarint(distance < 0 ? -2 * distance - 1 : 2 * distance));
}

/** @param {Reader} reader @param {number} frame @returns {number} */
function readNear(reader, frame) {
  const coded = reader.varint();
  const count = frame + (coded % 2 === 1 ? -(coded + 1) / 2 : coded / 2);
  if (count < 0 || count > MAX_FRAME_COUNT) throw new Refused("value");
  return count;
}

/** @type {Body<"ping"> & Body<"pong">} */
const ping = {
  write: (writer, { sentMs }) => void writer.float64("sentMs", sentMs),
  read: (reader) => ({ sentMs: reader.float64() }),
};

/** @type {Body<"hello">} */
const hello = {
  write: (writer, { seat, generation, registry, session }) =>
    void writer.uint("seat", seat, SEAT).uint("generation", generation, BYTE).uint("registry", registry, SHORT).hash("session", session),
  read: (reader) => ({
    seat: reader.uint(SEAT),
    generation: reader.uint(BYTE),
    registry: reader.uint(SHORT),
    session: reader.hash(),
  }),
};

/** @type {Body<"state-hash">} */
const stateHash = {
  write: (writer, { hash }) => void writer.hash("hash", hash),
  read: (reader) => ({ hash: reader.hash() }),
};

/** @type {Body<"ready">} */
const ready = {
  write: (writer, { seat, hash }) => void writer.uint("seat", seat, SEAT).hash("hash", hash),
  read: (reader) => ({ seat: reader.uint(SEAT), hash: reader.hash() }),
};

/** @type {Body<"end">} */
const end = {
  write(writer, { seat, endFrame, cause }) {
    const code = END_CAUSES.indexOf(cause);
    if (code === -1) throw new RangeError(`cause is ${JSON.stringify(cause)}; one of ${END_CAUSES.join(", ")}`);
    writer.uint("seat", seat, SEAT).uint("endFrame", endFrame, FRAME_COUNT).uint("cause", code, BYTE);
  },
  read: (reader) => ({
    seat: reader.uint(SEAT),
    endFrame: reader.uint(FRAME_COUNT),
    cause: END_CAUSES[reader.uint({ bytes: 1, max: END_CAUSES.length - 1 })],
  }),
};

/** @type {Body<"input-request">} */
const inputRequest = {
  write(writer, { seat, from, to }) {
    if (from > to) throw new RangeError(`input-request from ${from} to ${to}`);
    writer.uint("seat", seat, SEAT).uint("from", from, FRAME_COUNT).uint("to", to, FRAME_COUNT);
  },
  read(reader) {
    const fields = { seat: reader.uint(SEAT), from: reader.uint(FRAME_COUNT), to: reader.uint(FRAME_COUNT) };
    if (fields.from > fields.to) throw new Refused("value");
    return fields;
  },
};

/** @type {Body<"input-fill">} */
const inputFill = {
  write(writer, { seat, inputs }) {
    const records = writeRecords(inputs, { maxBytes: MAX_FILL_BYTES - FILL_FIXED_BYTES, maxRecords: 256 ** 2 - 1 });
    writer.uint("seat", seat, SEAT).uint("count", records.count, SHORT).raw(records.bytes);
  },
  read(reader, frame) {
    const seat = reader.uint(SEAT);
    const count = reader.uint(SHORT);
    if (frame + count > MAX_FRAME_COUNT) throw new Refused("value");
    return { seat, inputs: readRecords(reader, count) };
  },
};

/** @type {Body<"confirm">} */
const confirm = {
  write: (writer, { seat, endFrame, inputHash, stateHash: state }) =>
    void writer.uint("seat", seat, SEAT).uint("endFrame", endFrame, FRAME_COUNT).hash("inputHash", inputHash).hash("stateHash", state),
  read: (reader) => ({
    seat: reader.uint(SEAT),
    endFrame: reader.uint(FRAME_COUNT),
    inputHash: reader.hash(),
    stateHash: reader.hash(),
  }),
};

/** @type {Body<"bye">} */
const bye = {
  write: (writer, { reason }) => void writer.uint("reason", reason, BYTE),
  read: (reader) => ({ reason: reader.uint(BYTE) }),
};

/** @type {Readonly<{[T in MessageType]: Body<T>}>} */
export const BODIES = Object.freeze({
  input,
  ping,
  pong: ping,
  hello,
  "state-hash": stateHash,
  ready,
  end,
  "input-request": inputRequest,
  "input-fill": inputFill,
  confirm,
  bye,
});
