import assert from "node:assert/strict";
import { test } from "node:test";

import { Host } from "../../src/game/host.js";
import { toyHost } from "../support/toy-host.js";

/** @import { Request } from "../../src/core/types.js" */

/** @param {number} frame @param {number} action @returns {Request} */
const advance = (frame, action) => ({
  kind: "advance",
  frame,
  inputs: [
    { action, focused: true, auto: false },
    { action: 12, focused: false, auto: true },
  ],
  status: ["confirmed", "confirmed"],
});

/** @param {number} frame @returns {Request} */
const save = (frame) => ({ kind: "save", frame });

/** @param {Request[]} requests @returns {{text: string, carriedOut: Request[]}} what went to Python, and what a world made of it */
function told(requests) {
  let text = "";
  /** @type {Request[]} */
  let carriedOut = [];
  const toy = toyHost({ seats: 2, maxSteps: 100, onRun: (run) => (carriedOut = run) });
  const host = new Host({ ...toy, run: (/** @type {string} */ lines, /** @type {boolean} */ display) => toy.run((text = lines), display) });
  host.start({ seed: 1, episode: 0, max_steps: null });
  host.run(requests, { display: false });
  return { text, carriedOut };
}

test("frames that are simulated and saved one after the other are one request, and nothing else is joined", () => {
  /** @type {[Request[], string][]} */
  const cases = [
    [[advance(0, 1), save(1), advance(1, 3), save(2), { kind: "final", frame: 0 }], "play 0 1,1,12,2;3,1,12,2\nfinal 0"],
    [[advance(0, 1), save(1), { kind: "load", frame: 0 }, advance(0, 2), save(1)], "play 0 1,1,12,2\nload 0\nplay 0 2,1,12,2"],
    [[advance(0, 1), advance(1, 2), save(2), save(2)], "advance 0 1,1,12,2\nplay 1 2,1,12,2\nsave 2"],
    [[save(0), { kind: "release", frame: 0 }], "save 0\nrelease 0"],
  ];
  for (const [requests, expected] of cases) {
    const { text, carriedOut } = told(requests);
    assert.equal(text, expected);
    assert.deepEqual(carriedOut, requests);
  }
});
