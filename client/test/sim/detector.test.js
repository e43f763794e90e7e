import assert from "node:assert/strict";
import { test } from "node:test";

import { detectorProblems } from "./detector.js";

/** @import { Seen } from "./detector.js" */

const EQUAL = ["a", "b", "c", "d"];
const OTHER = ["a", "b", "x", "y"];

/** @param {string[]} hashes @param {number[]} heard @returns {Seen} */
const book = (hashes, heard = [4, 4, 4]) => ({ hashes, hashesHeard: heard, heardAtSeal: heard, strays: 0 });

/** Seat 2 is another one from frame 2 on. */
const SPLIT = [book(EQUAL), book(EQUAL), book(OTHER)];
const TOLD = { frame: 2, peerSeat: 2, ownHash: "c", peerHash: "x", verifiedFrame: 1 };
const SEALED = { verifiedFrame: 1, firstDesync: 2, desyncs: 2 };

test("equal states and a silent detector", () => {
  const sealed = { verifiedFrame: 3, firstDesync: null, desyncs: 0 };
  assert.deepEqual(detectorProblems({ seat: 0, books: [book(EQUAL), book(EQUAL)], told: [], sealed }), []);
});

test("the first different frame, told towards the seat that differs", () => {
  assert.deepEqual(detectorProblems({ seat: 0, books: SPLIT, told: [TOLD], sealed: SEALED }), []);
  const told = [0, 1].map((peerSeat) => ({ frame: 2, peerSeat, ownHash: "x", peerHash: "c", verifiedFrame: 1 }));
  assert.deepEqual(detectorProblems({ seat: 2, books: SPLIT, told, sealed: { ...SEALED, desyncs: 4 } }), []);
});

for (const [claim, told] of /** @type {[string, typeof TOLD[]][]} */ ([
  ["nothing is told", []],
  ["it is named late", [{ ...TOLD, frame: 3, verifiedFrame: 2 }]],
  ["it is named towards another seat", [{ ...TOLD, peerSeat: 1 }]],
  ["it is told with another hash", [{ ...TOLD, peerHash: "y" }]],
  ["it is told twice", [TOLD, TOLD]],
])) {
  test(`found: ${claim}`, () => {
    const problems = detectorProblems({ seat: 0, books: SPLIT, told, sealed: SEALED });
    assert.match(problems[0], /where states differ first: frame 2 towards seat 2 \(c, x\)$/);
    assert.equal(problems.length, 1);
  });
}

test("found: a difference is told where there is none", () => {
  assert.match(detectorProblems({ seat: 0, books: [book(EQUAL), book(EQUAL)], told: [TOLD], sealed: null })[0], /first: none$/);
});

test("found: a frame is called verified at or behind the first difference", () => {
  assert.deepEqual(detectorProblems({ seat: 0, books: SPLIT, told: [{ ...TOLD, verifiedFrame: 2 }], sealed: SEALED }), ["frame 2 is called verified, and frame 2 differs"]);
});

test("found: each figure of the seal", () => {
  for (const name of Object.keys(SEALED)) {
    const problems = detectorProblems({ seat: 0, books: SPLIT, told: [TOLD], sealed: { ...SEALED, [name]: 3 } });
    assert.equal(problems.length, 1);
    assert.match(problems[0], new RegExp(`^${name} is sealed as 3`));
  }
});

test("only what was heard can be compared, for the seal what was heard until then", () => {
  const books = [{ ...book(EQUAL, [0, 4, 4]), heardAtSeal: [0, 4, 2] }, book(EQUAL), book(OTHER)];
  assert.deepEqual(detectorProblems({ seat: 0, books, told: [TOLD], sealed: { verifiedFrame: 1, firstDesync: null, desyncs: 0 } }), []);
  assert.deepEqual(detectorProblems({ seat: 0, books: [book(EQUAL, [0, 4, 2]), ...books.slice(1)], told: [], sealed: null }), []);
});

test("found: hashes out of order", () => {
  assert.deepEqual(detectorProblems({ seat: 0, books: [{ ...book(EQUAL), strays: 2 }, book(EQUAL)], told: [], sealed: null }), ["2 hashes came out of order"]);
});
