import assert from "node:assert/strict";
import test from "node:test";
import { Supervisor } from "../../src/app/supervisor.js";
import { FakeWorker } from "./fakes.js";

const runtime = { pyodide_url: "/static/pyodide/", archives: [{ url: "/a.zip", sha256: "aa" }], wheels: [], entry: "kitchen:Kitchen", kwargs: {} };
const spec = { seats: 2, actions: ["noop"], noop: 0, fps: 30, max_steps: 450, view: [600, 400], keys: {} };

function make() {
  /** @type {FakeWorker[]} */
  const workers = [];
  /** @type {any[]} */
  const heard = [];
  const supervisor = new Supervisor({
    spawn: () => {
      workers.push(new FakeWorker());
      return workers[workers.length - 1];
    },
    onMessage: (message) => heard.push(message),
  });
  return { supervisor, workers, heard };
}

test("load goes first; other commands wait for ready, in order", () => {
  const { supervisor, workers } = make();
  supervisor.post({ type: "script", actions: [1, 2] });
  supervisor.load(runtime, { testProfile: true });
  supervisor.visibility({ hidden: false, focused: true });
  supervisor.channel({ peerSeat: 0, label: "input", channel: {}, isPort: false });
  assert.deepEqual(workers[0].types(), ["load"]);
  workers[0].say({ type: "ready", spec });
  assert.deepEqual(workers[0].types(), ["load", "visibility", "script", "channel"]);
});

test("the same runtime keeps the worker, another one replaces it and is told the visibility", () => {
  const { supervisor, workers } = make();
  supervisor.visibility({ hidden: true, focused: false });
  supervisor.load(runtime, { testProfile: false });
  workers[0].say({ type: "ready", spec });
  supervisor.load({ ...runtime, archives: [{ url: "/other-name.zip", sha256: "aa" }] }, { testProfile: false });
  assert.equal(workers.length, 1);
  supervisor.load({ ...runtime, kwargs: { cooks: 3 } }, { testProfile: false });
  workers[1].say({ type: "ready", spec });
  assert.ok(workers[0].terminated);
  assert.deepEqual(workers[1].types(), ["load", "visibility"]);
});

test("a replaced worker is no longer heard", () => {
  const { supervisor, workers, heard } = make();
  supervisor.load(runtime, { testProfile: false });
  supervisor.load({ ...runtime, entry: "volley:Volley" }, { testProfile: false });
  workers[0].say({ type: "ready", spec });
  assert.equal(supervisor.state, "loading");
  assert.deepEqual(heard, []);
});

test("keys pressed while nothing can be played are not kept", () => {
  const { supervisor, workers } = make();
  supervisor.load(runtime, { testProfile: false });
  supervisor.post({ type: "keys", down: ["Space"], tapped: ["Space"] });
  workers[0].say({ type: "ready", spec });
  assert.deepEqual(workers[0].types(), ["load"]);
});

test("a crash is told like a failure, and nothing is posted any more", () => {
  const { supervisor, workers, heard } = make();
  supervisor.load(runtime, { testProfile: false });
  workers[0].crash({ message: "boom", filename: "worker.js", lineno: 3 });
  supervisor.post({ type: "stop" });
  assert.equal(supervisor.state, "failed");
  assert.deepEqual(heard, [{ type: "failed", error: { name: "WorkerError", text: "boom", trace: "worker.js:3" } }]);
  assert.deepEqual(workers[0].types(), ["load"]);
});
