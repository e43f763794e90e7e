import assert from "node:assert/strict";
import { test } from "node:test";

import { SyncTestSession } from "../../src/core/sync-test.js";
import { brief, press } from "../support/inputs.js";
import { Random } from "../support/random.js";
import { TOY_ACTIONS, ToyWorld } from "../support/toy-world.js";

/**
 * @param {ToyWorld} world
 * @param {{seats: number, checkDistance: number, frames: number}} options
 * @returns {SyncTestSession} after that many frames
 */
function tested(world, { seats, checkDistance, frames }) {
  const random = new Random(21);
  const session = new SyncTestSession({ seats, checkDistance });
  for (let frame = 0; frame < frames; frame += 1) {
    const inputs = Array.from({ length: seats }, () => press(random.int(0, TOY_ACTIONS - 1)));
    for (const row of world.run(session.advance(inputs)).rows) session.simulated(row);
  }
  return session;
}

test("every frame is rolled back by the check distance", () => {
  const session = new SyncTestSession({ seats: 1, checkDistance: 2 });
  assert.deepEqual(brief(session.advance([press(1)])), ["advance 0 1c", "save 1", "final 0", "load 0", "advance 0 1c", "save 1", "final 0"]);
  session.advance([press(2)]);
  assert.deepEqual(brief(session.advance([press(3)])), [
    "advance 2 3c", "save 3", "final 2", "load 1", "advance 1 2c", "save 2", "final 1", "advance 2 3c", "save 3", "final 2", "release 1",
  ]);
});

test("a sound world passes at every distance", () => {
  for (const checkDistance of [1, 2, 7]) {
    const world = new ToyWorld({ seats: 3, seed: 5, maxSteps: 1000 });
    assert.equal(tested(world, { seats: 3, checkDistance, frames: 200 }).difference, null, `distance ${checkDistance}`);
  }
});

test("a world whose load is incomplete is caught, with the first frame that differs", () => {
  for (const checkDistance of [1, 4]) {
    const world = new ToyWorld({ seats: 2, seed: 5, maxSteps: 1000, leak: true });
    const { difference } = tested(world, { seats: 2, checkDistance, frames: 50 });
    assert.ok(difference !== null && difference.frame <= 1, JSON.stringify(difference));
    assert.equal(difference.what, "hash");
    assert.notEqual(difference.expected, difference.actual);
  }
});

test("a row that differs under an equal hash is caught too", () => {
  const session = new SyncTestSession({ seats: 1, checkDistance: 1 });
  session.advance([press(0)]);
  session.simulated({ frame: 0, hash: "aa", row: "reward 1" });
  session.simulated({ frame: 0, hash: "aa", row: "reward 2" });
  assert.deepEqual(session.difference, { frame: 0, what: "row", expected: "reward 1", actual: "reward 2" });
});

test("wrong arguments are named", () => {
  assert.throws(() => new SyncTestSession({ seats: 2, checkDistance: 0 }), /checkDistance is 0/);
  assert.throws(() => new SyncTestSession({ seats: 2, checkDistance: 1 }).advance([press(0)]), /1 inputs for 2 seats/);
});
