import assert from "node:assert/strict";
import { test } from "node:test";

import { Agreement } from "../../src/game/agreement.js";

const OWN = { endFrame: 450, inputHash: "aaaaaaaaaaaaaaaa", stateHash: "bbbbbbbbbbbbbbbb" };
const GOOD = { hashesVerified: true, desync: false };

/** @param {number} seat @param {object} [changed] @returns {any} */
const confirm = (seat, changed = {}) => ({ type: "confirm", epoch: 1, frame: 450, seat, ...OWN, ...changed });
/** @param {number} seat @param {string} hash @returns {any} */
const ready = (seat, hash) => ({ type: "ready", epoch: 1, frame: 0, seat, hash });

test("what the words of the others make of an episode", () => {
  const table = /** @type {[string, any[], typeof GOOD, string][]} */ ([
    ["everybody says the same", [confirm(1), confirm(2)], GOOD, "completed"],
    ["one is silent", [confirm(1)], GOOD, "no_confirm"],
    ["hashes are missing", [confirm(1), confirm(2)], { ...GOOD, hashesVerified: false }, "no_confirm"],
    ["another end", [confirm(1), confirm(2, { endFrame: 449 })], GOOD, "end_frame_mismatch"],
    ["other inputs", [confirm(1, { inputHash: "cccccccccccccccc" })], GOOD, "input_mismatch"],
    ["another state", [confirm(1), confirm(2, { stateHash: "cccccccccccccccc" })], GOOD, "hash_mismatch"],
    ["a difference on the way", [confirm(1), confirm(2)], { ...GOOD, desync: true }, "hash_mismatch"],
  ]);
  for (const [name, words, hashes, reason] of table) {
    const agreement = new Agreement([1, 2]);
    for (const word of words) agreement.confirm(word);
    assert.deepEqual(agreement.verdict(OWN, hashes), { verified: reason === "completed", reason }, name);
  }
});

test("the first word of a seat counts; another one later is a contradiction", () => {
  const agreement = new Agreement([1]);
  agreement.confirm(confirm(1));
  agreement.confirm(confirm(1));
  assert.equal(agreement.conflicts, 0);
  agreement.confirm(confirm(1, { endFrame: 3 }));
  assert.equal(agreement.conflicts, 1);
  assert.equal(agreement.verdict(OWN, GOOD).reason, "completed");
});

test("play begins at the moment when the last one was ready", () => {
  const agreement = new Agreement([1, 2]);
  agreement.ready(ready(1, "s"), 500);
  assert.equal(agreement.allReady, false);
  agreement.ready(ready(2, "s"), 900);
  assert.equal(agreement.allReady, true);
  assert.deepEqual([agreement.commonMs(100), agreement.commonMs(1000)], [900, 1000]);
  assert.equal(agreement.otherStart("s"), null);
  assert.equal(agreement.otherStart("t")?.seat, 1);
});
