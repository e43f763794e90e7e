import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_CHUNK_ROWS, Recorder } from "../../src/game/recorder.js";

/** @param {number} from @param {number} to not included */
const rows = (from, to) => Array.from({ length: to - from }, (_, index) => ({ frame: from + index, row: `r${from + index}`, hash: `h${from + index}` }));

function recorder() {
  /** @type {any[]} */
  const posted = [];
  const made = new Recorder({ episode: 2, intervalMs: 200, nowMs: 0, digest: (text) => `digest of ${text.length}`, post: (message) => void posted.push(message) });
  return { made, posted };
}

test("rows leave in chunks at the interval, in order, each once", () => {
  const { made, posted } = recorder();
  made.add(rows(0, 3));
  made.step(199);
  assert.equal(posted.length, 0);
  made.step(200);
  made.add(rows(3, 4));
  made.step(300);
  made.step(400);
  assert.deepEqual(posted.map(({ seq, firstFrame, lastFrame, rows: texts }) => [seq, firstFrame, lastFrame, texts]), [
    [0, 0, 2, ["r0", "r1", "r2"]],
    [1, 3, 3, ["r3"]],
  ]);
  assert.equal(posted[0].sha256, "digest of 8");
  assert.deepEqual([made.rows, made.chunks, made.lastHash, made.episode], [4, 2, "h3", 2]);
});

test("what became final at once is cut into chunks of a bounded size", () => {
  const { made, posted } = recorder();
  made.add(rows(0, 2 * MAX_CHUNK_ROWS + 1));
  made.flush();
  assert.deepEqual(posted.map(({ rows: texts }) => texts.length), [MAX_CHUNK_ROWS, MAX_CHUNK_ROWS, 1]);
});

test("the backlog is what the server has not acknowledged", () => {
  const { made } = recorder();
  made.add(rows(0, 5));
  assert.equal(made.backlogRows, 5);
  made.flush();
  assert.equal(made.backlogRows, 5);
  made.uploaded(0);
  assert.equal(made.backlogRows, 0);
});

test("a gap in what is final is a bug", () => {
  const { made } = recorder();
  assert.throws(() => made.add(rows(1, 2)), /final row of frame 1 after 0 rows/);
});
