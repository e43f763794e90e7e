import assert from "node:assert/strict";
import test from "node:test";
import { GameCanvas } from "../../src/ui/canvas.js";
import { recorder } from "./recorder.js";

function make() {
  /** @type {(() => void)[]} */
  const frames = [];
  /** @type {any[]} */
  const sizes = [];
  const { context, calls } = recorder();
  const screen = { box: /** @type {[number, number]} */ ([600, 400]) };
  const canvas = new GameCanvas({
    box: () => screen.box,
    ratio: () => 1,
    resize: (size) => void sizes.push([size.pixelWidth, size.pixelHeight]),
    context: () => context,
    nextFrame: (run) => void frames.push(run),
  });
  const frame = () => frames.splice(0).forEach((run) => run());
  return { canvas, frames, sizes, calls, screen, frame };
}

/** @type {[number, number]} */
const SIZE = [600, 400];
const square = (/** @type {string} */ colour) => [["rect", 0, 0, 10, 10, colour]];

test("many pictures before a frame make one draw of the newest", () => {
  const { canvas, frames, calls, frame } = make();
  for (let index = 0; index < 10; index += 1) canvas.show(square("#000000"), SIZE);
  assert.equal(frames.length, 1);
  frame();
  assert.equal(calls.filter((name) => name === "fillRect").length, 1);
  assert.deepEqual(canvas.counters, { received: 10, replaced: 9, drawn: 1 });
});

test("a picture that came while hidden is drawn when the box is there", () => {
  const { canvas, screen, frame } = make();
  screen.box = [0, 0];
  canvas.show(square("#000000"), SIZE);
  frame();
  assert.equal(canvas.counters.drawn, 0);
  screen.box = [600, 400];
  canvas.redraw();
  frame();
  assert.equal(canvas.counters.drawn, 1);
});

test("the canvas is resized only when its box changes", () => {
  const { canvas, sizes, screen, frame } = make();
  for (const box of /** @type {[number, number][]} */ ([[600, 400], [600, 400], [300, 400]])) {
    screen.box = box;
    canvas.show(square("#000000"), SIZE);
    frame();
  }
  assert.deepEqual(sizes, [[600, 400], [300, 200]]);
});

test("items that could not be drawn are counted over time", () => {
  const { canvas, frame } = make();
  for (let index = 0; index < 3; index += 1) {
    canvas.show([["blob"], ...square("#000000")], SIZE);
    frame();
  }
  assert.deepEqual(canvas.skipped, { kind: 3 });
});
