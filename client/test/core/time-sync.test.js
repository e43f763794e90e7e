import assert from "node:assert/strict";
import { test } from "node:test";

import { TimeSync } from "../../src/core/time-sync.js";

/**
 * @param {[number, number][]} samples
 * @returns {TimeSync}
 */
function after(samples) {
  const pace = new TimeSync();
  for (const [local, remote] of samples) pace.sample(local, remote);
  return pace;
}

test("without samples the tick has its nominal length", () => {
  assert.equal(new TimeSync().tickScale(), 1);
});

test("the one-way delay that both sides see is no lead", () => {
  assert.equal(after([[6, 6], [12, 12]]).tickScale(), 1);
});

test("the leader is slowed, the other one hurried, by the same part", () => {
  assert.equal(after([[4, 0]]).tickScale(), 1.01);
  assert.equal(after([[0, 4]]).tickScale(), 0.99);
});

test("the change is never above two percent", () => {
  assert.equal(after([[1000, -1000]]).tickScale(), 1.02);
  assert.equal(after([[-1000, 1000]]).tickScale(), 0.98);
});

test("forty samples are averaged, older ones are forgotten", () => {
  const lead = /** @type {[number, number]} */ ([4, 0]);
  const level = /** @type {[number, number]} */ ([0, 0]);
  assert.equal(after([...Array(20).fill(lead), ...Array(20).fill(level)]).lead, 1);
  assert.equal(after([...Array(20).fill(lead), ...Array(40).fill(level)]).lead, 0);
});
