import assert from "node:assert/strict";
import { test } from "node:test";

import { InputSource } from "../../src/game/input-source.js";

const SPEC = {
  ...{ seats: 2, noop: 0, fps: 30, max_steps: 10 },
  actions: ["noop", "left", "right", "jump", "jump-left"],
  view: /** @type {[number, number]} */ ([1, 1]),
  keys: { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "jump", "ArrowUp+ArrowLeft": "jump-left" },
};

/** @param {InputSource} input @param {number} [frame] */
const action = (input, frame = 0) => SPEC.actions[input.sample(frame).action];

test("the key pressed last counts, a combination counts more", () => {
  const input = new InputSource(SPEC);
  assert.equal(action(input), "noop");
  const table = /** @type {[string[], string][]} */ ([
    [["ArrowLeft"], "left"],
    [["ArrowLeft", "ArrowRight"], "right"],
    [["ArrowRight", "ArrowUp"], "jump"],
    [["ArrowLeft", "ArrowUp"], "jump-left"],
    [["ArrowUp", "ArrowLeft", "ArrowRight"], "jump-left"],
    [["KeyQ"], "noop"],
    [[], "noop"],
  ]);
  for (const [down, expected] of table) {
    input.keys({ down, tapped: [] });
    assert.equal(action(input), expected, down.join("+"));
  }
});

test("a tap between two frames counts for one frame, and several for one each", () => {
  const input = new InputSource(SPEC);
  input.keys({ down: [], tapped: ["ArrowLeft"] });
  input.keys({ down: [], tapped: ["ArrowUp"] });
  assert.deepEqual([action(input), action(input), action(input)], ["left", "jump", "noop"]);
});

test("keys of the scene replace those of the environment; an unknown action is told", () => {
  const input = new InputSource(SPEC);
  input.useKeys({ KeyA: "left" });
  input.keys({ down: ["ArrowRight", "KeyA"], tapped: [] });
  assert.equal(action(input), "left");
  assert.throws(() => input.useKeys({ KeyA: "fly" }), /key KeyA: no action "fly"; known: noop, left/);
});

test("a hidden page idles and says so; one without focus drops its keys", () => {
  const input = new InputSource(SPEC);
  input.keys({ down: ["ArrowLeft"], tapped: ["ArrowLeft"] });
  input.visibility({ hidden: false, focused: false });
  assert.deepEqual(input.sample(0), { action: 0, focused: false, auto: false });
  input.visibility({ hidden: true, focused: true });
  assert.deepEqual(input.sample(0), { action: 0, focused: false, auto: true });
  input.visibility({ hidden: false, focused: true });
  assert.deepEqual(input.sample(0), { action: 0, focused: true, auto: false });
});

test("a script plays by frame, then idles; what it cannot do is told", () => {
  const input = new InputSource(SPEC);
  input.script([3, 1]);
  assert.deepEqual([0, 1, 2].map((frame) => input.sample(frame).action), [3, 1, 0]);
  assert.throws(() => input.script([0, 9]), /action 9 of frame 1; 0\.\.4/);
});
