/**
 * Plays confirmed inputs again, without network and clock, in the same WebAssembly Python as the browsers, under Node (CERT-01).
 *
 * ```
 *   node certify.js SPEC.json OUT.json
 *   SPEC  {pyodide, archives, wheels, entry, kwargs, episodes: [{seed, scene_id, episode, max_steps, inputs: [[[action, flags], ...], ...]}]}
 *   OUT   {startMs, episodes: [{episode, startHash, rows: [text], observations: [text], ms}]}
 * ```
 *
 * The path is that of play: `game/host` carries out batches of advance, save, final and release. Who judges the rows is the caller.
 *
 * @module
 */

import { readFile, writeFile } from "node:fs/promises";

import { inputPair, Host } from "./game/host.js";
import { bootPython } from "./game/python.js";

/** @import { Input, Request } from "./core/types.js" */
/** @import { Archive, Wheel } from "./game/messages.js" */

/**
 * @typedef {{seed: number, scene_id: string, episode: number, max_steps: number | null, inputs: [number, number][][]}} EpisodeSpec
 * @typedef {{pyodide: string, archives: Archive[], wheels: Wheel[], entry: string, kwargs: {[name: string]: unknown}, episodes: EpisodeSpec[]}} Spec
 */

/** Frames in one call into Python. */
const BATCH_FRAMES = 200;

/** @param {string} path */
async function fetchFile(path) {
  const bytes = new Uint8Array(await readFile(path));
  return { ok: true, status: 200, arrayBuffer: async () => bytes.buffer };
}

/** @param {[number, number]} pair @returns {Input} */
function toInput([action, flags]) {
  const input = { action, focused: (flags & 1) !== 0, auto: (flags & 2) !== 0 };
  if (inputPair(input)[1] !== flags) throw new RangeError(`flags are ${flags}; 0..3`);
  return input;
}

/** @param {number} frame @param {[number, number][]} pairs @returns {Request[]} */
function framesRequests(frame, pairs) {
  return [
    { kind: "advance", frame, inputs: pairs.map(toInput), status: pairs.map(() => "confirmed") },
    { kind: "save", frame: frame + 1 },
    { kind: "final", frame },
    { kind: "release", frame: frame + 1 },
  ];
}

/** @param {Host} host @param {EpisodeSpec} spec */
function playAgain(host, { seed, scene_id: sceneId, episode, max_steps, inputs }) {
  const begun = performance.now();
  const { hash: startHash } = host.start({ seed: host.episodeSeed({ seed, sceneId, episode }), episode, max_steps, observe: true });
  /** @type {string[]} */
  const rows = [];
  /** @type {string[]} */
  const observations = [];
  for (let from = 0; from < inputs.length; from += BATCH_FRAMES) {
    const requests = inputs.slice(from, from + BATCH_FRAMES).flatMap((pairs, index) => framesRequests(from + index, pairs));
    for (const final of host.run(requests, { display: false }).rows) {
      rows.push(final.row);
      observations.push(final.observations ?? "null");
    }
  }
  return { episode, startHash, rows, observations, ms: performance.now() - begun };
}

const [specPath, outPath] = process.argv.slice(2);
/** @type {Spec} */
const spec = JSON.parse(await readFile(specPath, "utf8"));
const begun = performance.now();
const runtime = { pyodideUrl: spec.pyodide, archives: spec.archives, wheels: spec.wheels, entry: spec.entry, kwargs: spec.kwargs };
const text = await bootPython(runtime, { importModule: (url) => import(url), fetch: fetchFile, onProgress: () => {} });
const host = new Host(text);
const startMs = performance.now() - begun;
await writeFile(outPath, JSON.stringify({ startMs, episodes: spec.episodes.map((episode) => playAgain(host, episode)) }));
process.exit(0);
