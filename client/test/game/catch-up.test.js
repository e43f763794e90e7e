import assert from "node:assert/strict";
import { test } from "node:test";

import { BEGIN_FRAMES, CatchUp, DONE_FRAMES } from "../../src/game/catch-up.js";

/** @param {number} behindFrames @param {number} [known] confirmed frames beyond the current one */
const at = (behindFrames, known = 0) => ({ behindFrames, currentFrame: 100, confirmedFrame: 100 + known });

test("it begins when every peer is well ahead, and goes on until they are met", () => {
  const catchUp = new CatchUp();
  assert.equal(catchUp.due(at(BEGIN_FRAMES - 1)), false);
  assert.equal(catchUp.due(at(BEGIN_FRAMES)), true);
  assert.equal(catchUp.due(at(DONE_FRAMES + 1)), true);
  assert.equal(catchUp.due(at(DONE_FRAMES)), false);
  assert.equal(catchUp.due(at(DONE_FRAMES + 1)), false);
});

test("nothing is predicted for it: the inputs of the frame must be here", () => {
  assert.equal(new CatchUp().due(at(50, -1)), false);
});
