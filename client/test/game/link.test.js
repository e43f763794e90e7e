import assert from "node:assert/strict";
import { test } from "node:test";

import { LINK_TABLE, Link, LOST_MS } from "../../src/game/link.js";
import { encode } from "../../src/wire/codec.js";

/** @import { Label, PeerChannel } from "../../src/net/channel.js" */
/** @import { LinkEvent } from "../../src/game/link.js" */
/** @import { HelloMessage, Message } from "../../src/wire/messages.js" */

/** @type {HelloMessage} */
const HELLO = { type: "hello", epoch: 0, frame: 0, seat: 0, generation: 0, registry: 1, session: "00112233445566ff" };
const THEIRS = { ...HELLO, seat: 1 };
/** @type {Message} */
const INPUT = { type: "input", epoch: 1, frame: 2, seat: 1, ack: 2, current: 0, advance: 0, inputs: [{ action: 3, focused: true, auto: false }] };

/** @returns {PeerChannel & {sent: ArrayBuffer[]}} */
function channel() {
  /** @type {ArrayBuffer[]} */
  const sent = [];
  return { sent, transfer: "transferred", readyState: "open", bufferedAmount: 0, send: (data) => sent.push(data) > 0, close: () => {} };
}

function linked() {
  /** @type {{kind: string, [name: string]: any}[]} */
  const events = [];
  const link = new Link({ seat: 1, hello: HELLO, actions: 6, nowMs: 0, onEvent: (kind, detail) => void events.push({ kind, ...detail }) });
  const channels = { input: channel(), control: channel() };
  for (const label of /** @type {Label[]} */ (["input", "control"])) link.attach(label, channels[label], 0);
  const receive = (/** @type {Message | ArrayBuffer | unknown} */ what, /** @type {Label} */ label, epoch = 1) => {
    const data = what instanceof ArrayBuffer || typeof what !== "object" || what === null || !("type" in what) ? what : encode(/** @type {Message} */ (what));
    return link.receive(label, channels[label], { data, epoch, nowMs: 10 });
  };
  return { link, events, channels, receive };
}

test("a message of the episode comes through, once the peer has greeted", () => {
  const { receive, link } = linked();
  assert.equal(receive(INPUT, "input"), null);
  assert.deepEqual(link.dropped, { stranger: 1 });
  receive(THEIRS, "control");
  assert.deepEqual(receive(INPUT, "input"), INPUT);
});

/** @param {Message} message @param {(bytes: Uint8Array) => void} change */
function altered(message, change) {
  const bytes = new Uint8Array(encode(message)).slice();
  change(bytes);
  return bytes.buffer;
}

/** @type {Message} */
const STATE_HASH = { type: "state-hash", epoch: 1, frame: 0, hash: "0123456789abcdef" };

/** @param {ArrayBuffer} bytes */
const longer = (bytes) => new Uint8Array([...new Uint8Array(bytes), 0]).buffer;

/** @type {[string, string, any, Label][]} */
const NONSENSE = [
  ["nothing at all", "short", new ArrayBuffer(0), "input"],
  ["three bytes", "short", new ArrayBuffer(3), "input"],
  ["text instead of bytes", "type", "hello", "input"],
  ["another protocol version", "version", altered(INPUT, (bytes) => (bytes[0] ^= 0x80)), "input"],
  ["an unknown type", "type", altered(INPUT, (bytes) => (bytes[0] |= 31)), "input"],
  ["a flipped bit", "crc", altered(INPUT, (bytes) => (bytes[bytes.length - 1] ^= 1)), "input"],
  ["a hash that lacks a byte", "short", encode(STATE_HASH).slice(0, 12), "control"],
  ["a hash with a byte too many", "length", longer(encode(STATE_HASH)), "control"],
  ["the wrong channel", "channel", INPUT, "control"],
  ["another seat's input", "seat", { ...INPUT, seat: 2 }, "input"],
  ["an old episode", "epoch", { ...INPUT, epoch: 0 }, "input"],
  ["a later episode on the lossy channel", "epoch", { ...INPUT, epoch: 2 }, "input"],
  ["an action that does not exist", "action", { ...INPUT, inputs: [{ action: 6, focused: true, auto: false }] }, "input"],
  ["an answer to no ping", "pong", { type: "pong", epoch: 1, frame: 0, sentMs: 77 }, "input"],
];

for (const [name, reason, data, label] of NONSENSE) {
  test(`${name} is a counted drop and nothing else`, () => {
    const { link, events, receive } = linked();
    receive(THEIRS, "control");
    assert.equal(receive(data, label), null);
    assert.deepEqual(link.dropped, { [reason]: 1 });
    assert.deepEqual(events.filter(({ kind }) => kind === "packet-dropped"), [{ kind: "packet-dropped", seat: 1, label, reason, count: 1 }]);
    assert.deepEqual(receive(INPUT, "input"), INPUT, "the link goes on");
  });
}

test("a flood of nonsense does not become a flood of events", () => {
  const { link, events, receive } = linked();
  for (let index = 0; index < 1000; index += 1) receive(new ArrayBuffer(2), "input");
  assert.deepEqual(link.dropped, { short: 1000 });
  assert.deepEqual(events.filter(({ kind }) => kind === "packet-dropped").map(({ count }) => count), [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
});

for (const [field, value] of Object.entries({ session: "ff112233445566ff", generation: 1, registry: 2 })) {
  test(`a peer with another ${field} is refused`, () => {
    const { link, events, receive } = linked();
    receive({ ...THEIRS, [field]: value }, "control");
    assert.equal(link.state, "refused");
    assert.equal(events.find(({ kind }) => kind === "link-refused")?.field, field);
    assert.equal(receive(INPUT, "input"), null);
  });
}

test("a control message of the next episode waits for it", () => {
  const { link, receive } = linked();
  receive(THEIRS, "control");
  /** @type {Message} */
  const ready = { type: "ready", epoch: 2, frame: 0, seat: 1, hash: "0123456789abcdef" };
  assert.equal(receive(ready, "control"), null);
  assert.deepEqual(link.takeEarly(), [ready]);
  assert.deepEqual(link.takeEarly(), []);
});

test("a link is live after three echoes, lost after silence, and live again when something is heard", () => {
  const { link, receive, events } = linked();
  receive(THEIRS, "control");
  for (const nowMs of [0, 100, 200]) {
    link.step(nowMs, { epoch: 1, frame: 0 });
    receive({ type: "pong", epoch: 1, frame: 0, sentMs: nowMs }, "input");
  }
  assert.equal(link.state, "live");
  link.step(10 + LOST_MS + 1000, { epoch: 1, frame: 0 });
  assert.equal(link.state, "lost");
  receive(INPUT, "input");
  assert.equal(link.state, "live");
  assert.deepEqual(events.map(({ kind }) => kind).filter((kind) => kind.startsWith("link-")), ["link-live", "link-lost", "link-back"]);
});

test("what the table of states lists, and that nothing leads out of an end", () => {
  /** @type {LinkEvent[]} */
  const all = ["opened", "validated", "silent", "heard", "shut", "stranger"];
  const known = Object.entries(LINK_TABLE).flatMap(([state, row]) => all.filter((event) => row[event] !== undefined).map((event) => `${state}-${event}`));
  assert.deepEqual(known, [
    ...["connecting-opened", "connecting-shut", "connecting-stranger", "open-validated", "open-shut", "open-stranger"],
    ...["live-silent", "live-shut", "live-stranger", "lost-heard", "lost-shut", "lost-stranger"],
  ]);
});
