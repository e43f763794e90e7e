import assert from "node:assert/strict";
import { test } from "node:test";

import { encode } from "../../src/wire/codec.js";
import { press } from "./inputs.js";
import { glance } from "./glance.js";

const INPUTS = [press(0), press(1), press(1), press(4)];
const HASH = "00112233445566ff";

/** @param {number} ack @param {number} current */
const inputPacket = (ack, current) => encode({ type: "input", epoch: 3, seat: 1, frame: 500, ack, current, advance: -3, base: press(2), inputs: INPUTS });

test("inputs: epoch, first frame and number, however long the integers before them are", () => {
  for (const [ack, current] of [[500, 500], [100, 700], [4_000_000, 0]]) {
    const seen = glance("input", inputPacket(ack, current));
    assert.ok(seen?.what === "inputs");
    assert.deepEqual([seen.epoch, seen.frame, seen.count, seen.sound()], [3, 500, 4, true]);
  }
});

test("inputs that were asked for", () => {
  const seen = glance("control", encode({ type: "input-fill", epoch: 1023, seat: 0, frame: 70_000, inputs: Array.from({ length: 300 }, () => press(1)) }));
  assert.ok(seen?.what === "inputs");
  assert.deepEqual([seen.epoch, seen.frame, seen.count, seen.sound()], [1023, 70_000, 300, true]);
});

test("a state hash", () => {
  assert.deepEqual(glance("control", encode({ type: "state-hash", epoch: 2, frame: 9, hash: HASH })), { what: "hash", epoch: 2, frame: 9 });
});

test("what brings neither", () => {
  assert.equal(glance("input", encode({ type: "ping", epoch: 1, frame: 0, sentMs: 5 })), null);
  assert.equal(glance("control", encode({ type: "ready", epoch: 1, frame: 0, seat: 1, hash: HASH })), null);
});

test("one altered byte of an input packet is never taken for sound inputs", () => {
  const whole = new Uint8Array(inputPacket(500, 500));
  for (const index of whole.keys()) {
    for (const mask of [1, 6, 10, 128, 255]) {
      const seen = glance("input", whole.with(index, whole[index] ^ mask).buffer);
      assert.ok(seen === null || (seen.what === "inputs" && !seen.sound()), `byte ${index}, mask ${mask}`);
    }
  }
});
