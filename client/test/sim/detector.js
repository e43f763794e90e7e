/**
 * What the desync detector of a seat said, against the hashes that every seat really had (DETECT-01, DETECT-04).
 *
 * A detector that looks at some frames only is noticed wherever states differ: by the frame it names, or by how many differences it counts.
 *
 * @module
 */

/** @import { Book } from "../support/book.js" */

/** @typedef {Pick<Book, "hashes" | "hashesHeard" | "heardAtSeal" | "strays">} Seen */
/** @typedef {{frame: number, peerSeat: number, ownHash: string, peerHash: string, verifiedFrame: number}} Told a desync as the page hears of it */
/** @typedef {{verifiedFrame: number, firstDesync: number | null, desyncs: number}} Sealed */
/** @typedef {{peerSeat: number, frames: number, differing: number[]}} Comparison with one peer: how many frames could be compared, and those that differ */

/**
 * @param {{seat: number, books: Seen[], told: Told[], sealed: Sealed | null}} of books by seat; sealed: null while there is no seal
 * @returns {string[]}
 */
export function detectorProblems({ seat, books, told, sealed }) {
  const { strays, hashesHeard, heardAtSeal } = books[seat];
  const problems = strays === 0 ? [] : [`${strays} hashes came out of order`];
  problems.push(...toldProblems(told, differences(seat, books, hashesHeard)));
  if (sealed !== null && heardAtSeal !== null) problems.push(...sealProblems(sealed, summary(seat, books, heardAtSeal)));
  return problems;
}

/**
 * @param {Told[]} told
 * @param {Omit<Told, "verifiedFrame">[]} expected
 * @returns {string[]}
 */
function toldProblems(told, expected) {
  const text = (/** @type {Omit<Told, "verifiedFrame">[]} */ all) =>
    all.map(({ frame, peerSeat, ownHash, peerHash }) => `frame ${frame} towards seat ${peerSeat} (${ownHash}, ${peerHash})`).sort().join(", ") || "none";
  const problems = text(told) === text(expected) ? [] : [`desyncs told: ${text(told)}; where states differ first: ${text(expected)}`];
  const beyond = told.find(({ frame, verifiedFrame }) => verifiedFrame >= frame);
  return beyond === undefined ? problems : [...problems, `frame ${beyond.verifiedFrame} is called verified, and frame ${beyond.frame} differs`];
}

/** @param {Sealed} sealed @param {Sealed} expected @returns {string[]} */
function sealProblems(sealed, expected) {
  const names = /** @type {(keyof Sealed)[]} */ (Object.keys(expected));
  return names.flatMap((name) => (sealed[name] === expected[name] ? [] : [`${name} is sealed as ${sealed[name]}, by the states it is ${expected[name]}`]));
}

/**
 * @param {number} seat
 * @param {Seen[]} books
 * @param {number[]} heard hashes of each seat
 * @returns {Omit<Told, "verifiedFrame">[]} the first towards each peer
 */
function differences(seat, books, heard) {
  return comparisons(seat, books, heard).flatMap(({ peerSeat, differing: [frame] }) =>
    frame === undefined ? [] : [{ frame, peerSeat, ownHash: books[seat].hashes[frame], peerHash: books[peerSeat].hashes[frame] }],
  );
}

/**
 * @param {number} seat
 * @param {Seen[]} books
 * @param {number[]} heard hashes of each seat
 * @returns {Sealed}
 */
function summary(seat, books, heard) {
  const all = comparisons(seat, books, heard);
  const first = Math.min(...all.map(({ differing }) => differing[0] ?? Infinity));
  const equal = Math.min(first, ...all.map(({ frames }) => frames));
  return { verifiedFrame: equal - 1, firstDesync: first === Infinity ? null : first, desyncs: all.reduce((sum, { differing }) => sum + differing.length, 0) };
}

/**
 * @param {number} seat
 * @param {Seen[]} books
 * @param {number[]} heard hashes of each seat
 * @returns {Comparison[]}
 */
function comparisons(seat, books, heard) {
  const own = books[seat].hashes;
  return books.flatMap(({ hashes: theirs }, peerSeat) => {
    if (peerSeat === seat) return [];
    const frames = Math.min(own.length, theirs.length, heard[peerSeat]);
    const differing = [];
    for (let frame = 0; frame < frames; frame += 1) if (own[frame] !== theirs[frame]) differing.push(frame);
    return [{ peerSeat, frames, differing }];
  });
}
