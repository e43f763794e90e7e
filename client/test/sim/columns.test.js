import assert from "node:assert/strict";
import { test } from "node:test";

import { columnProblems } from "./columns.js";

/** @type {import("./limits.js").Delay} */
const DELAY = { startFrames: 2, changes: [[1, 3]] };
const SEEN = { simulated: [1, 3], firstMs: [10, 43.5], finalMs: [10, 110], newestAtFinal: [0, 3] };
const LOCAL = [
  { frame: 0, n_resim: 0, input_delay_frames: 2, confirm_lag_frames: 0, confirm_lag_ms: 0 },
  { frame: 1, n_resim: 2, input_delay_frames: 3, confirm_lag_frames: 2, confirm_lag_ms: 66.5 },
];

test("rows that say what was seen", () => {
  assert.deepEqual(columnProblems(LOCAL, SEEN, DELAY), []);
});

test("rows that are not there say nothing wrong", () => {
  assert.deepEqual(columnProblems(LOCAL.slice(0, 1), SEEN, DELAY), []);
});

for (const [column, value] of Object.entries(LOCAL[1])) {
  test(`another ${column} is found`, () => {
    const local = LOCAL.with(1, { ...LOCAL[1], [column]: value + 1 });
    assert.deepEqual(columnProblems(local, SEEN, DELAY), [`frame 1: ${column} is ${value + 1}, seen was ${value}`]);
  });
}

test("a row of a frame that was never final is found", () => {
  const seen = { ...SEEN, finalMs: [10], newestAtFinal: [0] };
  assert.deepEqual(columnProblems(LOCAL, seen, DELAY).map((text) => text.split(" ")[2]), ["confirm_lag_frames", "confirm_lag_ms"]);
});
