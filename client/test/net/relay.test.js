import assert from "node:assert/strict";
import { test } from "node:test";

import { overPort } from "../../src/net/channel.js";
import { relay } from "../../src/net/relay.js";

/** Two ends of a MessageChannel that deliver at once. */
function ports() {
  /** @type {any[]} */
  const ends = [0, 1].map(() => ({ onmessage: null, close() {} }));
  ends.forEach((end, side) => {
    end.postMessage = (/** @type {any} */ data) => ends[1 - side].onmessage?.({ data });
  });
  return ends;
}

function joined() {
  const [page, worker] = ports();
  /** @type {any} */
  const channel = { readyState: "connecting", bufferedAmount: 0, sent: [], send: (/** @type {ArrayBuffer} */ data) => channel.sent.push(data), close() {} };
  /** @type {any[]} */
  const heard = [];
  const end = overPort(worker, { message: (data) => void heard.push(data), state: (state) => void heard.push(state) });
  relay(channel, page);
  return { channel, end, heard };
}

test("states and data come through in both directions", () => {
  const { channel, end, heard } = joined();
  assert.equal(end.send(new ArrayBuffer(1)), false);
  channel.readyState = "open";
  channel.onopen();
  const data = new ArrayBuffer(8);
  assert.equal(end.send(data), true);
  assert.deepEqual(channel.sent, [data]);
  channel.onmessage({ data });
  channel.readyState = "closed";
  channel.onclose();
  assert.deepEqual(heard, ["connecting", "open", data, "closed"]);
  assert.equal(end.send(data), false);
  assert.equal(end.transfer, "relayed");
});

test("what is buffered in the page counts", () => {
  const { channel, end } = joined();
  channel.readyState = "open";
  channel.onopen();
  channel.bufferedAmount = 500;
  end.send(new ArrayBuffer(8));
  assert.equal(end.bufferedAmount, 500);
  channel.bufferedAmount = 0;
  channel.onbufferedamountlow();
  assert.equal(end.bufferedAmount, 0);
});
