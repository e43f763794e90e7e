import assert from "node:assert/strict";
import { test } from "node:test";

import { EARLY_CANDIDATES, INPUT_LIFETIME_MS, PeerLink } from "../../src/net/peer.js";
import { ATTEMPTS } from "../../src/net/revival.js";

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

  restarts = 0;

  async setLocalDescription() {
    const answer = this.signalingState === "have-remote-offer";
    this.localDescription = { sdp: answer ? "answer-sdp" : "offer-sdp" };
    this.signalingState = answer ? "stable" : "have-local-offer";
  }

  async setRemoteDescription(/** @type {any} */ description) {
    if (description.sdp === "broken") throw new Error("no such description");
    this.remoteDescription = description;
    this.signalingState = description.type === "offer" ? "have-remote-offer" : "stable";
  }

  restartIce() {
    this.restarts += 1;
  }

  /** @param {string} state */
  turn(state) {
    this.connectionState = state;
    this.onconnectionstatechange();
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
  /** @type {(() => void)[]} */
  let timers = [];
  const made = new PeerLink({
    ...{ ...seats, generation: 0, ice: {} },
    signal: (kind, payload) => void signals.push([kind, payload]),
    onChannel: (label, channel, isPort) => void handed.push([label, isPort]),
    onState: (state) => void states.push(state),
    after(_ms, run) {
      timers.push(run);
      return () => void (timers = timers.filter((other) => other !== run));
    },
    connect: () => /** @type {any} */ (connection),
  });
  const pass = () => timers.splice(0).forEach((run) => run());
  return { made, connection, signals, handed, states, pass };
}

test("the lower seat makes both channels and offers; the input channel is lossy, control is not", async () => {
  const { connection, signals, handed } = link({ localSeat: 0, peerSeat: 1 });
  await settle();
  assert.deepEqual(connection.channels.map(({ label, options }) => [label, options]), [
    ["input", { ordered: false, maxPacketLifeTime: INPUT_LIFETIME_MS }],
    ["control", { ordered: true }],
  ]);
  assert.deepEqual(handed, [["input", false], ["control", false]]);
  assert.deepEqual(signals, [["offer", { type: "offer", sdp: "offer-sdp", number: 0 }]]);
});

test("the higher seat answers, and takes the channels that come", async () => {
  const { made, connection, signals, handed } = link({ localSeat: 1, peerSeat: 0 });
  made.receive("offer", { type: "offer", sdp: "x", number: 0 });
  await settle();
  assert.deepEqual(signals, [["answer", { type: "answer", sdp: "answer-sdp", number: 0 }]]);
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
  made.receive("offer", { type: "offer", sdp: "x", number: 0 });
  made.receive("end", {});
  await settle();
  assert.equal(connection.candidates.length, EARLY_CANDIDATES + 1);
  assert.deepEqual([connection.candidates[0], connection.candidates.at(-1)], [{ candidate: "c0" }, undefined]);
  assert.equal(made.counters.droppedCandidates, 1);
});

test("a candidate that is not understood, and a signal that does not fit, stop nothing", async () => {
  const { made, connection, states } = link({ localSeat: 0, peerSeat: 1 });
  made.receive("offer", { sdp: "x", number: 1 });
  made.receive("answer", { sdp: "x", number: 0 });
  made.receive("answer", { sdp: "y", number: 0 });
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
  made.receive("offer", { sdp: "broken", number: 0 });
  await settle();
  assert.deepEqual(states, ["failed"]);
  assert.match(String(made.error), /no such description/);
});

test("each state is told once; without a path the route is unknown", async () => {
  const { made, connection, states } = link({ localSeat: 0, peerSeat: 1 });
  for (const state of ["connecting", "connected", "connected"]) connection.turn(state);
  assert.deepEqual(states, ["connecting", "connected"]);
  made.close();
  assert.deepEqual(await made.route(), { route: "unknown", candidates: null });
});

test("the lower seat offers a restart when the path is lost, and again while it stays away", async () => {
  const { made, connection, signals, states, pass, handed } = link({ localSeat: 0, peerSeat: 1 });
  await settle();
  made.receive("answer", { sdp: "x", number: 0 });
  await settle();
  for (const state of ["connected", "disconnected", "failed"]) connection.turn(state);
  await settle();
  pass();
  await settle();
  assert.deepEqual(signals.map(([kind, { number }]) => [kind, number]), [["offer", 0], ["offer", 1], ["offer", 2]]);
  assert.deepEqual([connection.restarts, made.counters.restarts], [2, 2]);
  connection.turn("connected");
  pass();
  await settle();
  assert.equal(connection.restarts, 2);
  assert.deepEqual(states, ["connected", "disconnected", "failed", "restarting", "restarting", "connected"]);
  assert.equal(handed.length, 2); // the same two channels go on
});

test("the answer to an older offer is dropped: it names candidates that nobody waits for", async () => {
  const { made, connection, pass } = link({ localSeat: 0, peerSeat: 1 });
  await settle();
  made.receive("answer", { sdp: "first", number: 0 });
  await settle();
  connection.turn("disconnected");
  await settle();
  pass();
  await settle();
  made.receive("answer", { sdp: "late", number: 1 });
  made.receive("answer", { sdp: "right", number: 2 });
  await settle();
  assert.equal(connection.remoteDescription.sdp, "right");
  assert.equal(made.counters.strangeSignals, 1);
});

test("an offer without an answer is sent again, and an answer to either sending will do", async () => {
  for (const number of [0, 1]) {
    const { made, connection, signals, pass } = link({ localSeat: 0, peerSeat: 1 });
    await settle();
    pass();
    assert.deepEqual(signals, [0, 1].map((sent) => ["offer", { type: "offer", sdp: "offer-sdp", number: sent }]));
    for (const sdp of ["right", "again"]) made.receive("answer", { sdp, number });
    await settle();
    pass();
    assert.deepEqual([signals.length, connection.remoteDescription.sdp, connection.restarts], [2, "right", 0]);
    assert.deepEqual([made.counters.repeatedOffers, made.counters.strangeSignals], [1, 1]);
  }
});

test("an offer that nobody ever answers is not sent for ever, nor after the end", async () => {
  const { signals, pass } = link({ localSeat: 0, peerSeat: 1 });
  await settle();
  for (let time = 0; time < 3 * ATTEMPTS; time += 1) pass();
  assert.equal(signals.length, 1 + ATTEMPTS);
  const other = link({ localSeat: 0, peerSeat: 1 });
  await settle();
  other.made.close();
  other.pass();
  assert.equal(other.signals.length, 1);
});

test("the higher seat asks for the restart, answers it, and an offer that came twice is dropped", async () => {
  const { made, connection, signals } = link({ localSeat: 1, peerSeat: 0 });
  made.receive("offer", { sdp: "x", number: 0 });
  await settle();
  connection.turn("disconnected");
  for (const number of [1, 1]) made.receive("offer", { sdp: "y", number });
  await settle();
  assert.deepEqual(signals.map(([kind, { number }]) => [kind, number]), [["answer", 0], ["restart", undefined], ["answer", 1]]);
  assert.deepEqual([connection.restarts, made.counters.strangeSignals], [0, 1]);
});

test("a restart that was asked for is offered once; who tries already needs no asking", async () => {
  const { made, connection, states } = link({ localSeat: 0, peerSeat: 1 });
  await settle();
  made.receive("answer", { sdp: "x", number: 0 });
  await settle();
  connection.turn("connected");
  made.receive("restart", {});
  await settle();
  made.receive("answer", { sdp: "y", number: 1 });
  await settle();
  assert.deepEqual(states, ["connected", "restarting", "connected"]);
  connection.turn("disconnected");
  made.receive("restart", {});
  await settle();
  assert.equal(connection.restarts, 2);
});

test("a link that is closed, or whose negotiation broke, tries nothing more", async () => {
  for (const end of [(/** @type {any} */ made) => made.close(), (/** @type {any} */ made) => made.receive("answer", { sdp: "broken", number: 1 })]) {
    const { made, connection, pass } = link({ localSeat: 0, peerSeat: 1 });
    await settle();
    made.receive("answer", { sdp: "x", number: 0 });
    await settle();
    connection.turn("disconnected");
    await settle();
    end(made);
    await settle();
    pass();
    await settle();
    assert.equal(connection.restarts, 1);
  }
});
