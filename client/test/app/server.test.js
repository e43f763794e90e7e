import assert from "node:assert/strict";
import test from "node:test";
import { ACK_TIMEOUT_MS, NoAnswer, Server, WAITING_LIMIT } from "../../src/app/server.js";
import { FakeSocket, FakeTimers, REGISTRY, settle } from "./fakes.js";

function open() {
  const socket = new FakeSocket();
  const timers = new FakeTimers();
  /** @type {any[]} */
  const hellos = [];
  /** @type {any[]} */
  const invalid = [];
  const server = new Server({
    socket,
    registry: REGISTRY,
    timers,
    hello: () => ({ participant_id: "p", page_id: "g", registry_version: 1 }),
    onHello: (ack) => hellos.push(ack),
    onInvalid: (problem) => invalid.push(problem),
  });
  server.open();
  return { socket, timers, server, hellos, invalid };
}

test("nothing but the hello leaves before the server accepted it; then everything in order", async () => {
  const { socket, server } = open();
  server.send("client_log", { level: "info", text: "one", t_ms: 1 });
  server.send("client_log", { level: "info", text: "two", t_ms: 2 });
  assert.deepEqual(socket.sent.map(({ event }) => event), ["page_hello"]);
  await socket.answer("page_hello");
  assert.deepEqual(socket.named("client_log").map(({ payload }) => payload.text), ["one", "two"]);
});

test("events kept for later are bounded: the oldest go, and are counted", async () => {
  const { socket, server } = open();
  for (let index = 0; index < WAITING_LIMIT + 3; index += 1) server.send("client_log", { level: "info", text: `${index}`, t_ms: 0 });
  await socket.answer("page_hello");
  assert.equal(socket.named("client_log").length, WAITING_LIMIT);
  assert.equal(socket.named("client_log")[0].payload.text, "3");
  assert.equal(server.counters.droppedWaiting, 3);
});

test("a request is repeated until it is answered, across a time-out and a reconnection", async () => {
  const { socket, timers, server } = open();
  await socket.answer("page_hello");
  const answered = server.request("lobby_join", { scene_id: "game" });
  await settle();
  await timers.pass(ACK_TIMEOUT_MS);
  assert.equal(socket.named("lobby_join").length, 2);
  socket.drop();
  await settle();
  socket.connect();
  await socket.answer("page_hello");
  assert.equal(socket.named("lobby_join").length, 3);
  await socket.answer("lobby_join", { ok: true, place: 0 });
  assert.deepEqual(await answered, { ok: true, place: 0 });
});

test("a single attempt fails at once while down, and when the connection goes", async () => {
  const { socket, server } = open();
  await assert.rejects(server.ask("page_ping", { seq: 1 }), NoAnswer);
  await socket.answer("page_hello");
  const pending = server.ask("page_ping", { seq: 2 });
  socket.drop();
  await assert.rejects(pending, NoAnswer);
});

test("an unanswered hello is said again on the same connection", async () => {
  const { socket, timers, server } = open();
  await timers.pass(ACK_TIMEOUT_MS);
  assert.equal(socket.named("page_hello").length, 2);
  await socket.answer("page_hello");
  assert.equal(server.phase, "up");
});

test("a refused page stays refused and its requests end", async () => {
  const { socket, server, hellos } = open();
  const refused = assert.rejects(server.request("lobby_join", { scene_id: "game" }), NoAnswer);
  await socket.answer("page_hello", { ok: false, code: "duplicate_tab" });
  await refused;
  assert.equal(server.phase, "refused");
  assert.equal(hellos[0].code, "duplicate_tab");
  assert.equal(socket.connected, false);
});

test("a connection closed by the server is opened again, but not for a refused page", async () => {
  const { socket, timers, server } = open();
  await socket.answer("page_hello");
  socket.drop("io server disconnect");
  await timers.pass(1_000);
  assert.equal(server.phase, "greeting");
  server.refuse();
  socket.drop("io server disconnect");
  await timers.pass(60_000);
  assert.equal(socket.connected, false);
});

test("an invalid event of the server is dropped and told; our own invalid payload never leaves", async () => {
  const { socket, server, invalid } = open();
  /** @type {any[]} */
  const got = [];
  server.on("lobby_state", (lobby) => got.push(lobby));
  socket.fire("lobby_state", { phase: "queued", group_size: "2" });
  socket.fire("lobby_state", { phase: "queued", group_size: 2 });
  assert.equal(got.length, 1);
  assert.equal(invalid[0].code, "bad_payload");
  assert.throws(() => server.send("client_log", { level: "info" }), /client_log/);
  assert.throws(() => server.on("lobby_state", () => {}), /already/);
});
