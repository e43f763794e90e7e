import assert from "node:assert/strict";
import test from "node:test";
import { ClientLog, LINES_PER_S } from "../../src/app/client-log.js";
import { ERRORS_KEPT, EVENTS_KEPT, Journal } from "../../src/app/journal.js";
import { ServerPings } from "../../src/app/pings.js";
import { NoAnswer } from "../../src/app/server.js";
import { SlowPartner } from "../../src/app/slow-partner.js";

test("the journal counts on when old events leave it", () => {
  const journal = new Journal(() => 5);
  for (let index = 0; index < EVENTS_KEPT + 2; index += 1) journal.add("tick", {});
  assert.equal(journal.dropped, 2);
  assert.equal(journal.since()[0].index, 2);
  assert.deepEqual(journal.since(EVENTS_KEPT + 1), [{ tMs: 5, kind: "tick", index: EVENTS_KEPT + 1 }]);
});

test("an event of the worker keeps its own time, and errors are bounded", () => {
  const journal = new Journal(() => 5);
  journal.add("rollback", { kind: "rollback", tMs: 1, depth: 3 });
  assert.deepEqual(journal.since(), [{ tMs: 1, depth: 3, kind: "rollback", index: 0 }]);
  for (let index = 0; index < ERRORS_KEPT + 9; index += 1) journal.error("x", "y");
  assert.equal(journal.errors.length, ERRORS_KEPT);
});

test("a flood of log lines is cut to ten a second and counted", () => {
  let nowMs = 0;
  let sent = 0;
  const log = new ClientLog({ send: () => void (sent += 1), clock: () => nowMs });
  for (nowMs = 0; nowMs < 1_000; nowMs += 1) log.line("info", "x".repeat(2_000));
  assert.deepEqual([sent, log.dropped], [LINES_PER_S, 990]);
  log.line("info", "the next second");
  assert.equal(sent, LINES_PER_S + 1);
});

test("a ping without an answer is no sample", async () => {
  let nowMs = 100;
  let lost = false;
  const pings = new ServerPings({
    clock: () => nowMs,
    ask: async (event) => {
      if (lost) throw new NoAnswer(event, "lost");
      nowMs += 42;
    },
  });
  await pings.ping();
  lost = true;
  await pings.ping();
  assert.deepEqual(pings.samples, [[100, 42]]);
});

test("a frame that stands still is noticed after a while, frame 0 too", () => {
  const slow = new SlowPartner();
  assert.deepEqual([slow.seen(0, 0), slow.seen(0, 1_499), slow.seen(0, 1_500), slow.seen(1, 1_600)], [false, false, true, false]);
});
