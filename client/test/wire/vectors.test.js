/**
 * tests/vectors/wire.json holds the wire format fixed: it was made from the layout in the specification by another
 * program, and is changed only together with the protocol version.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decode, encode } from "../../src/wire/codec.js";
import { TYPE_CODES } from "../../src/wire/messages.js";
import { fromHex, toHex } from "../support/bytes.js";

/** @import { Message } from "../../src/wire/messages.js" */

/** @type {{name: string, message: Message, hex: string}[]} */
const VECTORS = JSON.parse(readFileSync(new URL("../../../tests/vectors/wire.json", import.meta.url), "utf8"));

test("every message type has a vector", () => {
  assert.deepEqual(new Set(VECTORS.map(({ message }) => message.type)), new Set(Object.keys(TYPE_CODES)));
});

for (const { name, message, hex } of VECTORS) {
  test(`vector: ${name}`, () => {
    assert.equal(toHex(encode(message)), hex);
    assert.deepEqual(decode(fromHex(hex)), { ok: true, message });
  });

  test(`no prefix of it, and nothing longer, is a message: ${name}`, () => {
    const bytes = fromHex(hex);
    for (let length = 0; length < bytes.length; length += 1) {
      const decoded = decode(bytes.slice(0, length));
      assert.equal(decoded.ok, false, `the first ${length} bytes of ${bytes.length}`);
    }
    const longer = decode(Uint8Array.from([...bytes, 0]));
    assert.deepEqual(longer, { ok: false, reason: message.type === "input" ? "crc" : "length" });
  });
}

test("STATE_HASH is 13 bytes: version and type, epoch and frame, eight hash bytes (EXCH-04)", () => {
  const bytes = encode({ type: "state-hash", epoch: 1, frame: 123, hash: "0123456789abcdef" });
  assert.equal(bytes.byteLength, 13);
  assert.equal(toHex(bytes), "47" + "0040007b" + "0123456789abcdef");
});
