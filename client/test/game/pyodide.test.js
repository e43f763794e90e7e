import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { Host } from "../../src/game/host.js";
import { bootPython, failureOf, startPyodide } from "../../src/game/python.js";
import { zip } from "../support/zip.js";

/** The real Pyodide under Node: the same WebAssembly as in the browser. */

const ROOT = new URL("../../../", import.meta.url);
const PYODIDE = fileURLToPath(new URL("node_modules/pyodide/", ROOT));
const IGYM_ENV = new URL("client/pyodide/src/igym_env/", ROOT);
const EXAMPLES = new URL("platform/examples/environments/", ROOT);
const CHAINS = JSON.parse(readFileSync(new URL("tests/vectors/sync-test.json", ROOT), "utf8"));
const FRAMES = 2000;

/** @type {Map<string, Uint8Array>} url -> file */
const served = new Map();
/** @type {any} */
let pyodide;

/** @param {string} url @param {URL} folder @param {string} prefix */
function serve(url, folder, prefix) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".py"));
  const bytes = zip(names.map((name) => [`${prefix}${name}`, readFileSync(new URL(name, folder))]));
  served.set(url, bytes);
  return { url, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const archives = [serve("/env.zip", IGYM_ENV, "igym_env/"), serve("/examples.zip", EXAMPLES, "")];

const parts = {
  importModule: async (/** @type {string} */ url) => {
    const module = await import(url);
    return {
      loadPyodide: async (/** @type {any} */ options) => {
        pyodide = await module.loadPyodide(options);
        return pyodide;
      },
    };
  },
  fetch: async (/** @type {string} */ url) => {
    const found = served.get(url);
    const arrayBuffer = async () => /** @type {ArrayBuffer} */ (new Uint8Array(found ?? []).buffer);
    return { ok: found !== undefined, status: found === undefined ? 404 : 200, arrayBuffer };
  },
  onProgress: (/** @type {{stage: string}} */ { stage }) => void stages.push(stage),
};
/** @type {string[]} */
const stages = [];
const runtime = { pyodideUrl: PYODIDE, archives, wheels: [], entry: "kitchen:Kitchen", kwargs: {} };
/** @type {Host} */
let host;

before(async () => {
  host = new Host(await bootPython(runtime, parts));
});

test("Python starts with fixed hashes, and says how far it is", () => {
  assert.equal(pyodide.pyimport("sys").flags.hash_randomization, 0);
  assert.deepEqual([...new Set(stages)], ["runtime", "packages", "environment"]);
});

test("a runtime whose hashes are random is refused", async () => {
  const random = { pyimport: () => ({ flags: { hash_randomization: 1 } }) };
  const importModule = async () => ({ loadPyodide: async () => random });
  await assert.rejects(startPyodide(PYODIDE, { importModule }), /hashes are random/);
});

test("the host describes its environment, steps it, and hands rows out as text", () => {
  assert.deepEqual([host.spec.seats, host.spec.fps, host.spec.max_steps], [2, 30, 450]);
  const { hash } = host.start({ seed: host.episodeSeed({ seed: 12345, sceneId: "kitchen", episode: 2 }), episode: 2, max_steps: null });
  assert.match(hash, /^[0-9a-f]{16}$/);
  const input = { action: 1, focused: true, auto: false };
  const { ended, rows, display } = host.run(
    [{ kind: "advance", frame: 0, inputs: [input, input], status: ["confirmed", "confirmed"] }, { kind: "save", frame: 1 }, { kind: "final", frame: 0 }],
    { display: true },
  );
  assert.deepEqual(ended, [false]);
  assert.equal(typeof rows[0].row, "string");
  assert.equal(JSON.parse(rows[0].row).state_hash, rows[0].hash);
  assert.ok(display !== null && display.length > 0);
});

test("the seed of an episode is the one that Python derives", () => {
  assert.equal(host.episodeSeed({ seed: 12345, sceneId: "kitchen", episode: 2 }), 0xee6e6ac5);
  assert.equal(pyodide.pyimport("igym_env.seeds").episode_seed(12345, "kitchen", 2), 0xee6e6ac5);
});

for (const entry of Object.keys(CHAINS)) {
  test(`${entry}: every one of ${FRAMES} frames rolled back, equal, and equal to what CPython computes`, () => {
    const result = JSON.parse(pyodide.pyimport("igym_env.sync_test").run(entry, FRAMES, 1));
    assert.equal(result.ok, true, JSON.stringify(result));
    assert.equal(result.frames, FRAMES);
    assert.equal(result.chain, CHAINS[entry]);
  });
}

test("an environment without set_state is refused by name", () => {
  const create = () => pyodide.pyimport("igym_env.host").create("json:JSONDecoder", "{}");
  assert.throws(create, (/** @type {any} */ error) => {
    const failure = failureOf(error);
    assert.equal(failure.name, "ContractError");
    assert.match(failure.text, /set_state is missing: add `def set_state/);
    assert.match(failure.trace, /Traceback/);
    return true;
  });
});

test("an archive that is not the one that was named is refused", async () => {
  const wrong = { ...runtime, archives: [{ ...archives[0], sha256: "0".repeat(64) }] };
  await assert.rejects(bootPython(wrong, parts), /its SHA-256 is .* expected 0000/);
  const missing = { ...runtime, archives: [{ ...archives[0], url: "/nowhere.zip" }] };
  await assert.rejects(bootPython(missing, parts), /nowhere.zip: the server answered 404/);
});
