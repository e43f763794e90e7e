import assert from "node:assert/strict";
import test from "node:test";
import { keyHelp, keyName } from "../../src/ui/key-help.js";
import { endNext, endTexts, errorTexts, loadingText, waitingText } from "../../src/ui/texts.js";

test("keys are named as they are printed", () => {
  assert.deepEqual(["ArrowUp", "KeyW", "Digit1", "Space", "F2"].map(keyName), ["↑", "W", "1", "Space", "F2"]);
});

test("help comes from the experiment, else from the keys, grouped by action", () => {
  assert.deepEqual(keyHelp([], { ArrowUp: "up", KeyW: "up", Space: "pick_up" }), [
    { keys: ["↑", "W"], text: "up" },
    { keys: ["Space"], text: "pick up" },
  ]);
  assert.deepEqual(keyHelp(["Be quick.", ["Space", "jump"]], {}), [
    { keys: [], text: "Be quick." },
    { keys: ["Space"], text: "jump" },
  ]);
});

test("the waiting room says how many are here", () => {
  assert.equal(waitingText({ phase: "queued", waiting_count: 1, group_size: 2 }), "1 of 2 people are here.");
  assert.equal(waitingText({ phase: "queued", waiting_count: 5, group_size: 2 }), "5 people are waiting.");
  assert.equal(waitingText(null), "One moment …");
});

test("the experiment's message comes before ours, and the end says what happens next", () => {
  const end = { session_id: "s", reason: "left", outcome: "partner_left", message: "Your own words.", next: /** @type {const} */ ("stay") };
  assert.equal(endTexts(end).message, "Your own words.");
  assert.match(endTexts({ ...end, message: "" }).message, /no longer connected/);
  assert.match(endNext({ more: false, end }), /may close this window/);
  assert.match(endNext({ more: true, end: { ...end, next: "advance" } }), /next part/);
});

test("no text that participants read by default has a technical word", () => {
  const kinds = ["rejected", "runtime", "server", "uploads", "page"];
  const texts = [
    ...kinds.flatMap((kind) => Object.values(errorTexts({ kind, message: null, reference: "" }))),
    ...["runtime", "packages", "environment"].map((stage) => loadingText({ stage, fraction: 0.5 })),
    ...Object.values(endTexts(null)),
  ];
  for (const text of texts) assert.doesNotMatch(text, /server|socket|python|runtime|worker|error|session|peer|script/i);
});
