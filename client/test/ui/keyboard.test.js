import assert from "node:assert/strict";
import test from "node:test";
import { Keyboard } from "../../src/ui/keyboard.js";

/** @param {string[]} codes */
function make(codes) {
  /** @type {import("../../src/ui/key-set.js").Keys[]} */
  const changes = [];
  const keyboard = new Keyboard((keys) => void changes.push(keys));
  keyboard.use(codes);
  let prevented = 0;
  const key = (/** @type {string} */ code, /** @type {object} */ over = {}) => ({
    ...{ code, repeat: false, ctrlKey: false, altKey: false, metaKey: false },
    ...{ preventDefault: () => void (prevented += 1), ...over },
  });
  return { keyboard, changes, key, prevented: () => prevented };
}

test("ten seconds of auto-repeat leave one press and nothing queued", () => {
  const { keyboard, changes, key } = make(["Space"]);
  for (let index = 0; index < 300; index += 1) keyboard.down(key("Space", { repeat: index > 0 }));
  assert.deepEqual(changes, [{ down: ["Space"], tapped: ["Space"] }]);
});

test("a repeat that does not say so is ignored too", () => {
  const { keyboard, changes, key } = make(["Space"]);
  for (let index = 0; index < 5; index += 1) keyboard.down(key("Space"));
  assert.equal(changes.length, 1);
});

test("a short tap shows as a tap, then as released", () => {
  const { keyboard, changes, key } = make(["Space", "ArrowUp"]);
  keyboard.down(key("ArrowUp"));
  keyboard.down(key("Space"));
  keyboard.up(key("Space"));
  assert.deepEqual(changes.slice(1), [
    { down: ["ArrowUp", "Space"], tapped: ["Space"] },
    { down: ["ArrowUp"], tapped: [] },
  ]);
});

test("blur, hiding and leaving the page release every key once", () => {
  for (const type of ["blur", "pagehide", "visibilitychange"]) {
    const { keyboard, changes, key } = make(["ArrowUp", "ArrowLeft"]);
    const page = new EventTarget();
    keyboard.listen(page, Object.assign(page, { hidden: true }));
    keyboard.down(key("ArrowUp"));
    keyboard.down(key("ArrowLeft"));
    page.dispatchEvent(new Event(type));
    page.dispatchEvent(new Event(type));
    assert.deepEqual(changes.slice(2), [{ down: [], tapped: [] }], type);
  }
});

test("only keys of the game are taken from the page, and none when no game is on", () => {
  const { keyboard, changes, key, prevented } = make(["Space"]);
  keyboard.down(key("Tab"));
  keyboard.down(key("Space", { ctrlKey: true }));
  assert.deepEqual([changes.length, prevented()], [0, 0]);
  keyboard.down(key("Space"));
  keyboard.down(key("Space", { repeat: true }));
  assert.equal(prevented(), 2, "repeats do not scroll the page either");
  keyboard.use([]);
  assert.deepEqual(changes.at(-1), { down: [], tapped: [] });
  keyboard.down(key("Space"));
  assert.equal(prevented(), 2);
});

test("a held Meta key releases what it would hide", () => {
  const { keyboard, changes, key } = make(["KeyW"]);
  keyboard.down(key("KeyW"));
  keyboard.down(key("MetaLeft", { metaKey: true }));
  assert.deepEqual(changes.at(-1), { down: [], tapped: [] });
});
