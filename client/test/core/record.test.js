import assert from "node:assert/strict";
import { test } from "node:test";

import { Record } from "../../src/core/record.js";

/** @import { InputStatus } from "../../src/core/types.js" */

/** @type {InputStatus[]} */
const CONFIRMED = ["confirmed", "confirmed"];
/** @type {InputStatus[]} */
const PREDICTED = ["confirmed", "predicted"];

/**
 * @param {number} frame
 * @param {string} [row]
 * @param {boolean} [ended]
 */
function row(frame, row = `row ${frame}`, ended = false) {
  return { frame, row, hash: `hash of ${row}`, ended };
}

/**
 * @param {number} frames
 * @returns {{final(frame: number): boolean}} a session where the first `frames` frames are final
 */
function finalBelow(frames) {
  return { final: (frame) => frame < frames };
}

test("rows are promoted once, in order, up to the first frame that is not final", () => {
  const record = new Record();
  for (let frame = 0; frame < 5; frame += 1) record.simulated(row(frame), CONFIRMED);
  assert.deepEqual(record.promote(finalBelow(0)), []);
  assert.deepEqual(record.promote(finalBelow(2)).map(({ frame }) => frame), [0, 1]);
  assert.deepEqual(record.promote(finalBelow(2)), []);
  assert.deepEqual(record.promote(finalBelow(99)).map(({ frame }) => frame), [2, 3, 4]);
  assert.equal(record.stats.promoted, 5);
});

test("a frame that is not final stops the later ones, even if these claim to be final", () => {
  const record = new Record();
  for (let frame = 0; frame < 3; frame += 1) record.simulated(row(frame), CONFIRMED);
  assert.deepEqual(record.promote({ final: (frame) => frame !== 1 }).map(({ frame }) => frame), [0]);
});

test("the row of the last simulation is the one promoted", () => {
  const record = new Record();
  record.simulated(row(0, "guess"), PREDICTED);
  record.simulated(row(0, "truth"), CONFIRMED);
  assert.deepEqual(record.promote(finalBelow(1)), [{ frame: 0, row: "truth", hash: "hash of truth" }]);
});

test("what is counted", () => {
  const record = new Record();
  record.simulated(row(0), CONFIRMED);
  record.simulated(row(1, "a"), PREDICTED);
  record.simulated(row(2, "b"), PREDICTED);
  record.simulated(row(1, "a"), CONFIRMED);
  record.simulated(row(2, "c"), PREDICTED);
  record.simulated(row(2, "b"), CONFIRMED);
  record.promote(finalBelow(3));
  assert.deepEqual(record.stats, { simulated: 6, resimulated: 3, correctedRows: 1, predictedRows: 2, promoted: 3 });
});

test("the end is the first row that ended, can be revoked or moved while provisional, and is fixed by promotion", () => {
  const record = new Record();
  for (let frame = 0; frame < 4; frame += 1) record.simulated(row(frame, `row ${frame}`, frame === 3), PREDICTED);
  assert.equal(record.endFrame(), 4);
  record.simulated(row(3, "goes on"), CONFIRMED);
  assert.equal(record.endFrame(), null);
  record.simulated(row(2, "earlier end", true), CONFIRMED);
  assert.equal(record.endFrame(), 3);
  assert.deepEqual(record.promote(finalBelow(99)).map(({ frame }) => frame), [0, 1, 2], "rows after the end are no data");
  assert.equal(record.endFrame(), 3);
  record.simulated(row(3, "re-simulated after the end", true), CONFIRMED);
  assert.deepEqual([record.promote(finalBelow(99)), record.endFrame()], [[], 3]);
});

test("a promoted row never changes: a re-simulation that starts below it is only counted", () => {
  const record = new Record();
  record.simulated(row(0), CONFIRMED);
  record.promote(finalBelow(1));
  record.simulated(row(0), CONFIRMED);
  assert.deepEqual(record.promote(finalBelow(9)), []);
  assert.equal(record.stats.resimulated, 1);
});

test("a new row that leaves a gap is our own error", () => {
  const record = new Record();
  record.simulated(row(0), CONFIRMED);
  assert.throws(() => record.simulated(row(2), CONFIRMED), /row of frame 2 while frame 1 is the next new one/);
});
