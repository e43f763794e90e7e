import assert from "node:assert/strict";
import test from "node:test";
import { NoAnswer } from "../../src/app/server.js";
import { FIRST_RETRY_MS, Outbox, PENDING_LIMIT, REFUSAL_LIMIT, STORED_LIMIT, UNAVAILABLE, WINDOW } from "../../src/app/uploads.js";
import { FakeTimers, settle } from "./fakes.js";

/** @param {number} seq @param {number} [episode] @returns {import("../../src/app/uploads.js").Parcel} */
const chunk = (seq, episode = 0) => ({
  event: "data_chunk",
  payload: { session_id: "s", episode, seat: 0, kind: "rows", seq, first_frame: seq, last_frame: seq, rows: ["{}"], sha256: "" },
});

/** @param {number} [episode] @returns {import("../../src/app/uploads.js").Parcel} */
const seal = (episode = 0) => ({
  event: "episode_seal",
  payload: {
    ...{ session_id: "s", episode, seat: 0, end_frame: 9, rows: 9, chunks: 9 },
    ...{ input_hash: "", state_hash: "", verified: true, reason: "", stats: {} },
  },
});

/** @param {(event: string, payload: any, attempt: number) => any} answer  an ack, or null for none */
function outbox(answer) {
  const timers = new FakeTimers();
  /** @type {string[]} */
  const sent = [];
  /** @type {string[]} */
  const stored = [];
  /** @type {string[]} */
  const givenUp = [];
  const nameOf = (/** @type {any} */ payload) => (payload.seq === undefined ? `seal${payload.episode}` : `${payload.episode}.${payload.seq}`);
  const box = new Outbox({
    after: timers.after,
    ask: async (event, payload) => {
      sent.push(nameOf(payload));
      await settle();
      const ack = answer(event, payload, sent.length);
      if (ack === null) throw new NoAnswer(event, "lost");
      return ack;
    },
    onStored: ({ payload }) => stored.push(nameOf(payload)),
    onGivenUp: ({ payload }, code) => givenUp.push(`${nameOf(payload)} ${code}`),
  });
  return { box, timers, sent, stored, givenUp };
}

test("parcels travel in order and the seal waits for its chunks", async () => {
  const { box, timers, sent, stored } = outbox(() => ({ ok: true, missing: [] }));
  for (const parcel of [chunk(0), chunk(1), seal(), chunk(0, 1)]) box.add(parcel);
  assert.deepEqual(sent, ["0.0", "0.1"]);
  for (let round = 0; round < 4; round += 1) await settle();
  await timers.pass(10);
  assert.deepEqual(sent, ["0.0", "0.1", "seal0", "1.0"]);
  assert.deepEqual(stored, sent);
  assert.equal(box.pending, 0);
});

test("what got no answer travels again, oldest first, after a growing pause", async () => {
  const { box, timers, sent, stored } = outbox((_event, _payload, attempt) => (attempt <= 4 ? null : { ok: true }));
  box.add(chunk(0));
  box.add(chunk(1));
  await settle();
  await settle();
  assert.deepEqual(sent, ["0.0", "0.1"]);
  await timers.pass(FIRST_RETRY_MS);
  assert.deepEqual(sent.slice(2), ["0.0", "0.1"]);
  await settle();
  await timers.pass(FIRST_RETRY_MS);
  assert.equal(sent.length, 4, "the second pause is longer");
  await timers.pass(FIRST_RETRY_MS);
  await settle();
  assert.deepEqual(sent.slice(4), ["0.0", "0.1"]);
  assert.deepEqual(stored, ["0.0", "0.1"]);
});

test("a connection that is back ends the pause", async () => {
  const { box, sent } = outbox((_event, _payload, attempt) => (attempt === 1 ? null : { ok: true }));
  box.add(chunk(0));
  await settle();
  await settle();
  box.online();
  assert.deepEqual(sent, ["0.0", "0.0"]);
  await settle();
});

test("a parcel that is already known is dropped and counted", async () => {
  const { box, sent } = outbox(() => ({ ok: true }));
  assert.ok(box.add(chunk(0)));
  assert.ok(box.add(chunk(0)));
  await settle();
  await settle();
  assert.ok(box.add(chunk(0)), "also after it was stored");
  assert.deepEqual(sent, ["0.0"]);
  assert.equal(box.counters.duplicates, 2);
});

test("chunks that the server lacks are sent again, then the seal; after it nothing is held", async () => {
  let asked = 0;
  const { box, timers, sent } = outbox((event) => {
    if (event !== "episode_seal") return { ok: true };
    asked += 1;
    return { ok: true, missing: asked === 1 ? [1] : [] };
  });
  for (const parcel of [chunk(0), chunk(1), seal()]) box.add(parcel);
  for (let round = 0; round < 12; round += 1) await settle();
  await timers.pass(10_000);
  assert.deepEqual(sent, ["0.0", "0.1", "seal0", "0.1", "seal0"]);
  assert.equal(box.held, 0);
});

test("at most WINDOW chunks are under way", () => {
  const { box, sent } = outbox(() => ({ ok: true }));
  for (let seq = 0; seq < WINDOW + 5; seq += 1) box.add(chunk(seq));
  assert.equal(sent.length, WINDOW);
});

test("a store that cannot write now is asked until it can: nothing is given up", async () => {
  const full = REFUSAL_LIMIT * 2;
  const { box, timers, stored, givenUp } = outbox((_event, _payload, attempt) => (attempt <= full ? { ok: false, code: UNAVAILABLE } : { ok: true }));
  box.add(chunk(0));
  for (let round = 0; round < full * 2; round += 1) await timers.pass(5_000).then(settle);
  assert.deepEqual([stored, givenUp, box.pending, box.counters.refused], [["0.0"], [], 0, 0]);
});

test("a refusal is repeated a bounded number of times and then told", async () => {
  const { box, timers, sent, givenUp } = outbox((_event, payload) => (payload.seq === 0 ? { ok: false, code: "digest" } : { ok: true }));
  box.add(chunk(0));
  box.add(chunk(1));
  for (let round = 0; round < 20; round += 1) await timers.pass(10_000).then(settle);
  assert.equal(sent.filter((name) => name === "0.0").length, REFUSAL_LIMIT);
  assert.deepEqual(givenUp, ["0.0 digest"]);
  assert.equal(box.pending, 0);
});

test("the outbox is bounded, and what is stored does not pile up", async () => {
  const full = outbox(() => null);
  for (let seq = 0; seq < PENDING_LIMIT; seq += 1) full.box.add(chunk(seq));
  assert.equal(full.box.add(chunk(PENDING_LIMIT)), false);
  const flowing = outbox(() => ({ ok: true }));
  for (let seq = 0; seq < STORED_LIMIT + 100; seq += 1) flowing.box.add(chunk(seq));
  while (flowing.box.pending > 0) await settle();
  assert.equal(flowing.box.held, STORED_LIMIT);
});
