import assert from "node:assert/strict";
import { test } from "node:test";

import { CONFIRM_LIMIT_MS } from "../../src/game/episode.js";
import { Table } from "../support/table.js";

/** @import { Seat } from "../support/table.js" */

const LATENCY = { latencyMs: 90, jitterMs: 10 };
const BAD = { latencyMs: 60, jitterMs: 30, loss: 0.15, duplicate: 0.05, reorder: 0.1, reorderMs: 80 };
const SLOW = { latencyMs: 60 };

/** @param {Seat[]} seats @param {{episodes?: number, frames?: number}} [expected] */
function assertSame(seats, { episodes = 1, frames = 120 } = {}) {
  for (const seat of seats) assert.equal(seat.error, null);
  for (let episode = 0; episode < episodes; episode += 1) {
    const [first, ...others] = seats;
    assert.equal(first.rows(episode).length, frames);
    assert.deepEqual([first.seals[episode].verified, first.seals[episode].reason], [true, "completed"]);
    for (const other of others) {
      assert.deepEqual(other.rows(episode), first.rows(episode));
      const { stats: _own, chunks: _chunks, ...theirs } = other.seals[episode];
      const { stats: _first, chunks: _firstChunks, ...ours } = first.seals[episode];
      assert.deepEqual(theirs, ours);
    }
  }
  for (const seat of seats) assert.equal(seat.count("desync"), 0);
}

test("on a quiet path nothing is predicted wrongly", () => {
  const seats = new Table().run();
  assertSame(seats);
  for (const seat of seats) assert.equal(seat.match.status(0).rollbacks, 0);
});

for (const [name, rules] of Object.entries({ latency: { input: LATENCY, control: SLOW }, "latency, loss, reordering": { input: BAD, control: SLOW } })) {
  for (const count of [2, 3]) {
    test(`${count} seats, ${name}: predictions are corrected, and every row is the same`, () => {
      const seats = new Table({ seats: count, seed: 5, ...rules }).run();
      assertSame(seats);
      for (const seat of seats) {
        const { rollbacks, correctedRows } = seat.match.status(0);
        assert.ok(rollbacks > 0 && correctedRows > 0, JSON.stringify({ rollbacks, correctedRows }));
      }
    });
  }
}

test("many seeds of a bad path: never a row that differs", () => {
  for (let seed = 1; seed <= 30; seed += 1) assertSame(new Table({ seed, maxSteps: 90, input: BAD, control: SLOW }).run(), { frames: 90 });
});

test("episodes follow each other, each from its own seed", () => {
  const seats = new Table({ episodes: 3, maxSteps: 60, input: BAD, control: SLOW }).run();
  assertSame(seats, { episodes: 3, frames: 60 });
  assert.equal(new Set([0, 1, 2].map((episode) => seats[0].seals[episode].stateHash)).size, 3);
  for (const seat of seats) assert.deepEqual(seat.posted.at(-2)?.type === "finished" || seat.posted.some(({ type }) => type === "finished"), true);
});

test("a world that forgets a part of its state is found: not verified, and the frame is named", () => {
  const seats = new Table({ seed: 3, input: LATENCY, control: SLOW, planted: (seat) => ({ leak: seat === 1 }) }).run();
  for (const seat of seats) {
    assert.deepEqual([seat.seals[0].verified, seat.seals[0].reason], [false, "hash_mismatch"]);
    assert.ok(seat.count("desync") > 0);
  }
  assert.equal(seats[0].events.find(({ kind }) => kind === "desync")?.frame, seats[1].events.find(({ kind }) => kind === "desync")?.frame);
});

test("peers that start from different states do not play", () => {
  const seats = new Table({ planted: (seat) => ({ seedOffset: seat }) }).run();
  for (const seat of seats) assert.equal(seat.error?.name, "StartMismatch");
});

test("an episode that is cut is sealed as partial, with every row that is final", () => {
  const table = new Table({ maxSteps: 600, input: LATENCY, control: SLOW });
  table.runUntil(6_000);
  const [seat] = table.seats;
  seat.match.cut(table.clock.nowMs);
  assert.deepEqual([seat.seals[0].verified, seat.seals[0].reason], [false, "partial"]);
  assert.ok(seat.seals[0].rows > 100);
  assert.equal(seat.rows(0).length, seat.seals[0].rows);
  assert.equal(seat.match.state, "done");
});

test("without the word of the others an episode is sealed in the end, and says that it is not confirmed", () => {
  const table = new Table({ maxSteps: 60, control: SLOW });
  const [seat] = table.seats;
  table.clock.run({ limitMs: 20_000, done: () => seat.match.state === "confirming" });
  const sinceMs = table.clock.nowMs;
  table.vanish(1);
  table.run();
  assert.deepEqual([seat.seals[0].verified, seat.seals[0].reason, seat.seals[0].rows], [false, "no_confirm", 60]);
  assert.ok(table.clock.nowMs - sinceMs >= CONFIRM_LIMIT_MS);
});

test("play waits for a silent peer at the prediction limit, and says so", () => {
  const table = new Table({ maxSteps: 600, limitFrames: 12 });
  table.runUntil(3_000);
  table.vanish(1);
  table.runUntil(6_000);
  const { frame, confirmedFrame, stalls, stallMs, state } = table.seats[0].match.status(table.clock.nowMs);
  assert.deepEqual([state, stalls, frame - confirmedFrame], ["playing", 1, 13]);
  assert.ok(stallMs > 2_000);
});

test("the seal adds up the stalls that were told", () => {
  const rule = () => ({ latencyMs: 20, outages: /** @type {[number, number][]} */ ([[2000, 3000], [4000, 4700]]) });
  for (const seat of new Table({ maxSteps: 150, limitFrames: 8, rule }).run()) {
    const ended = seat.events.filter(({ kind }) => kind === "stall-end").map((event) => /** @type {any} */ (event).durationMs);
    const { stalls, stallMs } = /** @type {any} */ (seat.seals[0].stats);
    assert.ok(ended.length >= 2, `${ended.length} stalls`);
    assert.deepEqual([stalls, stallMs], [ended.length, ended.reduce((sum, durationMs) => sum + durationMs, 0)]);
  }
});

test("a rollback costs its share of the batch, not the frame that came with it", () => {
  const stepMs = 2;
  const machine = () => ({ slow: [{ fromMs: 0, toMs: Infinity, stepMs }] });
  for (const seat of new Table({ machine, rule: () => ({ latencyMs: 90 }) }).run()) {
    const rollbacks = seat.texts("rollbacks", 0).map((text) => JSON.parse(text));
    assert.ok(rollbacks.length > 3, `${rollbacks.length} rollbacks`);
    for (const { depth, cost_ms: costMs } of rollbacks) assert.ok(Math.abs(costMs - depth * stepMs) < 1e-6, `${depth} frames cost ${costMs} ms`);
  }
});
