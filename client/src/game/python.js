/**
 * Starts Python in the worker and hands out the kept functions of the environment host.
 *
 * ```
 *   runtime: pyodide.mjs, wasm, standard library ─▶ packages: wheels and archives, digests checked ─▶ environment: create
 * ```
 *
 * Python is only ever called with arguments; no Python source is made in JavaScript.
 *
 * @module
 */

import { fetchChecked, installArchive, installWheel } from "./packages.js";

/** @import { Fetch, Pyodide } from "./packages.js" */
/** @import { Failure, ProgressMessage, Runtime } from "./messages.js" */
/** @import { TextHost } from "./host.js" */

/**
 * @typedef {object} PythonParts
 * @property {(url: string) => Promise<any>} importModule dynamic import
 * @property {Fetch} fetch
 * @property {(progress: Omit<ProgressMessage, "type">) => void} onProgress
 */

/** Set order depends on the hash seed, so it must be the same at every participant (requirements 0.6). */
const ENVIRONMENT = Object.freeze({ PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" });
const HOST_MODULE = "igym_env.host";

/** What was loaded is not what was asked for. */
export class RuntimeError extends Error {
  name = "RuntimeError";
}

/**
 * @param {Runtime} runtime
 * @param {PythonParts} parts
 * @returns {Promise<TextHost>}
 * @throws {RuntimeError | Error} a file that cannot be fetched or has another digest; whatever Python raises
 */
export async function bootPython(runtime, parts) {
  const { onProgress } = parts;
  onProgress({ stage: "runtime", fraction: 0, text: "Starting Python" });
  const pyodide = await startPyodide(runtime.pyodideUrl, parts);
  onProgress({ stage: "packages", fraction: 0, text: "Loading packages" });
  await installAll(pyodide, runtime, parts);
  onProgress({ stage: "environment", fraction: 0, text: "Preparing the game" });
  const host = createHost(pyodide, runtime);
  onProgress({ stage: "environment", fraction: 1, text: "Ready" });
  return host;
}

/**
 * @param {string} pyodideUrl folder of the distribution, with a slash at the end
 * @param {Pick<PythonParts, "importModule">} parts
 * @returns {Promise<Pyodide>}
 */
export async function startPyodide(pyodideUrl, { importModule }) {
  const { loadPyodide } = await importModule(`${pyodideUrl}pyodide.mjs`);
  /** @type {Pyodide} */
  const pyodide = await loadPyodide({ indexURL: pyodideUrl, env: { ...ENVIRONMENT } });
  if (pyodide.pyimport("sys").flags.hash_randomization !== 0) throw new RuntimeError("PYTHONHASHSEED had no effect: hashes are random");
  return pyodide;
}

/**
 * Everything is fetched at once, and unpacked in the order given: a later archive wins over an earlier one.
 *
 * @param {Pyodide} pyodide
 * @param {Pick<Runtime, "archives" | "wheels">} runtime
 * @param {Pick<PythonParts, "fetch" | "onProgress">} parts
 */
export async function installAll(pyodide, { archives, wheels }, { fetch, onProgress }) {
  const fetched = [...wheels, ...archives].map((file) => fetchChecked(pyodide, file, fetch));
  const files = await Promise.all(fetched);
  for (const [index, bytes] of files.entries()) {
    if (index < wheels.length) await installWheel(pyodide, wheels[index], bytes);
    else installArchive(pyodide, bytes);
    onProgress({ stage: "packages", fraction: (index + 1) / files.length, text: "Loading packages" });
  }
  pyodide.pyimport("importlib").invalidate_caches();
}

/**
 * @param {Pyodide} pyodide
 * @param {Pick<Runtime, "entry" | "kwargs">} runtime
 * @returns {TextHost} its functions are proxies that live as long as the worker
 */
export function createHost(pyodide, { entry, kwargs }) {
  const host = pyodide.pyimport(HOST_MODULE).create(entry, JSON.stringify(kwargs));
  const { describe, start, run, digest, dump, flip } = host;
  return { describe, start, run, digest, dump, flip };
}

/**
 * @param {unknown} error
 * @returns {Failure} of a Python exception: its type, its last line, and the whole traceback
 */
export function failureOf(error) {
  if (!(error instanceof Error)) return { name: "Error", text: String(error), trace: "" };
  const pythonType = /** @type {{type?: unknown}} */ (error).type;
  if (typeof pythonType !== "string") return { name: error.name, text: error.message, trace: error.stack ?? "" };
  const lines = error.message.trimEnd().split("\n");
  const last = lines[lines.length - 1].replace(/^[\w.]+: /, "");
  return { name: pythonType, text: last, trace: error.message };
}
