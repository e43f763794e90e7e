/**
 * Fetches packages and archives, checks their digests, and puts them where Python finds them.
 *
 * @module
 */

/** @import { Archive, Wheel } from "./messages.js" */

/**
 * The part of Pyodide's interface that is used.
 *
 * @typedef {object} Pyodide
 * @property {(name: string) => any} pyimport
 * @property {(value: any) => any} toPy
 * @property {(bytes: Uint8Array, format: string, options: {extractDir: string}) => void} unpackArchive
 * @property {(url: string, options: {checkIntegrity: boolean}) => Promise<unknown>} loadPackage
 */

/** @typedef {(url: string) => Promise<{ok: boolean, status: number, arrayBuffer(): Promise<ArrayBuffer>}>} Fetch */

/** A file could not be had, or is another one than the experiment named. */
export class PackageError extends Error {
  name = "PackageError";
}

/** Wheels without machine code are zip files of modules; others need Pyodide's own loader. */
const PURE_WHEEL = /-none-any\.whl$/;

/**
 * @param {Pyodide} pyodide Python makes the digest: `crypto.subtle` exists on secure pages only
 * @param {Archive} file
 * @param {Fetch} fetch
 * @returns {Promise<Uint8Array>}
 * @throws {PackageError} names the file
 */
export async function fetchChecked(pyodide, { url, sha256 }, fetch) {
  const answer = await fetch(url);
  if (!answer.ok) throw new PackageError(`${url}: the server answered ${answer.status}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  const found = digestOf(pyodide, bytes);
  if (found !== sha256.toLowerCase()) throw new PackageError(`${url}: its SHA-256 is ${found}, expected ${sha256}`);
  return bytes;
}

/**
 * @param {Pyodide} pyodide
 * @param {Uint8Array} bytes a zip whose top level is importable
 */
export function installArchive(pyodide, bytes) {
  pyodide.unpackArchive(bytes, "zip", { extractDir: sitePackages(pyodide) });
}

/**
 * @param {Pyodide} pyodide
 * @param {Wheel} wheel
 * @param {Uint8Array} bytes checked
 */
export async function installWheel(pyodide, wheel, bytes) {
  if (PURE_WHEEL.test(fileName(wheel.url))) installArchive(pyodide, bytes);
  else await pyodide.loadPackage(wheel.url, { checkIntegrity: false }); // checked above; the second fetch comes from the cache
}

/**
 * @param {Pyodide} pyodide
 * @param {Uint8Array} bytes
 * @returns {string} 64 hex characters
 */
function digestOf(pyodide, bytes) {
  const view = pyodide.toPy(bytes);
  try {
    return pyodide.pyimport("hashlib").sha256(view).hexdigest();
  } finally {
    view.destroy();
  }
}

/**
 * @param {Pyodide} pyodide
 * @returns {string}
 */
function sitePackages(pyodide) {
  return pyodide.pyimport("site").getsitepackages().get(0);
}

/**
 * @param {string} url
 * @returns {string}
 */
function fileName(url) {
  return decodeURIComponent(url.split(/[?#]/)[0].split("/").at(-1) ?? "");
}
