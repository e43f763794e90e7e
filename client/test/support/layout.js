/**
 * The rules of the rooms below client/src, as functions over source text (DESIGN.md section 2).
 *
 * @module
 */

import { posix } from "node:path";

import { splitSource } from "./js-source.js";

/** @import { Source } from "./js-source.js" */

/**
 * Which other rooms a room may name: `values` in imports that run, `types` also in JSDoc imports.
 * An entry is a room, or one file of it.
 *
 * @type {Readonly<{[room: string]: {values: string[], types: string[]}}>}
 */
export const ROOMS = Object.freeze({
  core: { values: [], types: [] },
  wire: { values: [], types: ["core/types.js"] },
  net: { values: ["wire"], types: [] },
  game: { values: ["core", "wire", "net"], types: [] },
  app: { values: ["net", "wire", "game/messages.js"], types: [] },
  ui: { values: [], types: ["app"] },
  // The composition roots outside the rooms: of the re-simulation under Node, and of the page.
  "certify.js": { values: ["core", "game"], types: [] },
  "main.js": { values: ["net", "wire", "app", "ui", "game/messages.js"], types: [] },
});

/** Rooms that never wait, never look at a clock, never draw lots, and know no page. */
const PURE = ["core", "wire"];

const IMPURE = new Set(
  `async await setTimeout setInterval setImmediate queueMicrotask requestAnimationFrame Promise Date performance crypto
   document window self globalThis postMessage console process pyodide fetch navigator Worker RTCPeerConnection`.split(/\s+/),
);

/** Statements that only Python has. */
const PYTHON =
  /(?:^|[\n;]|\\n)\s*(?:from\s+[\w.]+\s+import\s|import\s+\w[\w.]*\s*(?:$|[\n;]|\\n|as\s)|def\s+\w+\s*\(|class\s+\w+\s*[(:]|if\s+__name__|raise\s+\w|print\s*\()/;

/**
 * @param {string} path below client/src, with forward slashes
 * @param {string} text
 * @returns {string[]} what breaks a rule; empty if nothing does
 */
export function violations(path, text) {
  const source = splitSource(text);
  return [...importViolations(path, source), ...purityViolations(path, source), ...pythonViolations(path, source)];
}

/**
 * @param {string} path
 * @param {Source} source
 * @returns {string[]}
 */
function importViolations(path, source) {
  const room = roomOf(path);
  const rules = ROOMS[room];
  if (rules === undefined) return [`${path}: "${room}" is not a room`];
  const values = valueImports(source).map((specifier) => ({ specifier, allowed: rules.values }));
  const types = typeImports(source).map((specifier) => ({ specifier, allowed: [...rules.values, ...rules.types] }));
  return [...values, ...types].flatMap(({ specifier, allowed }) => refusal(path, specifier, allowed));
}

/**
 * @param {string} path
 * @param {string} specifier
 * @param {string[]} allowed
 * @returns {string[]}
 */
function refusal(path, specifier, allowed) {
  const room = roomOf(path);
  if (!specifier.startsWith(".")) {
    return PURE.includes(room) ? [`${path}: imports ${specifier}; ${room} imports nothing from outside`] : [];
  }
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  if (roomOf(target) === room || allowed.some((entry) => entry === target || entry === roomOf(target))) return [];
  return [`${path}: imports ${target}; ${room} may import ${allowed.join(", ") || "nothing"}`];
}

/**
 * @param {Source} source
 * @returns {string[]} specifiers of `import ... from`, `export ... from`, `import "..."` and `import("...")`
 */
function valueImports({ code, strings }) {
  const found = code.matchAll(/\b(?:from|import)\s*\(?\s*"(\d+)"/g);
  return [...found].map(([, index]) => strings[Number(index)]);
}

/**
 * @param {Source} source
 * @returns {string[]} specifiers of JSDoc `@import ... from "..."` and `import("...")`
 */
function typeImports({ comments }) {
  const pattern = /(?:@import\b[^"']*?from\s*|\bimport\s*\(\s*)["']([^"']+)["']/g;
  return comments.flatMap((comment) => [...comment.matchAll(pattern)].map(([, specifier]) => specifier));
}

/**
 * @param {string} path
 * @param {Source} source
 * @returns {string[]}
 */
function purityViolations(path, { code }) {
  if (!PURE.includes(roomOf(path))) return [];
  const words = new Set(code.match(/[A-Za-z_$][\w$]*/g) ?? []);
  const found = [...words].filter((word) => IMPURE.has(word));
  if (/\bMath\s*\.\s*random\b/.test(code)) found.push("Math.random");
  return found.map((word) => `${path}: uses ${word}; ${roomOf(path)} is pure`);
}

/**
 * @param {string} path
 * @param {Source} source
 * @returns {string[]}
 */
function pythonViolations(path, { strings }) {
  const python = strings.filter((text) => PYTHON.test(text));
  return python.map((text) => `${path}: Python in a string: ${JSON.stringify(text.slice(0, 60))}`);
}

/**
 * @param {string} path
 * @returns {string} first part of the path
 */
function roomOf(path) {
  return path.split("/")[0];
}
