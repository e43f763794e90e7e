import assert from "node:assert/strict";
import { test } from "node:test";

import { MAX_CHUNK_ROWS, Recorder } from "../../src/game/recorder.js";

/** @param {number} frame */
const final = (frame) => ({
  row: { frame, row: `r${frame}`, hash: `h${frame}` },
  local: { frame, predicted: [false, true], corrected: [false, false], resimulated: 1, delayFrames: 2, lagFrames: 3, lagMs: 99.5 },
});

/** @param {number} from @param {number} to not included */
const rows = (from, to) => Array.from({ length: to - from }, (_, index) => final(from + index));

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
  const rowsOnly = posted.filter(({ kind }) => kind === "rows");
  assert.deepEqual(rowsOnly.map(({ seq, firstFrame, lastFrame, rows: texts }) => [seq, firstFrame, lastFrame, texts]), [
    [0, 0, 2, ["r0", "r1", "r2"]],
    [2, 3, 3, ["r3"]],
  ]);
  assert.equal(posted[0].sha256, "digest of 8");
  assert.deepEqual([made.rows, made.chunks, made.lastHash, made.episode], [4, 4, "h3", 2]);
});

test("what became final at once is cut into chunks of a bounded size", () => {
  const { made, posted } = recorder();
  made.add(rows(0, 2 * MAX_CHUNK_ROWS + 1));
  made.flush();
  assert.deepEqual(posted.map(({ kind, rows: texts }) => `${kind} ${texts.length}`), ["rows 150", "rows 150", "rows 1", "local 150", "local 150", "local 1"]);
  assert.equal(MAX_CHUNK_ROWS, 150);
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

test("how a row became final and the rollbacks leave beside the rows, numbered by themselves", () => {
  const { made, posted } = recorder();
  const input = { action: 3, focused: true, auto: false };
  made.add(rows(0, 1));
  made.addRollback({ id: 0, at: 9, to: 7, depth: 2, seat: 1, predicted: { ...input, action: 0 }, actual: input, tMs: 12.5, costMs: 0.25 });
  made.flush();
  assert.deepEqual(posted.map(({ kind, seq, firstFrame, lastFrame }) => [kind, seq, firstFrame, lastFrame]), [["rows", 0, 0, 0], ["local", 1, 0, 0], ["rollbacks", 2, 0, 0]]);
  assert.deepEqual(JSON.parse(posted[1].rows[0]), {
    ...{ frame: 0, was_speculative: [false, true], corrected: [false, false], n_resim: 1, input_delay_frames: 2 },
    ...{ confirm_lag_frames: 3, confirm_lag_ms: 99.5 },
  });
  assert.deepEqual(JSON.parse(posted[2].rows[0]), {
    ...{ rollback_id: 0, at_frame: 9, to_frame: 7, depth: 2, cause_seat: 1, predicted: 0, actual: 3, mono_ms: 12.5, cost_ms: 0.25 },
  });
});
