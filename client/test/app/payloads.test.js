import assert from "node:assert/strict";
import test from "node:test";
import { check, fits } from "../../src/app/payloads.js";
import { REGISTRY } from "./fakes.js";

const chunk = { session_id: "s", episode: 0, seat: 0, kind: "rows", seq: 0, first_frame: 0, last_frame: 5, rows: ["{}"], sha256: "00" };

test("a payload with the right fields passes, seat and episode 0 included", () => {
  assert.deepEqual(check(REGISTRY, "C->S", "data_chunk", chunk), { ok: true });
});

test("a wrong, a missing and an unknown field are all named", () => {
  const { sha256, ...lacking } = chunk;
  const checked = check(REGISTRY, "C->S", "data_chunk", { ...lacking, rows: [1], extra: true });
  assert.ok(!checked.ok && checked.code === "bad_payload");
  for (const name of ["sha256", "rows", "extra"]) assert.match(checked.detail, new RegExp(name));
});

test("an event travels only in its direction, both ways only if it says so", () => {
  const wrong = check(REGISTRY, "S->C", "data_chunk", chunk);
  assert.equal(!wrong.ok && wrong.code, "wrong_direction");
  const signal = { session_id: "s", seat: 1, generation: 0, kind: "offer", payload: {} };
  assert.ok(check(REGISTRY, "S->C", "link_signal", signal).ok && check(REGISTRY, "C->S", "link_signal", signal).ok);
});

test("unknown events, names of Object itself and payloads that are no objects are refused", () => {
  for (const event of ["nope", "toString", "__proto__"]) {
    const checked = check(REGISTRY, "S->C", event, {});
    assert.equal(!checked.ok && checked.code, "unknown_event");
  }
  for (const payload of [null, undefined, [], "x", 3]) assert.equal(check(REGISTRY, "S->C", "event_error", payload).ok, false);
});

test("field types: integers are whole, numbers finite, optional ones may be absent", () => {
  assert.ok(fits("i", 0) && !fits("i", 0.5) && !fits("i", "0") && !fits("i", true));
  assert.ok(fits("f", 0.5) && !fits("f", Number.NaN) && !fits("f", Infinity));
  assert.ok(fits("s?", undefined) && fits("s?", null) && fits("s?", "") && !fits("s?", 1));
  assert.ok(fits("j", null) && !fits("j", undefined));
  assert.throws(() => fits("q", 1), TypeError);
});
