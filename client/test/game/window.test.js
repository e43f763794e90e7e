import assert from "node:assert/strict";
import { test } from "node:test";

import { LEAST_FRAMES, MOST_FRAMES, PredictionWindow } from "../../src/game/window.js";

const PERIOD_MS = 1000 / 30;

/** @param {number} stepMs @param {number} [fixedMs] of a batch @param {number | null} [fixedFrames] */
function measured(stepMs, fixedMs = 1, fixedFrames = null) {
  const window = new PredictionWindow({ fixedFrames, periodMs: PERIOD_MS });
  for (let batch = 0; batch < 200; batch += 1) {
    window.measured({ ms: fixedMs + stepMs, frames: 1 });
    window.measured({ ms: fixedMs + 4 * stepMs, frames: 4 });
  }
  return window;
}

test("the window holds what can be simulated again within half a frame", () => {
  assert.equal(measured(0.5).frames, Math.floor(PERIOD_MS / 2 / 0.5));
  assert.equal(measured(0.5, 9).frames, measured(0.5).frames, "what a batch costs once does not count");
  assert.ok(Math.abs((measured(0.5).costMs ?? 0) - 0.5) < 1e-9);
});

test("12 frames at least, however slow, and 120 at most, however fast", () => {
  assert.deepEqual([measured(5).frames, measured(0).frames], [LEAST_FRAMES, MOST_FRAMES]);
});

test("before anything was measured it is the least; a number that was set stays", () => {
  assert.equal(new PredictionWindow({ fixedFrames: null, periodMs: PERIOD_MS }).frames, LEAST_FRAMES);
  assert.equal(measured(0, 1, 30).frames, 30);
});

test("a world that becomes slow lowers it within a second or two", () => {
  const window = measured(0.1);
  assert.equal(window.frames, MOST_FRAMES);
  for (let batch = 0; batch < 60; batch += 1) window.measured({ ms: 1 + 4 * 6, frames: 4 });
  assert.equal(window.frames, LEAST_FRAMES);
});
