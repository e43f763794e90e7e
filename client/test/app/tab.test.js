/** A reload keeps the tab's name; a copy of the tab gets another one. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { TabName } from "../../src/app/tab.js";

/** @param {Iterable<[string, string]>} [entries] */
function storage(entries = []) {
  const values = new Map(entries);
  return {
    values,
    getItem: (/** @type {string} */ key) => values.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => void values.set(key, value),
    removeItem: (/** @type {string} */ key) => void values.delete(key),
  };
}

function names() {
  let count = 0;
  return () => `tab ${(count += 1)}`;
}

test("a page that is loaded again has the name of the one before", () => {
  const [own, fresh] = [storage(), names()];
  const first = new TabName(own, fresh);
  first.leave();
  assert.equal(new TabName(own, fresh).name, first.name);
});

test("a copy of the tab, storage and all, has another name", () => {
  const [own, fresh] = [storage(), names()];
  const first = new TabName(own, fresh);
  assert.notEqual(new TabName(storage(own.values), fresh).name, first.name);
});

test("a page that comes back from the browser's cache has its name out of the storage again", () => {
  const [own, fresh] = [storage(), names()];
  const first = new TabName(own, fresh);
  first.leave();
  first.take();
  assert.equal(own.values.size, 0);
});

test("a tab without storage has a name all the same", () => {
  const tab = new TabName(null, names());
  tab.leave();
  assert.equal(tab.name, "tab 1");
});
