import assert from "node:assert/strict";
import test from "node:test";
import { Page } from "../../src/app/page.js";
import { FakeSocket, FakeTimers, FakeWorker, REGISTRY, settle } from "./fakes.js";

const runtime = { pyodide_url: "/p/", archives: [], wheels: [], entry: "kitchen:Kitchen", kwargs: {} };
const spec = { seats: 2, actions: ["noop", "up"], noop: 0, fps: 30, max_steps: 450, view: [600, 400], keys: { ArrowUp: "up" } };
const pageScene = { scene_id: "instructions", kind: "page", index: 0, total: 3, config: { title: "Hello", paragraphs: ["a"] } };
const gameScene = { scene_id: "game", kind: "game", index: 1, total: 3, config: { title: "Game", runtime } };
const thanksScene = { scene_id: "thanks", kind: "thanks", index: 2, total: 3, config: { title: "Bye", completion_code: "C" } };
const session = { session_id: "s", seat: 0, seats: 2, keys: {}, ice: {}, profile: "test" };
const cut = { session_id: "s", reason: "disconnected", outcome: "partner_disconnected", message: "", next: "stay" };

async function open() {
  const socket = new FakeSocket();
  const timers = new FakeTimers();
  const worker = new FakeWorker();
  /** @type {import("../../src/app/types.js").View[]} */
  const views = [];
  let links = 0;
  let tested = 0;
  const page = new Page({
    ...{ socket, timers, registry: REGISTRY, registryVersion: 1, participantId: "p", pageId: "abcdef01", tabId: "t1" },
    clock: () => timers.nowMs,
    spawnWorker: () => worker,
    createLink: () => {
      links += 1;
      return { receive() {}, route() {}, close: () => void (links -= 1) };
    },
    render: (view) => void views.push(view),
    draw: () => {},
    onTestProfile: () => void (tested += 1),
  });
  page.start();
  await socket.answer("page_hello", { ok: true, stage: "ARRIVED", resumed: false, runtime, profile: "test" });
  const shown = () => views[views.length - 1];
  return { socket, timers, worker, page, shown, state: () => shown().state, links: () => links, tested: () => tested };
}

/** A page that plays. */
async function playing() {
  const all = await open();
  all.worker.say({ type: "ready", spec });
  all.socket.fire("scene_activate", gameScene);
  await settle();
  await all.socket.answer("lobby_join");
  all.socket.fire("session_assigned", session);
  all.worker.say({ type: "countdown", seconds: 3 });
  all.worker.say({ type: "status", status: { state: "playing", episode: 0, frame: 0 } });
  return all;
}

test("the environment loads behind the instructions; the game is joined only when it is ready", async () => {
  const { socket, worker, page, state, tested } = await open();
  assert.deepEqual(worker.types(), ["load"]);
  socket.fire("scene_activate", pageScene);
  assert.equal(state(), "instructions");
  void page.proceed();
  await settle();
  await socket.answer("scene_advance");
  socket.fire("scene_activate", gameScene);
  assert.equal(state(), "loading");
  assert.equal(socket.named("lobby_join").length, 0);
  worker.say({ type: "ready", spec });
  await settle();
  assert.equal(state(), "waiting");
  assert.equal(socket.named("lobby_join").length, 1);
  assert.equal(tested(), 1);
});

test("a double click on Continue asks once", async () => {
  const { socket, page } = await open();
  socket.fire("scene_activate", pageScene);
  void page.proceed();
  void page.proceed();
  await settle();
  assert.equal(socket.named("scene_advance").length, 1);
});

test("a session leads over the countdown into play and on to the next scene", async () => {
  const { socket, worker, shown, state, links } = await playing();
  assert.equal(state(), "playing");
  assert.deepEqual(shown().keys, { ArrowUp: "up" }, "the environment's own keys where the session has none");
  assert.equal(links(), 1);
  assert.ok(worker.types().includes("session"));
  worker.say({ type: "finished" });
  assert.equal(shown().note, "saving");
  socket.fire("session_end", { ...cut, reason: "completed", outcome: "completed", next: "advance" });
  assert.equal(state(), "playing");
  socket.fire("scene_activate", thanksScene);
  assert.equal(state(), "finished");
  assert.equal(links(), 0);
});

test("chunks are uploaded under the session's name and the worker is told", async () => {
  const { socket, worker, page } = await playing();
  worker.say({ type: "chunk", kind: "rows", episode: 0, seq: 0, firstFrame: 0, lastFrame: 5, rows: ["{}"], sha256: "x" });
  await settle();
  assert.equal(socket.named("data_chunk")[0].payload.session_id, "s");
  await socket.answer("data_chunk", { ok: true, stored_upto: 0 });
  assert.deepEqual(worker.posted.at(-1), { type: "uploaded", episode: 0, seq: 0 });
  const { sessionId, episode, seat, seq, sha256 } = /** @type {any} */ (page.journal.since().find((event) => event.kind === "chunk-stored"));
  assert.deepEqual([sessionId, episode, seat, seq, sha256], ["s", 0, 0, 0, "x"]);
});

test("a partner who is gone ends the game in place; nothing moves on by itself", async () => {
  const { socket, worker, page, state, links } = await playing();
  socket.fire("session_end", cut);
  assert.equal(state(), "partner-left");
  assert.equal(links(), 0);
  assert.equal(worker.posted.at(-1).type, "partner-left");
  worker.say({ type: "status", status: { state: "playing", episode: 0, frame: 9 } });
  socket.fire("scene_activate", thanksScene);
  await page.proceed();
  assert.equal(state(), "partner-left");
});

test("who is not heard is waited for on the screen while predicted frames go on, and the page remembers when it said so", async () => {
  const { worker, page, shown } = await playing();
  const play = (/** @type {number} */ frame) => worker.say({ type: "status", status: { state: "playing", episode: 0, frame } });
  const notes = () => page.journal.since().flatMap(({ kind, note }) => (kind === "note" ? [note] : []));
  worker.say({ type: "event", event: { kind: "link-lost", tMs: 1, seat: 1, silentMs: 1_600 } });
  play(1);
  assert.equal(shown().note, "partner-slow");
  worker.say({ type: "event", event: { kind: "link-back", tMs: 2, seat: 1, silentMs: 1_900 } });
  play(2);
  assert.equal(shown().note, "none");
  assert.deepEqual(notes(), ["partner-slow", "none"]);
});

test("an end that is told again after a reconnection is heard once", async () => {
  const { socket, page, state } = await playing();
  socket.fire("session_end", { ...cut, next: "advance" });
  socket.fire("scene_activate", thanksScene);
  await page.proceed();
  socket.fire("session_end", { ...cut, next: "advance" });
  assert.equal(state(), "finished");
  assert.deepEqual(page.journal.errors, []);
});

test("where a scene may follow, the participant goes on by a button", async () => {
  const { socket, page, shown, state } = await playing();
  socket.fire("session_end", { ...cut, next: "advance" });
  socket.fire("scene_activate", thanksScene);
  assert.deepEqual([state(), shown().more], ["partner-left", true]);
  await page.proceed();
  assert.equal(state(), "finished");
});

test("a reconnection during play that repeats the scene changes nothing", async () => {
  const { socket, timers, shown, state, links } = await playing();
  socket.drop();
  await timers.pass(2_000);
  assert.ok(shown().offline);
  socket.connect();
  await socket.answer("page_hello", { ok: true, stage: "IN_SESSION", resumed: true, runtime, profile: "test" });
  socket.fire("scene_activate", gameScene);
  assert.deepEqual([state(), links(), shown().offline], ["playing", 1, false]);
  assert.equal(socket.named("lobby_join").length, 1);
});

test("a failing environment is an error with a reference, and the others are told", async () => {
  const { socket, worker, shown, state } = await playing();
  worker.say({ type: "failed", error: { name: "ValueError", text: "bad", trace: "" } });
  await settle();
  assert.equal(state(), "error");
  assert.equal(shown().error?.reference, "R-ABCDEF");
  assert.match(socket.named("client_log").at(-1)?.payload.text, /R-ABCDEF.*ValueError/);
  assert.equal(socket.named("session_leave")[0].payload.reason, "runtime_error");
});

test("a page the server does not want shows why and stops", async () => {
  const { socket, shown, state } = await open();
  socket.fire("page_rejected", { code: "duplicate_tab", message: "Open elsewhere." });
  assert.deepEqual([state(), shown().error?.message, socket.connected], ["error", "Open elsewhere.", false]);
});

test("an event that does not fit the state is refused, logged and changes nothing", async () => {
  const { socket, state, page } = await open();
  socket.fire("scene_activate", pageScene);
  socket.fire("session_assigned", session);
  assert.equal(state(), "instructions");
  assert.equal(page.game.session, null);
  assert.equal(page.snapshot().errors.at(-1)?.kind, "refused-transition");
});
