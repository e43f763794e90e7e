import assert from "node:assert/strict";
import { test } from "node:test";

import { drawPlan } from "./plan.js";
import { play } from "./play.js";
import { shrink, smaller } from "./shrink.js";

/** @import { Plan } from "./plan.js" */

const FRAMES = 60;

/** @returns {Plan} of three seats, the last of which is killed or has a wrong bit */
const plan = (/** @type {Partial<Plan>} */ more) => ({ ...drawPlan(1, { frames: FRAMES }), seats: 3, links: {}, machines: [{}, {}, {}], joinMs: [0, 0, 0], kill: null, flip: null, limitFrames: null, ...more });

test("what happens to a seat goes with it, so every smaller plan can be played", () => {
  for (const more of [{ kill: { seat: 2, atMs: 1500 } }, { flip: { seat: 2, frame: 9 } }]) {
    const plans = [...smaller(plan(more))];
    assert.ok(plans.some(({ seats, kill, flip }) => seats === 2 && kill === null && !flip));
    for (const one of plans) assert.deepEqual(play(one).problems, []);
  }
});

test("what has nothing to do with a failure is left out", () => {
  const small = shrink(plan({ flip: { seat: 1, frame: 9 }, limitFrames: 20 }), ({ flip }) => flip !== null);
  assert.deepEqual([small.seats, small.limitFrames, small.flip], [2, null, { seat: 1, frame: 9 }]);
});
