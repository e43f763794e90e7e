import assert from "node:assert/strict";
import { test } from "node:test";

import { NOTICE_AFTER_MS, SlowPartner } from "../../src/app/slow-partner.js";

test("play that stands still is noticed after a while, and play that goes on is not", () => {
  const slow = new SlowPartner();
  assert.equal(slow.seen(7, 0), false);
  assert.equal(slow.seen(7, NOTICE_AFTER_MS - 1), false);
  assert.equal(slow.seen(7, NOTICE_AFTER_MS), true);
  assert.equal(slow.seen(8, NOTICE_AFTER_MS + 1), false);
});

test("who is not heard is waited for at once, though predicted frames go on", () => {
  const slow = new SlowPartner();
  slow.lost(1);
  slow.lost(2);
  assert.equal(slow.seen(7, 0), true);
  slow.back(1);
  assert.equal(slow.seen(8, 33), true);
  slow.back(2);
  assert.equal(slow.seen(9, 66), false);
});

test("another session begins with everybody heard", () => {
  const slow = new SlowPartner();
  slow.lost(1);
  slow.reset();
  assert.equal(slow.seen(0, 0), false);
});
