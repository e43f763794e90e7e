import assert from "node:assert/strict";
import test from "node:test";
import { paint } from "../../src/ui/display-list.js";
import { recorder } from "./recorder.js";

const good = [
  ["rect", 0, 0, 10, 10, "#ffffff"],
  ["rrect", 0, 0, 10, 10, 2, "#ffffffaa"],
  ["circle", 5, 5, 2, "#000000"],
  ["ellipse", 5, 5, 2, 3, "#000000"],
  ["line", 0, 0, 5, 5, 1, "#000000"],
  ["poly", [0, 0, 1, 0, 1, 1], "#000000"],
  ["arc", 5, 5, 2, 0, 3.14, 1, "#000000"],
  ["text", 5, 5, "hello", 12, "#000000", "center"],
];

test("every kind of item is drawn, in order", () => {
  const { context, calls } = recorder();
  assert.deepEqual(paint(context, good), { drawn: 8, skipped: {} });
  const marks = calls.filter((name) => ["fillRect", "fill", "stroke", "fillText"].includes(name));
  assert.deepEqual(marks, ["fillRect", "fill", "fill", "fill", "stroke", "fill", "stroke", "fillText"]);
});

test("unknown kinds and wrong values are counted and skipped; the rest is drawn", () => {
  const bad = [
    ["blob", 1, 2],
    ["toString"],
    "rect",
    null,
    ["rect", 0, 0, 10, 10],
    ["rect", 0, 0, -1, 10, "#ffffff"],
    ["rect", 0, 0, Number.NaN, 10, "#ffffff"],
    ["circle", 5, 5, 2, "red"],
    ["poly", [0, 0, 1], "#000000"],
    ["text", 0, 0, 7, 12, "#000000", "left"],
    ["text", 0, 0, "x", 12, "#000000", "middle"],
  ];
  const { context } = recorder();
  const { drawn, skipped } = paint(context, [...bad, good[0]]);
  assert.equal(drawn, 1);
  assert.deepEqual(skipped, { kind: 4, rect: 3, circle: 1, poly: 1, text: 2 });
});

test("what is not a list draws nothing and is counted", () => {
  for (const display of [null, undefined, {}, "x", 1]) assert.deepEqual(paint(recorder().context, display), { drawn: 0, skipped: { list: 1 } });
});

test("a line of no width is not drawn with the width before", () => {
  const { context, calls } = recorder();
  paint(context, [["line", 0, 0, 5, 5, 0, "#000000"]]);
  assert.ok(!calls.includes("stroke"));
});
