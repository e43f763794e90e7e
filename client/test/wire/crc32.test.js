import assert from "node:assert/strict";
import { test } from "node:test";
import { crc32 as zlibCrc32 } from "node:zlib";

import { crc32 } from "../../src/wire/crc32.js";
import { Random } from "../support/random.js";

test("the check value of the standard", () => {
  assert.equal(crc32(new TextEncoder().encode("123456789")), 0xcbf43926);
  assert.equal(crc32(new Uint8Array()), 0);
});

test("equal to zlib for 1,000 random packets", () => {
  const random = new Random(3);
  for (let round = 0; round < 1_000; round += 1) {
    const bytes = Uint8Array.from({ length: random.int(0, 200) }, () => random.int(0, 255));
    assert.equal(crc32(bytes), zlibCrc32(bytes));
  }
});
