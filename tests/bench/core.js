/**
 * What the netcode costs, in numbers: Python in WebAssembly under Node, packets and stalls of simulated matches.
 *
 * ```
 *   node tests/bench/core.js [OUT.json]        a table on stdout; medians of ROUNDS rounds, µs
 * ```
 *
 * @module
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { bootPython } from "../../client/src/game/python.js";
import { TYPE_CODES } from "../../client/src/wire/messages.js";
import { zip } from "../../client/test/support/zip.js";
import { Table } from "../../client/test/support/table.js";

const ROOT = new URL("../../", import.meta.url);
const ROUNDS = 9;
const PLAY_MS = 60_000;

/** @type {Map<string, Uint8Array>} */
const served = new Map();

/** @param {string} name @param {string} folder @param {string} prefix */
function archive(name, folder, prefix) {
  const at = new URL(folder, ROOT);
  const files = readdirSync(at).filter((file) => file.endsWith(".py"));
  const bytes = zip(files.map((file) => [`${prefix}${file}`, readFileSync(new URL(file, at))]));
  served.set(name, bytes);
  return { url: name, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const archives = [
  archive("env", "client/pyodide/src/igym_env/", "igym_env/"),
  archive("examples", "platform/examples/environments/", ""),
  archive("bench", "tests/bench/", ""),
];

/** @type {any} */
let pyodide;
await bootPython(
  { pyodideUrl: fileURLToPath(new URL("node_modules/pyodide/", ROOT)), archives, wheels: [], entry: "kitchen:Kitchen", kwargs: {} },
  {
    importModule: async (url) => {
      const module = await import(url);
      return { loadPyodide: async (/** @type {any} */ options) => (pyodide = await module.loadPyodide(options)) };
    },
    fetch: async (url) => ({ ok: true, status: 200, arrayBuffer: async () => /** @type {ArrayBuffer} */ (new Uint8Array(served.get(url) ?? []).buffer) }),
    onProgress: () => {},
  },
);

/** @param {number[]} values @param {number} share */
const quantile = (values, share) => values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;

/** @param {{seats: number, latencyMs: number, jitterMs: number, loss: number}} rule */
function match({ seats, ...rule }) {
  const table = new Table({ seed: 3, seats, maxSteps: Math.round((PLAY_MS / 1000) * 30), rule: () => rule });
  /** @type {number[]} */
  const inputs = [];
  let bytes = 0;
  const ends = table.ends.filter(({ label }) => label === "input");
  for (const { channel } of ends) {
    const send = channel.send;
    channel.send = (data) => {
      bytes += data.byteLength;
      if ((new Uint8Array(data)[0] & 31) === TYPE_CODES.input) inputs.push(data.byteLength);
      return send(data);
    };
  }
  table.run(PLAY_MS * 3);
  const stalls = Math.max(...table.seats.map((seat) => seat.match.status(seat.nowMs).stalls));
  const bytesPerSPerLink = Math.round(bytes / ends.length / (PLAY_MS / 1000));
  return { packetP50: quantile(inputs, 0.5), packetP95: quantile(inputs, 0.95), bytesPerSPerLink, stallsPerMinute: stalls };
}

const python = JSON.parse(pyodide.pyimport("pyodide_cost").measure("kitchen:Kitchen", ROUNDS));
const network = {
  "two players, RTT 100 ms, jitter 20 ms, 5 % loss": match({ seats: 2, latencyMs: 50, jitterMs: 20, loss: 0.05 }),
  "four players, RTT 50 ms, 1 % loss": match({ seats: 4, latencyMs: 25, jitterMs: 0, loss: 0.01 }),
};
const AIMS = /** @type {{[name: string]: string}} */ ({ snapshot_us: "≤ 60", snapshot_bytes: "≤ 1,536", hash_us: "≤ 20", overhead_restore_8_us: "≤ 50" });
console.log("| kitchen in Pyodide under Node | median | aim |\n|---|---|---|");
for (const [name, value] of Object.entries(python)) console.log(`| ${name} | ${Number(value).toFixed(1)} | ${AIMS[name] ?? ""} |`);
console.log("\n| simulated play, 60 s | packet p50 B (≤ 20) | p95 | B/s per link and direction (≤ 1,331) | stalls per minute |\n|---|---|---|---|---|");
for (const [name, one] of Object.entries(network)) console.log(`| ${name} | ${one.packetP50} | ${one.packetP95} | ${one.bytesPerSPerLink} | ${one.stallsPerMinute} |`);
if (process.argv[2]) writeFileSync(process.argv[2], `${JSON.stringify({ python, network }, null, 2)}\n`);
process.exit(0);
