import assert from "node:assert/strict";
import { test } from "node:test";

import { decodeVarint, encodeVarint } from "../../src/wire/varint.js";

const TABLE = /** @type {[number, number[]][]} */ ([
  [0, [0]],
  [127, [0x7f]],
  [128, [0x80, 1]],
  [624485, [0xe5, 0x8e, 0x26]],
  [2 ** 31, [0x80, 0x80, 0x80, 0x80, 8]],
  [2 ** 32 - 1, [0xff, 0xff, 0xff, 0xff, 0x0f]],
]);

test("known values, both ways, at any offset", () => {
  for (const [value, bytes] of TABLE) {
    assert.deepEqual(encodeVarint(value), bytes);
    assert.deepEqual(decodeVarint(Uint8Array.from([9, ...bytes, 9]), 1), { value, next: 1 + bytes.length });
  }
});

test("an integer cut off, too long for its value, or above 32 bits is refused", () => {
  const table = /** @type {[number[], string][]} */ ([
    [[], "short"],
    [[0x80], "short"],
    [[0x80, 0], "value"],
    [[0xff, 0xff, 0xff, 0xff, 0x1f], "value"],
    [[0x80, 0x80, 0x80, 0x80, 0x80, 1], "value"],
  ]);
  for (const [bytes, expected] of table) assert.equal(decodeVarint(Uint8Array.from(bytes), 0), expected, String(bytes));
});
