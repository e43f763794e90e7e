import assert from "node:assert/strict";
import { test } from "node:test";

import { Mailbox } from "../../src/game/mailbox.js";

test("items are handled one after another, also those posted while one is handled", () => {
  /** @type {string[]} */
  const handled = [];
  /** @type {Mailbox<string>} */
  const mailbox = new Mailbox({
    handle(item) {
      handled.push(`${item}(`);
      if (item === "a") mailbox.post("b");
      handled.push(")");
    },
  });
  mailbox.post("a");
  assert.deepEqual(handled, ["a(", ")", "b(", ")"]);
});

test("what arrives while the handler waits, waits too; beyond the bound it is not taken", async () => {
  /** @type {string[]} */
  const handled = [];
  /** @type {() => void} */
  let loaded = () => {};
  const loading = new Promise((resolve) => void (loaded = () => resolve(undefined)));
  /** @type {Mailbox<string>} */
  const mailbox = new Mailbox({
    limit: 2,
    handle(item) {
      handled.push(item);
      return item === "load" ? /** @type {Promise<void>} */ (loading) : undefined;
    },
  });
  assert.deepEqual(["load", "a", "b", "c"].map((item) => mailbox.post(item)), [true, true, true, false]);
  assert.equal(mailbox.waiting, 2);
  loaded();
  await loading;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(handled, ["load", "a", "b"]);
});
