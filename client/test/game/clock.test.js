import assert from "node:assert/strict";
import { test } from "node:test";

import { Alarm, Every, MAX_OWED_MS, MAX_TICKS_PER_WAKE, TickClock } from "../../src/game/clock.js";

test("ticks are due at absolute times: late wake-ups do not add up", () => {
  const clock = new TickClock({ startMs: 1000, periodMs: 100 });
  assert.equal(clock.due(999), 0);
  assert.equal(clock.due(1000), 1);
  clock.ticked(1);
  assert.equal(clock.due(1099), 0);
  assert.equal(clock.due(1150), 1);
  clock.ticked(1);
  assert.equal(clock.dueMs, 1200);
});

test("a late worker makes up in small steps, and not for ever", () => {
  const clock = new TickClock({ startMs: 0, periodMs: 10 });
  assert.equal(clock.due(10_000), MAX_TICKS_PER_WAKE);
  assert.equal(clock.skippedMs, 10_000 - MAX_OWED_MS);
  let ticks = 0;
  for (let due = clock.due(10_000); due > 0; due = clock.due(10_000)) {
    for (let index = 0; index < due; index += 1) clock.ticked(1);
    ticks += due;
  }
  assert.equal(ticks, MAX_OWED_MS / 10 + 1);
});

test("the leader's period is a little longer", () => {
  const clock = new TickClock({ startMs: 0, periodMs: 100 });
  clock.ticked(1.02);
  assert.equal(clock.dueMs, 102);
});

test("something that is due every so often does not come twice for being late", () => {
  const every = new Every({ periodMs: 100, firstMs: 50 });
  assert.deepEqual([40, 50, 60, 400, 450, 500].map((nowMs) => every.due(nowMs)), [false, true, false, true, false, true]);
});

test("one timer, moved when the wish moves", () => {
  let nowMs = 0;
  /** @type {{delayMs: number, run: () => void}[]} */
  const timers = [];
  let rung = 0;
  const schedule = (/** @type {number} */ delayMs, /** @type {() => void} */ run) => {
    const timer = { delayMs, run };
    timers.push(timer);
    return () => void timers.splice(timers.indexOf(timer), 1);
  };
  const alarm = new Alarm({ nowMs: () => nowMs, schedule, ring: () => void (rung += 1) });
  alarm.set(30.2);
  alarm.set(30.2);
  assert.deepEqual(timers.map(({ delayMs }) => delayMs), [31]);
  nowMs = 10;
  alarm.set(20);
  assert.deepEqual(timers.map(({ delayMs }) => delayMs), [10]);
  timers.splice(0)[0].run();
  assert.equal(rung, 1);
  alarm.set(5);
  assert.deepEqual(timers.map(({ delayMs }) => delayMs), [0]);
  alarm.set(Infinity);
  assert.deepEqual(timers, []);
});
