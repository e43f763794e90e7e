import assert from "node:assert/strict";
import { test } from "node:test";

import { Record } from "../../src/core/record.js";
import { press } from "../support/inputs.js";

/** @import { FrameInputs } from "../../src/core/types.js" */

/** @param {number} action of seat 1 @returns {FrameInputs} */
const guessed = (action) => ({ inputs: [press(0), press(action)], status: ["confirmed", "predicted"] });
/** @param {number} action of seat 1 @returns {FrameInputs} */
const known = (action) => ({ inputs: [press(0), press(action)], status: ["confirmed", "confirmed"] });
const NOW = { nowMs: 100, delayFrames: 2 };

/** @param {number} frame @param {boolean} [ended] */
const row = (frame, ended = false) => ({ frame, row: `row ${frame}`, hash: `hash ${frame}`, ended });

/** @param {number[]} actions of seat 1 by frame @param {number} [currentFrame] */
const confirmed = (actions, currentFrame = 9) => ({ inputsAt: (/** @type {number} */ frame) => [press(0), press(actions[frame])], nowMs: 250, currentFrame });

test("rows are promoted in order, each with how it became final", () => {
  const record = new Record();
  record.simulated({ frame: 0, ended: false }, known(1), NOW);
  record.simulated({ frame: 1, ended: false }, guessed(1), { nowMs: 130, delayFrames: 3 });
  record.simulated({ frame: 2, ended: false }, guessed(1), NOW);
  record.simulated({ frame: 1, ended: false }, known(4), NOW);
  record.simulated({ frame: 2, ended: false }, guessed(4), NOW);
  const promoted = record.promote([row(0), row(1), row(2)], confirmed([1, 4, 1], 5));
  assert.deepEqual(promoted[0], {
    row: { frame: 0, row: "row 0", hash: "hash 0" },
    local: { frame: 0, predicted: [false, false], corrected: [false, false], resimulated: 0, delayFrames: 2, lagFrames: 4, lagMs: 150 },
  });
  assert.deepEqual(promoted[1].local, { frame: 1, predicted: [false, true], corrected: [false, true], resimulated: 1, delayFrames: 3, lagFrames: 3, lagMs: 120 });
  assert.deepEqual(promoted[2].local.corrected, [false, false], "guessed right at first, whatever was used later");
  assert.deepEqual(record.stats, { simulated: 5, resimulated: 2, correctedRows: 1, predictedRows: 2, promoted: 3 });
});

test("a flag that was wrong is a correction as well as an action", () => {
  const record = new Record();
  record.simulated({ frame: 0, ended: false }, guessed(1), NOW);
  const away = { inputsAt: () => [press(0), press(1, { focused: false })], nowMs: 0, currentFrame: 1 };
  assert.deepEqual(record.promote([row(0)], away)[0].local.corrected, [false, true]);
});

test("the end is the first frame that ended, can be revoked or moved, and is fixed by its final row", () => {
  const record = new Record();
  for (let frame = 0; frame < 4; frame += 1) record.simulated({ frame, ended: frame === 3 }, guessed(1), NOW);
  assert.equal(record.endFrame(), 4);
  record.simulated({ frame: 3, ended: false }, known(2), NOW);
  assert.equal(record.endFrame(), null);
  record.simulated({ frame: 2, ended: true }, known(2), NOW);
  assert.equal(record.endFrame(), 3);
  const rows = [row(0), row(1), row(2, true), row(3)];
  assert.deepEqual(record.promote(rows, confirmed([1, 1, 2, 2])).map((one) => one.row.frame), [0, 1, 2], "rows after the end are no data");
  record.simulated({ frame: 3, ended: true }, known(2), NOW);
  assert.deepEqual([record.promote([row(3)], confirmed([1, 1, 2, 2])), record.endFrame()], [[], 3]);
});

test("a gap, in what was simulated or in what is final, is our own error", () => {
  const record = new Record();
  record.simulated({ frame: 0, ended: false }, known(1), NOW);
  assert.throws(() => record.simulated({ frame: 2, ended: false }, known(1), NOW), /frame 2 was simulated while frame 1 is the next new one/);
  assert.throws(() => record.promote([row(1)], confirmed([1, 1])), /final row of frame 1 while frame 0 is the next one/);
  record.promote([row(0)], confirmed([1, 1]));
  assert.throws(() => record.promote([row(1)], confirmed([1, 1])), /final row of frame 1, which was not simulated/);
});
