import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { splitSource } from "./support/js-source.js";
import { ROOMS, violations } from "./support/layout.js";

const SOURCE = new URL("../src/", import.meta.url);

/** @returns {string[]} every module below client/src */
function modules() {
  const entries = readdirSync(fileURLToPath(SOURCE), { recursive: true, encoding: "utf8" });
  return entries.map((path) => path.replaceAll("\\", "/")).filter((path) => path.endsWith(".js")).sort();
}

test("every module keeps to its room, the pure rooms are pure, and no string holds Python", () => {
  const paths = modules();
  assert.ok(paths.some((path) => path.startsWith("core/")) && paths.some((path) => path.startsWith("wire/")));
  assert.deepEqual(paths.flatMap((path) => violations(path, readFileSync(new URL(path, SOURCE), "utf8"))), []);
});

test("the scanner understands every module: its brackets pair up", () => {
  const closing = new Map([["(", ")"], ["[", "]"], ["{", "}"]]);
  for (const path of modules()) {
    /** @type {(string | undefined)[]} */
    const open = [];
    for (const char of splitSource(readFileSync(new URL(path, SOURCE), "utf8")).code.replace(/[^()[\]{}]/g, "")) {
      if (closing.has(char)) open.push(closing.get(char));
      else assert.equal(open.pop(), char, path);
    }
    assert.deepEqual(open, [], path);
  }
});

test("the imports between rooms make no circle", () => {
  /** @type {(room: string) => string[]} */
  const below = (room) => ROOMS[room].values.map((entry) => entry.split("/")[0]);
  /** @type {(room: string, above: string[]) => void} */
  const descend = (room, above) => {
    assert.ok(!above.includes(room), [...above, room].join(" > "));
    for (const next of below(room)) descend(next, [...above, room]);
  };
  for (const room of Object.keys(ROOMS)) descend(room, []);
});

test("what is refused", () => {
  const table = /** @type {[string, string, RegExp][]} */ ([
    ["core/a.js", 'import { decode } from "../wire/codec.js";', /core may import nothing/],
    ["core/a.js", 'export * from "../wire/codec.js";', /core may import nothing/],
    ["core/a.js", "/** @import { Message } from '../wire/messages.js' */", /core may import nothing/],
    ["core/a.js", 'import { readFileSync } from "node:fs";', /nothing from outside/],
    ["wire/a.js", 'import { Session } from "../core/session.js";', /wire may import/],
    ["wire/a.js", 'import { x } from "../core/types.js";', /wire may import/],
    ["net/a.js", 'import { Session } from "../core/session.js";', /net may import wire/],
    ["net/a.js", 'const game = await import("../game/loop.js");', /net may import wire/],
    ["app/a.js", 'import { Loop } from "../game/loop.js";', /app may import/],
    ["app/a.js", 'import { Session } from "../core/session.js";', /app may import/],
    ["ui/a.js", 'import { Flow } from "../app/flow.js";', /ui may import nothing/],
    ["game/a.js", 'import { canvas } from "../ui/canvas.js";', /game may import/],
    ["extra/a.js", "export {};", /"extra" is not a room/],
    ["main.js", 'import { Loop } from "./game/loop.js";', /main.js may import/],
    ["core/a.js", "export async function f() { await g(); }", /uses async/],
    ["core/a.js", "const now = Date.now();", /uses Date/],
    ["core/a.js", "const now = globalThis.performance.now();", /uses globalThis/],
    ["wire/a.js", "const x = Math . random();", /uses Math.random/],
    ["wire/a.js", "const text = `now: ${performance.now()}`;", /uses performance/],
    ["wire/a.js", "setTimeout(f, 5);", /uses setTimeout/],
    ["core/a.js", "/* fine */ console.log(1); // fine", /uses console/],
    ["game/a.js", 'run("import igym_env");', /Python in a string/],
    ["game/a.js", "run(`\nimport json\nhost = json.loads(${text})\n`);", /Python in a string/],
    ["game/a.js", 'run("x = 1\\nfrom igym_env import host");', /Python in a string/],
    ["app/a.js", "run('def step(actions):')", /Python in a string/],
  ]);
  for (const [path, text, expected] of table) assert.match(violations(path, text).join("\n"), expected, text);
});

test("what is not refused", () => {
  const table = /** @type {[string, string][]} */ ([
    ["core/a.js", 'import { InputQueue } from "./input-queue.js";'],
    ["core/a.js", '// the prediction window, by Date\nconst text = "window.setTimeout"; const re = /await "console/;'],
    ["core/a.js", "const half = a / b; const text = `self ${a / b} await`;"],
    ["wire/a.js", '/** @import { Input } from "../core/types.js" */'],
    ["wire/a.js", '/** @type {import("../core/types.js").Input} */ let input;'],
    ["game/a.js", 'import { Session } from "../core/session.js"; import { decode } from "../wire/codec.js"; import { open } from "../net/open.js";'],
    ["app/a.js", '/** @import { Status } from "../game/messages.js" */ new Worker(new URL("../game/worker.js", import.meta.url));'],
    ["app/a.js", 'const text = "You may import a class of your own. From now on: play.";'],
    ["ui/a.js", '/** @import { Screen } from "../app/types.js" */'],
  ]);
  for (const [path, text] of table) assert.deepEqual(violations(path, text), [], text);
});
