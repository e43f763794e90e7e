import assert from "node:assert/strict";
import { test } from "node:test";

import { TOY_ONE_SHOT } from "../support/toy-host.js";
import { countProblems, guessProblems, rollbackProblems } from "./guesses.js";

/** @import { Input } from "../../src/core/types.js" */

/** @param {number} action @param {boolean} [focused] @returns {Input} */
const input = (action, focused = true) => ({ action, focused, auto: false });

/** Of seat 0; the other one's inputs were known up to frame 1, 1, 2, 3 when frames 0 to 3 were simulated; both wait two frames. */
const OWN = {
  knownTo: [[5, 1], [5, 1], [5, 1], [5, 2], [5, 3], [5, 3]],
  given: new Map([2, 3, 4, 5].map((frame) => [frame, input(1)])),
  loads: [{ to: 2, at: 5, used: [input(1), input(0)] }, { to: 5, at: 6, used: [input(1), input(0)] }],
};
const PEER = { knownTo: [], loads: [], given: new Map([[2, input(2)], [3, input(TOY_ONE_SHOT)], [4, input(0)], [5, input(0, false)]]) };
const OF = { seat: 0, books: [OWN, PEER], delayFrames: 2 };
/** Frame 2 was idle, though a 2 came; frame 3 was the 2 again; after the one-shot action nothing is predicted to come. */
const LOCAL = [
  { was_speculative: [false, false], corrected: [false, false] },
  { was_speculative: [false, false], corrected: [false, false] },
  { was_speculative: [false, true], corrected: [false, true] },
  { was_speculative: [false, true], corrected: [false, true] },
  { was_speculative: [false, true], corrected: [false, false] },
  { was_speculative: [false, true], corrected: [false, true] },
];

test("a seat is predicted where its inputs had not come, and corrected where its last one or its flags were others", () => {
  assert.deepEqual(guessProblems(LOCAL, OF), []);
});

for (const [column, frame] of /** @type {const} */ ([["was_speculative", 1], ["was_speculative", 4], ["corrected", 2], ["corrected", 4], ["corrected", 5]])) {
  test(`another ${column} of frame ${frame} is found`, () => {
    const [own, peer] = LOCAL[frame][column];
    const wrong = LOCAL.with(frame, { ...LOCAL[frame], [column]: [own, !peer] });
    assert.deepEqual(guessProblems(wrong, OF), [`frame ${frame}: ${column} is ${own},${!peer}, by what had come it is ${own},${peer}`]);
  });
}

test("a row of a frame that was never simulated is found", () => {
  assert.equal(guessProblems([...LOCAL, LOCAL[0]], OF).length, 2);
});

const ROLLBACKS = [
  { rollback_id: 0, at_frame: 5, to_frame: 2, depth: 3, cause_seat: 1, predicted: 0, actual: 2 },
  { rollback_id: 1, at_frame: 6, to_frame: 5, depth: 1, cause_seat: 1, predicted: 0, actual: 0 },
];

test("the table holds the rollbacks that were carried out, and of who died the first of them", () => {
  assert.deepEqual(rollbackProblems(ROLLBACKS, { ...OF, isWhole: true }), []);
  assert.deepEqual(rollbackProblems(ROLLBACKS.slice(0, 1), { ...OF, isWhole: false }), []);
  assert.deepEqual(rollbackProblems(ROLLBACKS.slice(0, 1), { ...OF, isWhole: true }), ["rollback 1 of them; carried out was 1: from 6 to 5, 1 deep"]);
  assert.deepEqual(rollbackProblems([...ROLLBACKS, ROLLBACKS[1]], { ...OF, isWhole: true }), ["rollback 3 of them; carried out was 2 of them"]);
});

for (const [column, value] of Object.entries({ rollback_id: 7, at_frame: 7, to_frame: 4, depth: 2, cause_seat: 0, predicted: 1, actual: 4 })) {
  test(`another ${column} of a rollback is found`, () => {
    assert.notDeepEqual(rollbackProblems(ROLLBACKS.with(1, { ...ROLLBACKS[1], [column]: value }), { ...OF, isWhole: true }), []);
  });
}

test("the seal counts the rollbacks until then, and how deep the deepest was", () => {
  const book = { loadsAtSeal: OWN.loads };
  assert.deepEqual(countProblems({ rollbacks: 2, maxDepth: 3 }, book), []);
  assert.deepEqual(countProblems({ rollbacks: 3, maxDepth: 2 }, book), ["rollbacks is sealed as 3; carried out was 2", "maxDepth is sealed as 2; carried out was 3"]);
  assert.deepEqual(countProblems({ rollbacks: 0, maxDepth: 0 }, { loadsAtSeal: [] }), []);
  assert.deepEqual(countProblems(null, book), []);
});
