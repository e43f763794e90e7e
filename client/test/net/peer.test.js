import assert from "node:assert/strict";
import { test } from "node:test";

import { EARLY_CANDIDATES, INPUT_LIFETIME_MS, PeerLink } from "../../src/net/peer.js";

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A connection without a browser: it remembers what was done to it. */
class Connection {
  connectionState = "new";
  signalingState = "stable";
  /** @type {any} */
  localDescription = null;
  /** @type {any} */
  remoteDescription = null;
  /** @type {any[]} */
  channels = [];
  /** @type {any[]} */
  candidates = [];
  /** @type {any} */
  ondatachannel;
  /** @type {any} */
  onicecandidate;
  /** @type {any} */
  onconnectionstatechange;

  createDataChannel(/** @type {string} */ label, /** @type {any} */ options) {
    const channel = { label, options, close: () => {} };
    this.channels.push(channel);
    return channel;
  }

  async setLocalDescription() {
    this.localDescription = { sdp: this.remoteDescription === null ? "offer-sdp" : "answer-sdp" };
  }

  async setRemoteDescription(/** @type {any} */ description) {
    if (description.sdp === "broken") throw new Error("no such description");
    this.remoteDescription = description;
  }

  async addIceCandidate(/** @type {any} */ candidate) {
    if (candidate?.candidate === "strange") throw new Error("not understood");
    this.candidates.push(candidate);
  }

  close() {
    this.connectionState = "closed";
  }
}

/** @param {{localSeat: number, peerSeat: number}} seats */
function link(seats) {
  const connection = new Connection();
  /** @type {any[]} */
  const signals = [];
  /** @type {any[]} */
  const handed = [];
  /** @type {string[]} */
  const states = [];
  const made = new PeerLink({
    ...{ ...seats, generation: 0, ice: {} },
    signal: (kind, payload) => void signals.push([kind, payload]),
    onChannel: (label, channel, isPort) => void handed.push([label, isPort]),
    onState: (state) => void states.push(state),
    connect: () => /** @type {any} */ (connection),
  });
  return { made, connection, signals, handed, states };
}

test("the lower seat makes both channels and offers; the input channel is lossy, control is not", async () => {
  const { connection, signals, handed } = link({ localSeat: 0, peerSeat: 1 });
  await settle();
  assert.deepEqual(connection.channels.map(({ label, options }) => [label, options]), [
    ["input", { ordered: false, maxPacketLifeTime: INPUT_LIFETIME_MS }],
    ["control", { ordered: true }],
  ]);
  assert.deepEqual(handed, [["input", false], ["control", false]]);
  assert.deepEqual(signals, [["offer", { type: "offer", sdp: "offer-sdp" }]]);
});

test("the higher seat answers, and takes the channels that come", async () => {
  const { made, connection, signals, handed } = link({ localSeat: 1, peerSeat: 0 });
  made.receive("offer", { type: "offer", sdp: "x" });
  await settle();
  assert.deepEqual(signals, [["answer", { type: "answer", sdp: "answer-sdp" }]]);
  let closed = 0;
  for (const label of ["control", "input", "other"]) connection.ondatachannel({ channel: { label, close: () => (closed += 1) } });
  assert.deepEqual(handed, [["control", false], ["input", false]]);
  assert.deepEqual([closed, made.counters.strangeChannels], [1, 1]);
});

test("candidates that come first wait for the description; beyond the bound they are dropped and counted", async () => {
  const { made, connection } = link({ localSeat: 1, peerSeat: 0 });
  for (let index = 0; index < EARLY_CANDIDATES + 1; index += 1) made.receive("candidate", { candidate: `c${index}` });
  await settle();
  assert.deepEqual(connection.candidates, []);
  made.receive("offer", { type: "offer", sdp: "x" });
  made.receive("end", {});
  await settle();
  assert.equal(connection.candidates.length, EARLY_CANDIDATES + 1);
  assert.deepEqual([connection.candidates[0], connection.candidates.at(-1)], [{ candidate: "c0" }, undefined]);
  assert.equal(made.counters.droppedCandidates, 1);
});

test("a candidate that is not understood, and a signal that does not fit, stop nothing", async () => {
  const { made, connection, states } = link({ localSeat: 0, peerSeat: 1 });
  made.receive("offer", { sdp: "x" });
  made.receive("answer", { sdp: "x" });
  made.receive("answer", { sdp: "y" });
  made.receive("candidate", { candidate: "strange" });
  made.receive("candidate", { candidate: "good" });
  await settle();
  assert.equal(connection.remoteDescription.sdp, "x");
  assert.deepEqual([made.counters.strangeSignals, made.counters.refusedCandidates], [2, 1]);
  assert.deepEqual(connection.candidates, [{ candidate: "good" }]);
  assert.deepEqual(states, []);
});

test("a description that cannot be used ends the negotiation and says why", async () => {
  const { made, states } = link({ localSeat: 1, peerSeat: 0 });
  made.receive("offer", { sdp: "broken" });
  await settle();
  assert.deepEqual(states, ["failed"]);
  assert.match(String(made.error), /no such description/);
});

test("each state is told once; without a path the route is unknown", async () => {
  const { made, connection, states } = link({ localSeat: 0, peerSeat: 1 });
  for (const state of ["connecting", "connected", "connected"]) {
    connection.connectionState = state;
    connection.onconnectionstatechange();
  }
  assert.deepEqual(states, ["connecting", "connected"]);
  made.close();
  assert.deepEqual(await made.route(), { route: "unknown", candidates: null });
});
