import assert from "node:assert/strict";
import { test } from "node:test";

import { SyncLayer } from "../../src/core/sync-layer.js";
import { brief, press } from "../support/inputs.js";

/** @type {import("../../src/core/sync-layer.js").InputsAt} */
const inputsAt = (frame) => ({ inputs: [press(frame)], status: ["confirmed"] });

/**
 * @param {number} frames
 * @returns {SyncLayer}
 */
function advanced(frames) {
  const layer = new SyncLayer();
  for (let frame = 0; frame < frames; frame += 1) layer.advance(inputsAt);
  return layer;
}

test("a frame is advanced, then the state after it is saved", () => {
  const layer = new SyncLayer();
  assert.deepEqual(brief(layer.advance(inputsAt)), ["advance 0 0c", "save 1"]);
  assert.equal(layer.currentFrame, 1);
});

test("a rollback loads the frame itself and simulates up to the current frame, saving again", () => {
  const layer = advanced(5);
  assert.deepEqual(brief(layer.rollback(3, inputsAt)), ["load 3", "advance 3 3c", "save 4", "advance 4 4c", "save 5"]);
  assert.equal(layer.currentFrame, 5);
  assert.deepEqual(layer.snapshots, [0, 1, 2, 3, 4, 5]);
});

test("snapshots go only below the anchor, and a release is asked for once", () => {
  const layer = advanced(9);
  const table = /** @type {[number, string[], number[]][]} */ ([
    [-1, [], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    [7, ["release 7"], [7, 8, 9]],
    [7, [], [7, 8, 9]],
    [100, ["release 9"], [9]],
  ]);
  for (const [confirmed, requests, left] of table) {
    assert.deepEqual(brief(layer.release(confirmed)), requests, `confirmed ${confirmed}`);
    assert.deepEqual(layer.snapshots, left);
  }
});

test("a rollback to a frame that was not simulated, or below the anchor, is our own error", () => {
  const layer = advanced(5);
  assert.throws(() => layer.rollback(5, inputsAt), /rollback to 5.*current 5/);
  layer.release(3);
  assert.throws(() => layer.rollback(2, inputsAt), /no snapshot at or below 2; held: 3,4,5/);
});
