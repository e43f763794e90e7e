import assert from "node:assert/strict";
import { test } from "node:test";

import { CONTROL_BUFFER_LIMIT, INPUT_BUFFER_LIMIT, Outbound } from "../../src/game/outbound.js";
import { decode, encode } from "../../src/wire/codec.js";

/** @import { Label, PeerChannel } from "../../src/net/channel.js" */

function outbound() {
  /** @type {any[]} */
  const sent = [];
  /** @type {string[]} */
  const drops = [];
  const make = () => ({ transfer: "transferred", readyState: "open", bufferedAmount: 0, close() {}, send: (/** @type {ArrayBuffer} */ data) => sent.push(data) > 0 });
  const ends = { input: make(), control: make() };
  const channels = /** @type {Map<Label, PeerChannel>} */ (/** @type {unknown} */ (new Map(Object.entries(ends))));
  const out = new Outbound({ localSeat: 0, channels, onDrop: (reason, label) => void drops.push(`${label}: ${reason}`) });
  out.newEpoch(1);
  const messages = () => sent.map((data) => /** @type {any} */ (decode(data)).message);
  return { out, ends, drops, messages };
}

/** @param {number} count */
const inputs = (count, frame = 2) => ({
  ...{ frame, base: null, ack: 0, current: 0, advance: 0 },
  inputs: Array.from({ length: count }, () => ({ action: 1, focused: true, auto: false })),
});

test("each own input is counted once, however often it travels", () => {
  const { out, messages } = outbound();
  out.inputs(inputs(3));
  out.inputs(inputs(4));
  out.inputs(inputs(2, 5));
  assert.equal(out.inputsSent, 5);
  assert.deepEqual(messages().map(({ frame, inputs: list }) => [frame, list.length]), [[2, 3], [2, 4], [5, 2]]);
});

test("a full input channel is skipped, never queued behind", () => {
  const { out, ends, drops, messages } = outbound();
  ends.input.bufferedAmount = INPUT_BUFFER_LIMIT + 1;
  out.inputs(inputs(3));
  assert.deepEqual([drops, messages(), out.inputsSent], [["input: send-buffer"], [], 0]);
  ends.input.bufferedAmount = 0;
  out.inputs(inputs(3));
  assert.equal(messages().length, 1);
});

test("control messages wait for room, in order", () => {
  const { out, ends, messages } = outbound();
  ends.control.bufferedAmount = CONTROL_BUFFER_LIMIT + 1;
  for (const frame of [0, 1]) {
    const message = /** @type {const} */ ({ type: "state-hash", epoch: 1, frame, hash: "0123456789abcdef" });
    out.control(message, encode(message));
  }
  assert.deepEqual(messages(), []);
  ends.control.bufferedAmount = 0;
  out.flush();
  assert.deepEqual(messages().map(({ frame }) => frame), [0, 1]);
});
