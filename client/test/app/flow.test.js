import assert from "node:assert/strict";
import test from "node:test";
import { FlowError, STATES, TABLE, next } from "../../src/app/flow.js";

test("a participant's way through a study follows the table", () => {
  const events = /** @type {const} */ (["page", "prepare", "lobby", "assigned", "countdown", "play", "countdown", "play", "thanks"]);
  /** @type {import("../../src/app/flow.js").State} */
  let state = "loading";
  const way = events.map((event) => (state = next(state, event)));
  assert.deepEqual(way, ["instructions", "loading", "waiting", "connecting", "countdown", "playing", "countdown", "playing", "finished"]);
});

test("a pair that the table does not list is an error that names it", () => {
  assert.throws(() => next("finished", "play"), (error) => error instanceof FlowError && /"finished" on "play"/.test(error.message));
  assert.throws(() => next("instructions", "countdown"), FlowError);
});

test("finished and error are terminal, and play can only begin from a session", () => {
  assert.deepEqual(TABLE.finished, {});
  assert.deepEqual(TABLE.error, {});
  const before = STATES.filter((state) => TABLE[state].play !== undefined);
  assert.deepEqual(before, ["connecting", "countdown", "playing"]);
});

test("every listed target is a state, and every state can be reached", () => {
  const targets = new Set(STATES.flatMap((state) => Object.values(TABLE[state])));
  for (const target of targets) assert.ok(STATES.includes(target), target);
  assert.deepEqual([...targets].sort(), [...STATES].sort());
});
