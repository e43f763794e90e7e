import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as zlibCrc32 } from "node:zlib";

import { decode, encode } from "../../src/wire/codec.js";
import { MAX_FILL_BYTES, MAX_INPUT_BYTES } from "../../src/wire/messages.js";
import { fromHex, toHex } from "../support/bytes.js";
import { press } from "../support/inputs.js";
import { drawMessage } from "../support/messages.js";
import { Random } from "../support/random.js";

/** @import { InputFillMessage, InputMessage, Message } from "../../src/wire/messages.js" */

const MUTATIONS = 10_000;

/** @type {InputMessage} */
const INPUT = { type: "input", epoch: 1, frame: 7, seat: 1, ack: 5, current: 9, advance: 2, inputs: [press(1), press(300)] };

/**
 * @param {Uint8Array<ArrayBuffer>} packet
 * @param {Random} random
 * @returns {Uint8Array<ArrayBuffer>} with one to four changes: a byte, a cut, bytes appended, a piece doubled
 */
function mutate(packet, random) {
  let bytes = [...packet];
  for (let change = random.int(1, 4); change > 0; change -= 1) {
    const at = random.int(0, Math.max(0, bytes.length - 1));
    const kind = random.int(0, 3);
    if (kind === 0 && bytes.length > 0) bytes[at] = random.int(0, 255);
    else if (kind === 1) bytes = bytes.slice(0, at);
    else if (kind === 2) bytes.push(random.int(0, 255));
    else bytes.splice(at, 0, ...bytes.slice(at, at + random.int(0, 8)));
  }
  return Uint8Array.from(bytes);
}

test("every drawn message survives the round trip (2,000 seeds)", () => {
  for (let seed = 0; seed < 2_000; seed += 1) {
    const message = drawMessage(new Random(seed));
    assert.deepEqual(decode(encode(message)), { ok: true, message }, `seed ${seed}`);
  }
});

test(`${MUTATIONS} mutated packets never throw, and no input with a wrong CRC is taken`, (t) => {
  /** @type {{[outcome: string]: number}} */
  const outcomes = {};
  for (let seed = 0; seed < MUTATIONS; seed += 1) {
    const random = new Random(seed);
    const packet = mutate(new Uint8Array(encode(drawMessage(random))), random);
    const decoded = decode(packet);
    const outcome = decoded.ok ? "ok" : decoded.reason;
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    if (!decoded.ok) continue;
    assert.equal(toHex(encode(decoded.message)), toHex(packet), `seed ${seed}: one message has one encoding`);
    if (decoded.message.type !== "input") continue;
    const sent = new DataView(packet.buffer).getUint32(packet.length - 4);
    assert.equal(sent, zlibCrc32(packet.subarray(0, -4)), `seed ${seed}`);
  }
  t.diagnostic(JSON.stringify(outcomes));
  assert.deepEqual(Object.keys(outcomes).sort(), ["crc", "length", "ok", "short", "type", "value", "version"]);
});

test("random bytes never throw (10,000)", () => {
  const random = new Random(1);
  for (let round = 0; round < 10_000; round += 1) {
    const bytes = Uint8Array.from({ length: random.int(0, 64) }, () => random.int(0, 255));
    if (bytes.length > 0 && random.chance(0.5)) bytes[0] = 64 + random.int(0, 15);
    assert.equal(typeof decode(bytes).ok, "boolean");
  }
});

test("every single altered bit of an input packet is found", () => {
  const packet = new Uint8Array(encode(INPUT));
  for (let bit = 0; bit < packet.length * 8; bit += 1) {
    const altered = packet.slice();
    altered[bit >> 3] ^= 1 << (bit & 7);
    assert.equal(decode(altered).ok, false, `bit ${bit}`);
  }
});

test("why a packet is dropped", () => {
  const table = /** @type {[string, string, string][]} */ ([
    ["", "short", "nothing"],
    ["41004000", "short", "half a header"],
    ["2700400000" + "0123456789abcdef", "version", "version 1"],
    ["4400400000", "type", "type 4, reserved"],
    ["4000400000", "type", "type 0"],
    ["4700400000" + "0123456789abcd", "short", "seven hash bytes"],
    ["4700400000" + "0123456789abcdef00", "length", "nine hash bytes"],
    ["4800800000" + "08" + "8000000000000001", "value", "seat 8"],
    ["4900400000" + "01" + "000001c2" + "01", "value", "unknown cause"],
    ["4900400000" + "01" + "00400001" + "00", "value", "an end beyond the last frame"],
    ["4a00400000" + "02" + "000001c2" + "00000186", "value", "from after to"],
    ["4200400000" + "7ff8000000000000", "value", "a time that is no number"],
    ["4b00400186" + "02" + "0001" + "0401", "value", "flag bit 2"],
    ["4b00400186" + "02" + "0001" + "018000", "value", "an action in more bytes than needed"],
    ["4b00400186" + "02" + "0001" + "01ffffffff1f", "value", "an action of 33 bits"],
    ["4b007fffff" + "02" + "0002" + "01010101", "value", "records beyond the last frame"],
  ]);
  for (const [hex, reason, name] of table) assert.deepEqual(decode(fromHex(hex)), { ok: false, reason }, name);
});

test("text on a channel is dropped, and so is anything else that is not bytes", () => {
  for (const garbage of ["hello", null, undefined, 5, {}, [33, 0, 0, 0, 0]]) {
    assert.deepEqual(decode(/** @type {any} */ (garbage)), { ok: false, reason: "type" });
  }
});

test("a view into a larger buffer is decoded where it lies", () => {
  const packet = new Uint8Array(encode(INPUT));
  const larger = new Uint8Array(packet.length + 20);
  larger.set(packet, 9);
  assert.deepEqual(decode(larger.subarray(9, 9 + packet.length)), { ok: true, message: INPUT });
});

test("an input packet takes the oldest records that fit into 1,150 bytes, at most 255", () => {
  const wide = { ...INPUT, frame: 0, inputs: Array.from({ length: 300 }, (_, index) => press(2 ** 30 - 1 - index)) };
  const narrow = { ...INPUT, frame: 0, inputs: Array.from({ length: 300 }, (_, index) => press(index % 5)) };
  for (const [message, count] of /** @type {[InputMessage, number][]} */ ([[wide, 220], [narrow, 255]])) {
    const packet = encode(message);
    assert.ok(packet.byteLength <= MAX_INPUT_BYTES, `${packet.byteLength} bytes`);
    assert.deepEqual(decode(packet), { ok: true, message: { ...message, inputs: message.inputs.slice(0, count) } });
  }
});

test("a fill takes the oldest records that fit into one message of 16 KiB", () => {
  /** @type {InputFillMessage} */
  const message = { type: "input-fill", epoch: 1, frame: 0, seat: 0, inputs: Array.from({ length: 10_000 }, () => press(200)) };
  const packet = encode(message);
  assert.ok(packet.byteLength <= MAX_FILL_BYTES);
  const decoded = decode(packet);
  assert.ok(decoded.ok && decoded.message.type === "input-fill");
  assert.equal(decoded.message.inputs.length, 5458);
});

test("an input packet over 1,150 bytes is dropped, whatever its CRC", () => {
  const bytes = new Uint8Array(MAX_INPUT_BYTES + 1);
  bytes.set(new Uint8Array(encode(INPUT)).subarray(0, 16));
  new DataView(bytes.buffer).setUint32(bytes.length - 4, zlibCrc32(bytes.subarray(0, -4)));
  assert.deepEqual(decode(bytes), { ok: false, reason: "length" });
});

test("an input packet whose records go beyond the last frame is dropped, though its CRC is right", () => {
  const packet = new Uint8Array(encode({ ...INPUT, frame: 2 ** 22 - 2 }));
  const view = new DataView(packet.buffer);
  view.setUint32(1, view.getUint32(1) + 1);
  view.setUint32(packet.length - 4, zlibCrc32(packet.subarray(0, -4)));
  assert.deepEqual(decode(packet), { ok: false, reason: "value" });
});

test("our own nonsense is refused by name", () => {
  const table = /** @type {[any, RegExp][]} */ ([
    [{ ...INPUT, epoch: 1024 }, /epoch is 1024/],
    [{ ...INPUT, frame: 2 ** 22 }, /frame is 4194304/],
    [{ ...INPUT, seat: 8 }, /seat is 8/],
    [{ ...INPUT, seat: "1" }, /seat is 1/],
    [{ ...INPUT, advance: 128 }, /advance is 128/],
    [{ ...INPUT, inputs: [press(-1)] }, /action is -1/],
    [{ ...INPUT, type: "inputs" }, /unknown message type "inputs"/],
    [{ type: "ping", epoch: 0, frame: 0, sentMs: NaN }, /sentMs is NaN/],
    [{ type: "state-hash", epoch: 0, frame: 0, hash: "0123456789ABCDEF" }, /hash is "0123456789ABCDEF"/],
    [{ type: "end", epoch: 0, frame: 0, seat: 0, endFrame: 5, cause: "bored" }, /cause is "bored"/],
    [{ type: "input-request", epoch: 0, frame: 0, seat: 0, from: 5, to: 4 }, /from 5 to 4/],
  ]);
  for (const [message, expected] of table) assert.throws(() => encode(/** @type {Message} */ (message)), expected);
});
