import assert from "node:assert/strict";
import { test } from "node:test";

import { encode } from "../../src/wire/codec.js";
import { Book } from "./book.js";
import { press } from "./inputs.js";

/** @import { FinalRow, Request } from "../../src/core/types.js" */

const EPOCH = 1;
const HASH = "00112233445566ff";

/** @returns {Book} of seat 0 of two, without an input delay */
const newBook = () => new Book({ seats: 2, seat: 0, epoch: EPOCH, delayFrames: 0 });

/** @param {number} frame @param {number} count @param {number} [epoch] @returns {ArrayBuffer} of seat 1 */
const inputs = (frame, count, epoch = EPOCH) =>
  encode({ type: "input", epoch, seat: 1, frame, ack: 0, current: frame, advance: 0, base: press(1), inputs: Array.from({ length: count }, () => press(2)) });

/** @param {number[]} frames @returns {Request[]} */
const advances = (...frames) => frames.map((frame) => ({ kind: "advance", frame, inputs: [], status: [] }));

/** One new frame, behind frames that are simulated again. @param {Book} book @param {number} frame @param {number} nowMs @param {number[]} again */
function play(book, frame, nowMs, ...again) {
  book.gave(frame, press(0));
  book.ran(advances(...again, frame), [], nowMs);
}

test("a frame that is simulated again keeps its first time, and is final when the inputs of all are there", () => {
  const book = newBook();
  play(book, 0, 10);
  play(book, 1, 20);
  book.reached(1, "input", inputs(0, 2));
  play(book, 2, 30, 0, 1);
  assert.deepEqual(book.simulated, [2, 2, 1]);
  assert.deepEqual(book.firstMs, [10, 20, 30]);
  assert.deepEqual(book.aheadFrames, [1, 2, 1]);
  assert.deepEqual([book.finalMs, book.newestAtFinal], [[30, 30], [2, 2]]);
});

test("inputs that come before their frame make it final at once", () => {
  const book = newBook();
  book.reached(1, "input", inputs(0, 5));
  play(book, 0, 10);
  assert.deepEqual([book.aheadFrames, book.finalMs, book.newestAtFinal], [[0], [10], [0]]);
});

test("a gap, old inputs, another episode and damage bring nothing", () => {
  const book = newBook();
  book.reached(1, "input", inputs(0, 3));
  for (const data of [inputs(4, 2), inputs(1, 1), inputs(3, 2, EPOCH + 1)]) book.reached(1, "input", data);
  const damaged = new Uint8Array(inputs(3, 2));
  damaged[damaged.length - 1] ^= 1;
  book.reached(1, "input", damaged.buffer);
  assert.deepEqual(book.inputsTo, [-1, 2]);
  book.reached(1, "input", inputs(2, 2));
  assert.deepEqual(book.inputsTo, [-1, 3]);
});

test("hashes are counted in order; the others are strays", () => {
  const book = newBook();
  const hash = (/** @type {number} */ frame) => encode({ type: "state-hash", epoch: EPOCH, frame, hash: HASH });
  for (const frame of [0, 1, 3]) book.reached(1, "control", hash(frame));
  book.sealed();
  book.reached(1, "control", hash(2));
  assert.deepEqual([book.hashesHeard, book.heardAtSeal, book.strays], [[0, 3], [0, 2], 1]);
});

test("states behind the end of the episode are not its own", () => {
  const book = newBook();
  const row = (/** @type {number} */ frame, /** @type {boolean} */ ended) => /** @type {FinalRow} */ ({ frame, row: "", hash: `hash ${frame}`, ended });
  book.ran([], [row(0, false), row(1, true), row(2, true)], 5);
  book.ran([], [row(3, false)], 6);
  assert.deepEqual(book.hashes, ["hash 0", "hash 1"]);
});
