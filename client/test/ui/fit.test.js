import assert from "node:assert/strict";
import test from "node:test";
import { fit } from "../../src/ui/fit.js";

test("a view fits by its tighter side, in whole device pixels", () => {
  const wide = fit({ view: [600, 400], box: [1200, 400], ratio: 2 });
  assert.deepEqual([wide.width, wide.height, wide.pixelWidth, wide.pixelHeight], [600, 400, 1200, 800]);
  assert.deepEqual([wide.scaleX, wide.scaleY], [2, 2]);
  const tall = fit({ view: [600, 400], box: [300, 900], ratio: 1 });
  assert.deepEqual([tall.width, tall.height], [300, 200]);
});

test("CSS size times ratio is a whole number of pixels, also for odd ratios", () => {
  for (const ratio of [1, 1.1, 1.25, 1.5, 2.625]) {
    const { width, height, pixelWidth, pixelHeight } = fit({ view: [601, 397], box: [777, 531], ratio });
    assert.ok(Number.isInteger(pixelWidth) && Number.isInteger(pixelHeight));
    assert.ok(Math.abs(width * ratio - pixelWidth) < 1e-9 && width <= 777 && height <= 531);
  }
});

test("a hidden box has no pixels", () => {
  assert.equal(fit({ view: [600, 400], box: [0, 0], ratio: 2 }).pixelWidth, 0);
});
