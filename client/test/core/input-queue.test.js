import assert from "node:assert/strict";
import { test } from "node:test";

import { InputQueue } from "../../src/core/input-queue.js";
import { Random } from "../support/random.js";
import { press } from "../support/inputs.js";

test("frames below the delay are idle, focused, automatic and confirmed", () => {
  const queue = new InputQueue({ delay: 2, idle: 9 });
  assert.equal(queue.confirmedFrame, 1);
  assert.deepEqual(queue.at(1), { input: { action: 9, focused: true, auto: true }, confirmed: true });
});

test("without any real input the prediction is the idle action, not made automatically", () => {
  for (const delay of [0, 2]) {
    const queue = new InputQueue({ delay, idle: 9 });
    assert.deepEqual(queue.at(delay), { input: { action: 9, focused: true, auto: false }, confirmed: false });
  }
});

test("what add answers, by what is stored", () => {
  const table = /** @type {const} */ ([
    // stored up to frame 2 (delay 2, one input of action 5)
    [0, press(0, { auto: true }), "duplicate"],
    [0, press(1), "conflict"],
    [2, press(5), "duplicate"],
    [2, press(6), "conflict"],
    [2, press(5, { focused: false }), "conflict"],
    [3, press(6), "added"],
    [4, press(6), "gap"],
  ]);
  for (const [frame, input, expected] of table) {
    const queue = new InputQueue({ delay: 2, idle: 0 });
    queue.add(2, press(5));
    assert.equal(queue.add(frame, input), expected, `frame ${frame}, action ${input.action}`);
    assert.deepEqual(queue.at(2).input, press(5), "the first value stays");
  }
});

test("the prediction repeats the last contiguous confirmed input with its flags", () => {
  const queue = new InputQueue({ delay: 0, idle: 0 });
  queue.add(0, press(3, { focused: false, auto: true }));
  queue.add(2, press(4));
  assert.deepEqual(queue.at(7), { input: press(3, { focused: false, auto: true }), confirmed: false });
});

test("the first wrong frame is reported once, with what was predicted and what came", () => {
  const queue = new InputQueue({ delay: 0, idle: 0 });
  for (let frame = 0; frame < 4; frame += 1) queue.use(frame);
  queue.add(0, press(0));
  assert.equal(queue.firstWrong, null);
  queue.add(1, press(2));
  queue.add(2, press(3));
  assert.deepEqual(queue.takeFirstWrong(), { frame: 1, predicted: press(0), actual: press(2) });
  assert.equal(queue.takeFirstWrong(), null);
});

test("a frame that was only looked at, never simulated, cannot be wrong", () => {
  const queue = new InputQueue({ delay: 0, idle: 0 });
  queue.at(0);
  queue.add(0, press(2));
  assert.equal(queue.firstWrong, null);
});

test("a wrong flag alone is a wrong prediction: the row holds the flags", () => {
  const queue = new InputQueue({ delay: 0, idle: 0 });
  queue.use(0);
  queue.add(0, press(0, { focused: false }));
  assert.equal(queue.firstWrong?.frame, 0);
});

test("stored inputs are copies that nobody can change", () => {
  const queue = new InputQueue({ delay: 0, idle: 0 });
  const input = press(1);
  queue.add(0, input);
  input.action = 2;
  assert.equal(queue.at(0).input.action, 1);
  assert.throws(() => {
    queue.at(0).input.action = 3;
  }, TypeError);
});

test("the prediction does not depend on the order of arrival (200 shuffles)", () => {
  const random = new Random(11);
  for (let round = 0; round < 200; round += 1) {
    const known = random.int(0, 10);
    const order = Array.from({ length: 30 }, (_, index) => (index * 7 + round) % (known + 1));
    const queue = new InputQueue({ delay: 0, idle: 0 });
    // Enough passes over any order store the whole contiguous prefix; later frames come in between and are gaps.
    for (const frame of [...order, ...Array.from({ length: known + 1 }, (_, index) => index)]) {
      queue.add(frame, press(frame % 5));
      queue.add(frame + 20, press(4));
    }
    assert.equal(queue.confirmedFrame, known);
    assert.equal(queue.at(known + 9).input.action, known % 5);
  }
});

test("after a one-shot action the idle one is predicted; the flags stay", () => {
  const queue = new InputQueue({ delay: 0, idle: 0, oneShot: new Set([5]) });
  queue.add(0, { action: 5, focused: false, auto: false });
  assert.deepEqual(queue.at(1), { input: { action: 0, focused: false, auto: false }, confirmed: false });
  queue.add(1, { action: 4, focused: true, auto: false });
  assert.deepEqual(queue.at(2).input, { action: 4, focused: true, auto: false });
});
