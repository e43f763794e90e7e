/**
 * Who was predicted, whether rightly, and what was done about it, against what had reached the seat (REC-04, EDGE-03, NETC-01).
 *
 * @module
 */

import { TOY_ONE_SHOT } from "../support/toy-host.js";

/** @import { Input } from "../../src/core/types.js" */
/** @import { Book } from "../support/book.js" */

/** @typedef {Pick<Book, "knownTo" | "given" | "loads">} Seen */

/** Of a seat whose keyboard has said nothing yet. @type {Input} */
const UNKNOWN = Object.freeze({ action: 0, focused: true, auto: false });

/**
 * @param {{[column: string]: any}[]} local rows as uploaded
 * @param {{seat: number, books: Seen[], delayFrames: number}} of books by seat; delayFrames: at the start of the episode
 * @returns {string[]} the first wrong frame of each column
 */
export function guessProblems(local, { seat, books, delayFrames }) {
  /** @type {Set<string>} */
  const told = new Set();
  return local.flatMap((row, frame) => {
    const known = books[seat].knownTo[frame];
    const predicted = known?.map((to) => frame > to);
    const corrected = known?.map((to, peer) => frame > to && !same(prediction(books[peer], to, delayFrames), books[peer].given.get(frame)));
    return Object.entries({ was_speculative: predicted, corrected }).flatMap(([column, expected]) => {
      if (told.has(column) || String(row[column]) === String(expected)) return [];
      told.add(column);
      return [`frame ${frame}: ${column} is ${row[column]}, by what had come it is ${expected}`];
    });
  });
}

/**
 * @param {{[column: string]: any}[]} rollbacks rows as uploaded
 * @param {{seat: number, books: Seen[], isWhole: boolean}} of isWhole: the seat lived to upload its last rows
 * @returns {string[]} the first wrong row
 */
export function rollbackProblems(rollbacks, { seat, books, isWhole }) {
  const { loads } = books[seat];
  const expected = (isWhole ? loads : loads.slice(0, rollbacks.length)).map(({ to, at }, id) => `${id}: from ${at} to ${to}, ${at - to} deep`);
  const found = rollbacks.map(({ rollback_id: id, at_frame: at, to_frame: to, depth }) => `${id}: from ${at} to ${to}, ${depth} deep`);
  const row = expected.findIndex((text, index) => text !== found[index]);
  const problems = row === -1 && found.length === expected.length ? [] : [`rollback ${found[row] ?? `${found.length} of them`}; carried out was ${expected[row] ?? `${expected.length} of them`}`];
  const wrong = problems.length > 0 ? undefined : rollbacks.find((row, index) => !isCause(row, loads[index], books));
  if (wrong === undefined) return problems;
  const { rollback_id: id, to_frame: to, cause_seat: cause, predicted, actual } = wrong;
  return [...problems, `rollback ${id}: not caused by seat ${cause}, for which ${predicted} was guessed and which gave ${actual} at frame ${to}`];
}

/**
 * @param {{rollbacks: number, maxDepth: number} | null} sealed null while there is no seal
 * @param {Pick<Book, "loadsAtSeal">} book
 * @returns {string[]}
 */
export function countProblems(sealed, { loadsAtSeal }) {
  if (sealed === null || loadsAtSeal === null) return [];
  const expected = { rollbacks: loadsAtSeal.length, maxDepth: Math.max(0, ...loadsAtSeal.map(({ to, at }) => at - to)) };
  const names = /** @type {(keyof typeof expected)[]} */ (Object.keys(expected));
  return names.flatMap((name) => (sealed[name] === expected[name] ? [] : [`${name} is sealed as ${sealed[name]}; carried out was ${expected[name]}`]));
}

/** @param {{[column: string]: any}} row @param {Seen["loads"][number]} load @param {Seen[]} books */
function isCause({ cause_seat: cause, predicted, actual }, { to, used }, books) {
  const given = books[cause].given.get(to);
  return !same(used[cause], given) && used[cause].action === predicted && given?.action === actual;
}

/**
 * The last known input again; after one that nobody repeats, the same without its action.
 *
 * @param {Seen} peer
 * @param {number} to its inputs are known up to here
 * @param {number} delayFrames
 * @returns {Input}
 */
function prediction({ given }, to, delayFrames) {
  const last = to < delayFrames ? UNKNOWN : (given.get(to) ?? UNKNOWN);
  return last.action === TOY_ONE_SHOT ? { ...last, action: UNKNOWN.action } : last;
}

/** @param {Input} a @param {Input} [b] */
function same(a, b) {
  return b !== undefined && a.action === b.action && a.focused === b.focused && a.auto === b.auto;
}
