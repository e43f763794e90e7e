import assert from "node:assert/strict";
import { test } from "node:test";

import { AHEAD_LIMIT, HashLedger } from "../../src/game/hashes.js";

test("whichever hash comes second makes the comparison; verified is contiguous and needs everybody", () => {
  const ledger = new HashLedger([1, 2]);
  ledger.own(0, "a");
  ledger.peer(1, 0, "a");
  ledger.peer(1, 1, "b");
  assert.equal(ledger.verifiedFrame, -1);
  ledger.peer(2, 0, "a");
  assert.equal(ledger.verifiedFrame, 0);
  ledger.own(1, "b");
  ledger.peer(2, 1, "b");
  assert.equal(ledger.verifiedFrame, 1);
});

test("the first difference is kept, and nothing behind it is verified", () => {
  const ledger = new HashLedger([1]);
  ledger.own(0, "a");
  ledger.own(1, "b");
  ledger.own(2, "c");
  assert.deepEqual(ledger.peer(1, 0, "a"), []);
  assert.deepEqual(ledger.peer(1, 1, "x"), [{ frame: 1, peerSeat: 1, ownHash: "b", peerHash: "x" }]);
  ledger.peer(1, 2, "c");
  assert.equal(ledger.verifiedFrame, 0);
  assert.equal(ledger.firstDifference?.frame, 1);
});

test("a hash out of order, or too far ahead, is dropped and counted", () => {
  const ledger = new HashLedger([1]);
  ledger.peer(1, 1, "b");
  assert.equal(ledger.dropped, 1);
  for (let frame = 0; frame <= AHEAD_LIMIT; frame += 1) ledger.peer(1, frame, "a");
  assert.equal(ledger.dropped, 2);
  assert.throws(() => ledger.peer(5, 0, "a"), /seat 5 is no peer/);
  assert.throws(() => ledger.own(3, "a"), /own hash of frame 3 after 0 hashes/);
});
