import assert from "node:assert/strict";
import { test } from "node:test";

import { ATTEMPT_MS, ATTEMPTS, Revival } from "../../src/net/revival.js";

function make() {
  /** @type {{ms: number, run: () => void}[]} */
  let timers = [];
  let attempts = 0;
  const revival = new Revival({
    attempt: () => void (attempts += 1),
    after(ms, run) {
      const timer = { ms, run };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
  });
  const pass = () => timers.splice(0).forEach(({ run }) => run());
  return { revival, pass, attempts: () => attempts, waiting: () => timers.map(({ ms }) => ms) };
}

test("a lost path is asked for at once, and again until it stands", () => {
  const { revival, pass, attempts, waiting } = make();
  for (const state of ["connecting", "connected", "disconnected"]) revival.seen(state);
  assert.deepEqual([attempts(), waiting()], [1, [ATTEMPT_MS]]);
  pass();
  assert.equal(attempts(), 2);
  revival.seen("connected");
  assert.deepEqual([attempts(), waiting(), revival.trying], [2, [], false]);
});

test("a state that only gets worse begins nothing anew", () => {
  const { revival, attempts, waiting } = make();
  for (const state of ["disconnected", "failed", "connecting", "failed"]) revival.seen(state);
  assert.deepEqual([attempts(), waiting()], [1, [ATTEMPT_MS]]);
});

test("the attempts of one loss are bounded; the next loss has its own", () => {
  const { revival, pass, attempts, waiting } = make();
  revival.seen("failed");
  for (let round = 0; round < ATTEMPTS + 5; round += 1) pass();
  assert.deepEqual([attempts(), waiting()], [ATTEMPTS, []]);
  revival.seen("disconnected");
  assert.equal(attempts(), ATTEMPTS + 1);
});

test("a link that was closed is not asked for", () => {
  const { revival, attempts, waiting } = make();
  revival.seen("disconnected");
  revival.seen("closed");
  assert.deepEqual([attempts(), waiting()], [1, []]);
});
