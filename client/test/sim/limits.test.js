import assert from "node:assert/strict";
import { test } from "node:test";

import { delayAt, givenProblems, windowProblems } from "./limits.js";

/** @import { Delay } from "./limits.js" */

/** @type {Delay} raised at frame 3, lowered at frame 5 */
const DELAY = { startFrames: 2, changes: [[3, 4], [5, 0]] };

test("a change is in force from its frame on; of two at one frame, the later one", () => {
  assert.deepEqual([0, 2, 3, 4, 5, 9].map((frame) => delayAt(DELAY, frame)), [2, 2, 4, 4, 0, 0]);
  assert.equal(delayAt({ startFrames: 2, changes: [[3, 1], [3, 7]] }, 3), 7);
});

test("the limit may be reached, not passed", () => {
  assert.deepEqual(windowProblems({ aheadFrames: [-2, 0, 4, 4] }, 4), []);
  assert.deepEqual(windowProblems({ aheadFrames: [0, 5, 6] }, 4), ["frame 1: simulated 5 frames ahead of the confirmed one, 4 are allowed"]);
});

test("own inputs are given as far as the delay reaches, and none is taken back", () => {
  const givenTo = [2, 3, 4, 7, 8, 8, 8, 8, 8, 9];
  assert.deepEqual(givenProblems(givenTo, DELAY), []);
  assert.deepEqual(givenProblems(givenTo.with(3, 5), DELAY), ["frame 3: simulated with own inputs given up to frame 5, by the delay it is 7"]);
  assert.match(givenProblems(givenTo.with(5, 9), DELAY)[0], /^frame 5:/);
});

test("at the start the frames below the delay are known, so nothing is due before them", () => {
  assert.deepEqual(givenProblems([1, 1, 2], { startFrames: 2, changes: [[0, 0]] }), []);
});
